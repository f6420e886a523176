"""Entries of the registers of England and Wales: invented ones, with faults put in."""

from __future__ import annotations

import copy
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.runner import Mapped
from civicbus.connect.trial import Trial
from civicbus.domain.dates import Qualifier
from civicbus.domain.events import Annulment, Birth, Death, Event, Refusal, Union
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Cause, Role, Sex, UnionKind

FOLDER = Path(__file__).parents[2] / "connectors" / "uk_lev"
CONNECTOR = load_connector(FOLDER)
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SAMPLE: list[dict[str, Any]] = json.loads((FOLDER / "sample.json").read_text(encoding="utf-8"))
BIRTH, CANCELLED, AGAIN, BIRTH_V0, FICTITIOUS, DEATH, INQUEST, MARRIAGE, PARTNERSHIP = SAMPLE


def with_(record: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The record with other values; `data__status__blocked=True` sets one three levels down."""
    record = copy.deepcopy(record)
    for path, value in changed.items():
        *way, last = path.split("__")
        place = record
        for name in way:
            place = place[name]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return record


def tried(*records: dict[str, Any]) -> tuple[Trial, list[Mapped]]:
    trial = Trial(CONNECTOR, NOW)
    lines = "\n".join(json.dumps(record) for record in records)
    return trial, list(trial.read(io.BytesIO(lines.encode()), "entries.json", NOW))


def mapped(record: dict[str, Any]) -> list[Event]:
    _, (found,) = tried(record)
    assert found.refused == ()
    return [filed.event for filed in found.filed]


def alive(trial: Trial, person: str, day: date, known_at: datetime = NOW) -> str:
    answer = trial.ask("alive", Identifier.parse(f"uk-reg:{person}"), day, known_at)
    return f"{answer.outcome} {answer.reason}"


def people(event: Event) -> list[tuple[Role, str]]:
    return [
        (concerned.role, " ".join(str(i) for i in concerned.identifiers) or concerned.name or "")
        for concerned in event.header.concerned
    ]


def test_a_birth_is_of_the_child_of_the_entry_and_of_parents_known_by_name() -> None:
    (birth,) = mapped(BIRTH_V0)
    assert isinstance(birth, Birth)
    assert people(birth) == [
        (Role.CHILD, "uk-reg:birth/500000004"),
        (Role.MOTHER, "Eve SAMPLE"),
        (Role.FATHER, "Dan SAMPLE"),
    ]
    assert (birth.sex, str(birth.header.occurred)) == (Sex.MALE, "2021-02-28")
    assert birth.header.registered_at == datetime(2021, 3, 9, tzinfo=UTC)
    assert birth.header.cause is Cause.CORRECTION
    assert birth.header.basis is not None
    assert birth.header.basis.authority == "Sample Town, Sample, Sampleshire"


def test_a_birth_on_the_29th_of_february_has_that_day() -> None:
    trial, _ = tried(BIRTH)
    assert alive(trial, "birth/500000001", date(2020, 2, 28)) == "no not_born"
    assert alive(trial, "birth/500000001", date(2020, 2, 29)) == "unknown not_covered"


def test_the_child_of_an_entry_is_never_called_alive_for_want_of_a_death() -> None:
    """The death would stand under a number of its own, as a neighbour's does under this one."""
    death = with_(DEATH, id=500000001)
    trial, _ = tried(BIRTH, death)
    assert alive(trial, "birth/500000001", NOW.date()) == "unknown not_covered"
    assert alive(trial, "death/500000001", NOW.date()) == "no death_registered"


def test_a_cancelled_entry_was_never_so() -> None:
    birth, annulment = mapped(CANCELLED)
    assert isinstance(birth, Birth)
    assert isinstance(annulment, Annulment)
    assert annulment.header.target_event_id == birth.header.event_id
    assert annulment.reason is AnnulmentReason.FORMAL_CORRECTION
    trial, _ = tried(CANCELLED)
    for day in (date(2018, 1, 1), date(2019, 6, 1), NOW.date()):
        assert alive(trial, "birth/500000002", day) == "unknown not_covered"


def test_an_entry_made_again_carries_the_number_before_it_behind_its_own() -> None:
    (birth,) = mapped(AGAIN)
    assert people(birth)[0] == (Role.CHILD, "uk-reg:birth/500000003 uk-reg:birth/500000001")
    death = with_(DEATH, data__previousRegistration={"id": 499999999, "nextRegistration": None})
    assert people(mapped(death)[0]) == [
        (Role.DECEASED, "uk-reg:death/500000001 uk-reg:death/499999999")
    ]
    union = with_(MARRIAGE, data__previousRegistration={"id": 499999999})
    assert [str(person) for _, person in people(mapped(union)[0])] == [
        "uk-reg:marriage/500000001/1",
        "uk-reg:marriage/500000001/2",
    ]


def test_an_event_is_known_by_its_entry_whatever_else_changes() -> None:
    (before,) = mapped(DEATH)
    (after,) = mapped(with_(DEATH, data__deceased__dateOfDeath="2024-03-01"))
    assert before.header.event_id == after.header.event_id
    assert len({event.header.event_id for record in SAMPLE for event in mapped(record)}) == 10


def test_a_birth_that_may_be_fictitious_is_under_investigation() -> None:
    (birth,) = mapped(FICTITIOUS)
    assert [mark.element for mark in birth.header.under_investigation] == ["birth"]
    trial, _ = tried(FICTITIOUS)
    assert alive(trial, "birth/500000005", date(2022, 1, 1)) == "unknown under_investigation"


@pytest.mark.parametrize(
    ("record", "note", "element"),
    [
        (BIRTH, "Other", "birth"),
        (BIRTH, "Re-registered", None),
        (BIRTH, "Court order in place", None),
        (BIRTH, "Court order revoked", None),
        (DEATH, "Other", "death"),
        (DEATH, "Re-registered", None),
        (DEATH, "Post-mortem details", None),
        (MARRIAGE, "Other", "union"),
        (PARTNERSHIP, "Re-registered", None),
    ],
)
def test_a_note_of_which_nobody_gives_the_words_puts_the_event_in_doubt(
    record: dict[str, Any], note: str, element: str | None
) -> None:
    (event,) = mapped(with_(record, data__status__marginalNote=note))
    marks = [mark.element for mark in event.header.under_investigation]
    assert marks == ([] if element is None else [element])


@pytest.mark.parametrize("blocked", [True, None, ..., "false", 0])
@pytest.mark.parametrize("record", SAMPLE, ids=lambda record: str(sorted(record["data"])[:4]))
def test_what_is_not_expressly_disclosed_is_not_disclosed(
    record: dict[str, Any], blocked: object
) -> None:
    name = "blocked" if "blocked" in record["data"]["status"] else "blockedRegistration"
    _, (found,) = tried(with_(record, **{f"data__status__{name}": blocked}))
    if blocked == "false":  # the text reads as the value does
        assert found.refused == ()
        return
    people = 2 if "dateOf" in str(record["data"].keys()) else 1
    assert len(found.refused) == people
    assert {row.reason for row in found.refused} == {"blocked" if blocked is True else "code"}
    assert len(found.filed) == people
    assert all(isinstance(filed.event, Refusal) for filed in found.filed)


def test_whoever_is_blocked_gets_no_plain_answer() -> None:
    trial, _ = tried(
        with_(DEATH, data__status__blocked=True),
        with_(BIRTH, data__status__blocked=True),
        with_(MARRIAGE, data__status__blocked=True),
    )
    for person in ("birth/500000001", "death/500000001", "marriage/500000001/1"):
        for day in (date(1900, 1, 1), date(2020, 2, 28), NOW.date()):
            assert alive(trial, person, day) == "unknown quarantined"
    assert alive(trial, "marriage/500000001/2", NOW.date()) == "unknown quarantined"


DIED, ENTERED = date(2024, 2, 20), date(2024, 6, 1)


@pytest.mark.parametrize(
    ("words", "qualifier", "first", "last"),
    [
        (None, Qualifier.EXACT, DIED, DIED),
        ("", Qualifier.EXACT, DIED, DIED),
        ("On or about", Qualifier.ABOUT, DIED - timedelta(31), DIED + timedelta(31)),
        ("ON  OR ABOUT ", Qualifier.ABOUT, DIED - timedelta(31), DIED + timedelta(31)),
        ("About", Qualifier.ABOUT, DIED - timedelta(31), DIED + timedelta(31)),
        ("On or before", Qualifier.BEFORE, date.min, DIED),
        ("Before", Qualifier.BEFORE, date.min, DIED),
        ("Found dead on", Qualifier.BEFORE, date.min, DIED),
        ("On or after", Qualifier.AFTER, DIED, ENTERED),
        ("After", Qualifier.AFTER, DIED, ENTERED),
        ("Between 1 February 2024 and", Qualifier.EXACT, date.min, ENTERED),
        ("Last seen alive", Qualifier.EXACT, date.min, ENTERED),
        ("not on", Qualifier.EXACT, date.min, ENTERED),
    ],
)
def test_the_date_of_death_is_as_certain_as_the_register_says(
    words: str | None, qualifier: Qualifier, first: date, last: date
) -> None:
    record = with_(
        DEATH,
        data__date=ENTERED.isoformat(),
        data__deceased__dateOfDeath=DIED.isoformat(),
        data__deceased__dateOfDeathQualifier=words,
        data__deceased__ageAtDeath="88 years",
    )
    (death,) = mapped(record)
    occurred = death.header.occurred
    assert (occurred.qualifier, occurred.earliest) == (qualifier, first)
    trial, _ = tried(record)
    assert alive(trial, "death/500000001", last) == "no death_registered"
    if first < last:
        day = last - timedelta(days=1)
        assert alive(trial, "death/500000001", day) == "unknown undetermined_date"
    if first > date.min:
        day = first - timedelta(days=1)
        assert alive(trial, "death/500000001", day) == "yes died_later"


def test_words_that_cannot_be_read_are_kept_with_their_date() -> None:
    words = "Between 1 February 2024 and"
    (death,) = mapped(with_(DEATH, data__deceased__dateOfDeathQualifier=words))
    assert death.header.occurred.text == "Between 1 February 2024 and 2024-02-29"
    (death,) = mapped(
        with_(DEATH, data__deceased__dateOfDeath=None, data__deceased__dateOfDeathQualifier="?")
    )
    assert (death.header.occurred.is_unknown, death.header.occurred.text) == (True, "?")


@pytest.mark.parametrize(
    ("written", "years"),
    [
        (None, None),
        ("100 years", 100),
        ("1 year", 1),
        ("0 years", 0),
        ("122 years", 122),
        ("11 months", 0),
        ("23 months", 1),
        ("3 weeks", 0),
        ("364 days", 0),
        ("1 hour", 0),
        ("00:00:00", 0),
        ("23:59:59", 0),
    ],
)
def test_an_age_is_in_completed_years(written: str | None, years: int | None) -> None:
    (death,) = mapped(with_(DEATH, data__deceased__ageAtDeath=written))
    assert isinstance(death, Death)
    assert death.age_years == years


@pytest.mark.parametrize(
    "written",
    [
        "123 years",
        "-1 years",
        "100",
        "about 80 years",
        "60 weeks",
        "400 days",
        "24:00:00",
        "C years",
    ],
)
def test_an_age_that_means_nothing_is_told_and_takes_nothing_away(written: str) -> None:
    trial, (found,) = tried(with_(DEATH, data__deceased__ageAtDeath=written))
    (row,) = found.refused
    assert (row.field, row.reason, row.families) == ("data.deceased.ageAtDeath", "number", ())
    assert alive(trial, "death/500000001", NOW.date()) == "no death_registered"


@pytest.mark.parametrize(
    ("changed", "kind", "authority"),
    [
        ({}, BasisKind.DEED, "Sample Town, Sample, Sampleshire"),
        (
            {"data__status__onAuthorityOfRegistrarGeneral": True},
            BasisKind.DEED,
            "Registrar General, Sample Town, Sample, Sampleshire",
        ),
        ({"data__inquestDate": "2024-03-04"}, BasisKind.CERTIFICATE, "Coroner"),
        (
            {
                "data__inquestDate": "2024-03-04",
                "data__coroner": {"designation": "Coroner", "area": "Sampleshire"},
            },
            BasisKind.CERTIFICATE,
            "Coroner, Sampleshire",
        ),
    ],
)
def test_a_death_rests_on_the_entry_or_on_the_coroners_certificate(
    changed: dict[str, Any], kind: BasisKind, authority: str
) -> None:
    (death,) = mapped(with_(DEATH, **changed))
    assert death.header.basis is not None
    assert (death.header.basis.kind, death.header.basis.authority) == (kind, authority)


def test_a_union_is_of_two_people_known_by_their_places_in_the_entry() -> None:
    for record, kind in ((MARRIAGE, UnionKind.MARRIAGE), (PARTNERSHIP, UnionKind.PARTNERSHIP)):
        (union,) = mapped(record)
        assert isinstance(union, Union)
        register = kind.value.lower()
        assert people(union) == [
            (Role.PARTNER, f"uk-reg:{register}/500000001/1"),
            (Role.PARTNER, f"uk-reg:{register}/500000001/2"),
        ]
        assert (union.kind, union.end_reason) == (kind, None)
        assert f"{union.header.registered_at:%Y-%m-%d}" == str(union.header.occurred)


def test_what_is_wrong_with_a_union_is_told_of_both_and_marks_both() -> None:
    trial, (found,) = tried(with_(MARRIAGE, groom_date_of_birth="3012-02-29"))
    assert [(row.field, row.reason, str(row.person)) for row in found.refused] == [
        ("groom_date_of_birth", "date", "uk-reg:marriage/500000001/1"),
        ("groom_date_of_birth", "date", "uk-reg:marriage/500000001/2"),
    ]
    for party in ("1", "2"):
        person = f"marriage/500000001/{party}"
        assert alive(trial, person, NOW.date()) == "unknown quarantined"


@pytest.mark.parametrize(
    ("record", "changed", "field", "reason"),
    [
        (BIRTH, {"data__child__dateOfBirth": None}, "data.child.dateOfBirth", "date"),
        (BIRTH, {"data__child__dateOfBirth": "2019-02-29"}, "data.child.dateOfBirth", "date"),
        (BIRTH, {"data__child__dateOfBirth": "29/02/2020"}, "data.child.dateOfBirth", "date"),
        (BIRTH, {"data__child__dateOfBirth": 20200229}, "data.child.dateOfBirth", "date"),
        (BIRTH, {"data__child__dateOfBirth": "2021-02-28"}, "header.occurred", "rule"),
        (BIRTH, {"data__child__sex": "M"}, "data.child.sex", "code"),
        (BIRTH, {"data__date": None}, "data.date", "date"),
        (BIRTH, {"data__date": "2020-03"}, "data.date", "date"),
        (BIRTH, {"data__status__cancelled": None}, "data.status.cancelled", "code"),
        (BIRTH, {"data__status__cancelled": "no"}, "data.status.cancelled", "code"),
        (
            BIRTH,
            {"data__status__potentiallyFictitious": ...},
            "data.status.potentiallyFictitious",
            "code",
        ),
        (BIRTH, {"data__status__correction": "Void"}, "data.status.correction", "code"),
        (BIRTH, {"data__status__marginalNote": "Adopted"}, "data.status.marginalNote", "code"),
        (BIRTH, {"data__status": None}, "data.status.blocked", "code"),
        (BIRTH, {"id": 500000009}, "id", "id_format"),
        (
            AGAIN,
            {"data__previousRegistration__id": "none"},
            "data.previousRegistration.id",
            "id_format",
        ),
        (BIRTH, {"data__mother__surname": "B\u202e"}, "concerned.name", "text"),
        (DEATH, {"data__deceased__dateOfDeath": "2024-02-30"}, "data.deceased.dateOfDeath", "date"),
        (DEATH, {"data__deceased__dateOfDeath": "2024-05-01"}, "header.occurred", "rule"),
        (
            DEATH,
            {"data__deceased__dateOfBirth": "2024-03-01"},
            "header.concerned.birth_date",
            "rule",
        ),
        (DEATH, {"data__status__onAuthorityOfRegistrarGeneral": None}, None, "code"),
    ],
)
def test_an_entry_that_means_nothing_is_refused_and_its_person_marked(
    record: dict[str, Any], changed: dict[str, Any], field: str | None, reason: str
) -> None:
    trial, found = tried(INQUEST, with_(record, **changed))
    (row,) = found[1].refused
    assert (row.line, row.reason) == (2, reason)
    assert row.field == (field or "data.status.onAuthorityOfRegistrarGeneral")
    assert row.person == found[1].subject
    assert row.person is not None
    for day in (date(1900, 1, 1), NOW.date()):
        assert alive(trial, row.person.value, day) == "unknown quarantined"
    assert alive(trial, "death/500000002", NOW.date()) == "no death_registered"


@pytest.mark.parametrize("number", [None, "", 0, "007", " 500000001", "5e8", 5e8, -5, 10**12])
def test_an_entry_without_a_usable_number_is_refused_and_nobody_is_marked(number: object) -> None:
    for record in (BIRTH, BIRTH_V0, DEATH, MARRIAGE, PARTNERSHIP):
        _, (found,) = tried(with_(record, id=number, data__id=number))
        assert {row.reason for row in found.refused} == {"id_format"}
        assert {row.person for row in found.refused} == {None}
        assert found.filed == ()


def test_a_record_of_no_kind_or_of_two_kinds_is_refused() -> None:
    both = with_(BIRTH, data__dateOfMarriage="2020-02-29")
    for record in (both, {"id": 1, "data": {"id": 1}}, {}, {"id": 1, "data": None}):
        _, (found,) = tried(record)
        (row,) = found.refused
        assert (row.field, row.reason, row.person) == ("data", "code", None)
        assert found.filed == ()


def test_an_entry_is_not_known_before_it_was_made() -> None:
    trial, _ = tried(DEATH)
    before = datetime(2024, 3, 4, 23, tzinfo=UTC)
    assert alive(trial, "death/500000001", date(2024, 3, 4), before) == "unknown not_covered"
    after = datetime(2024, 3, 5, 1, tzinfo=UTC)
    assert alive(trial, "death/500000001", date(2024, 3, 4), after) == "no death_registered"


def test_two_entries_that_differ_in_one_letter_are_two_people() -> None:
    other = with_(DEATH, id=500000007, data__id=500000007, data__deceased__surname="SIMPLE")
    trial, _ = tried(other, BIRTH)
    assert alive(trial, "death/500000001", NOW.date()) == "unknown not_covered"
    assert alive(trial, "death/500000007", NOW.date()) == "no death_registered"


def test_no_name_but_a_parents_leaves_the_register() -> None:
    named = {
        concerned.role
        for record in SAMPLE
        for event in mapped(record)
        for concerned in event.header.concerned
        if concerned.name is not None
    }
    assert named == {Role.MOTHER, Role.FATHER}
