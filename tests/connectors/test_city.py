"""The departments of the synthetic city: what their rows mean, and which are refused."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.mapped import Mapped, run
from civicbus.connect.trial import Trial
from civicbus.domain.events import Birth, Event, Union
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Change, LegalState, Role, UnionEnd

CONNECTORS = Path(__file__).parents[2] / "connectors"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY = date(2026, 11, 1)

WIFE = "990000195083040026"
HUSBAND = "990000194891200011"
SON = "99000019758630001X"
FRIEND = "99000019908102002X"

WRITTEN = "2026-10-01T09:00:00+08:00"


def sample(connector: str) -> bytes:
    return (CONNECTORS / connector / "sample.csv").read_bytes()


def tried(connector: str, text: bytes) -> Trial:
    trial = Trial(load_connector(CONNECTORS / connector), NOW)
    for mapped in trial.read(io.BytesIO(text), "journal.csv", NOW):
        assert mapped.refused == ()
    return trial


def mapped(connector: str, *rows: str) -> list[Mapped]:
    """What some rows come to, under the sample's header."""
    header = sample(connector).decode().splitlines()[0]
    text = "\n".join([header, *rows, ""]).encode()
    return list(run(load_connector(CONNECTORS / connector), io.BytesIO(text), "rows.csv", NOW))


def events(connector: str) -> list[Event]:
    text = io.BytesIO(sample(connector))
    found = run(load_connector(CONNECTORS / connector), text, "sample.csv", NOW)
    return [filed.event for one in found for filed in one.filed]


def alive(trial: Trial, number: str, day: date = TODAY, known_at: datetime = NOW) -> str:
    answer = trial.ask("alive", Identifier("cn-rid", number), day, known_at)
    return f"{answer.outcome} {answer.reason}"


def test_the_household_register_answers_for_a_family() -> None:
    trial = tried("city_civil_registry", sample("city_civil_registry"))
    assert alive(trial, WIFE) == "yes no_death_registered"
    assert alive(trial, HUSBAND) == "no death_registered"
    assert alive(trial, SON) == "yes no_death_registered"
    assert alive(trial, FRIEND) == "unknown not_maintained"


def test_an_annulled_death_was_believed_until_it_was_annulled() -> None:
    trial = tried("city_civil_registry", sample("city_civil_registry"))
    between = datetime(2019, 2, 15, tzinfo=UTC)
    assert alive(trial, WIFE, date(2019, 2, 15), between) == "no death_registered"
    assert alive(trial, WIFE, date(2019, 2, 15)) == "yes no_death_registered"


def test_a_corrected_date_of_death_replaces_the_month_that_was_known_before() -> None:
    trial = tried("city_civil_registry", sample("city_civil_registry"))
    before_correction = datetime(2024, 12, 31, tzinfo=UTC)
    day = date(2024, 11, 20)
    assert alive(trial, HUSBAND, day, before_correction) == "unknown undetermined_date"
    assert alive(trial, HUSBAND, day) == "yes died_later"
    assert alive(trial, HUSBAND, date(2024, 11, 28)) == "no death_registered"


def test_a_birth_concerns_the_child_and_the_parents_that_are_known() -> None:
    births = [event for event in events("city_civil_registry") if isinstance(event, Birth)]
    roles = {
        event.header.concerned[0].identifiers[0].value: [of.role for of in event.header.concerned]
        for event in births
    }
    assert roles[WIFE] == [Role.CHILD]
    assert roles[SON] == [Role.CHILD, Role.MOTHER, Role.FATHER]


def test_the_same_entry_is_the_same_event_in_whatever_file_it_stands() -> None:
    whole = {event.header.event_id: event for event in events("city_civil_registry")}
    row = sample("city_civil_registry").decode().splitlines()[8]
    ((filed,),) = [one.filed for one in mapped("city_civil_registry", row)]
    assert whole[filed.event.header.event_id] == filed.event
    assert filed.event.header.source_sequence == 8


def test_an_annulment_in_a_file_of_its_own_goes_to_the_topic_of_deaths() -> None:
    row = sample("city_civil_registry").decode().splitlines()[9]
    ((filed,),) = [one.filed for one in mapped("city_civil_registry", row)]
    assert filed.family == "death"


def test_hospitals_and_claimants_notify_and_do_not_decide() -> None:
    for connector in ("city_health", "city_social_security"):
        assert {event.header.legal_state for event in events(connector)} == {LegalState.NOTIFIED}
        trial = tried(connector, sample(connector))
        assert alive(trial, HUSBAND) == "unknown notified_only"


def test_a_hospitals_notice_about_another_patient_is_withdrawn() -> None:
    trial = tried("city_health", sample("city_health"))
    day, between = date(2025, 2, 3), datetime(2025, 2, 3, 1, tzinfo=UTC)
    assert alive(trial, WIFE, day, between) == "unknown notified_only"
    assert alive(trial, WIFE, day) != "unknown notified_only"


def test_a_corrected_notice_replaces_the_first_one() -> None:
    first, corrected = events("city_health")[1:3]
    assert corrected.header.target_event_id == first.header.event_id
    assert str(corrected.header.occurred) == "2024-11-28"
    assert corrected.header.change is Change.CORRECTED


def test_a_newborn_without_a_number_is_named_in_the_notice_about_the_mother() -> None:
    birth = events("city_health")[0]
    child, mother = birth.header.concerned
    assert (child.role, child.identifiers) == (Role.CHILD, ())
    assert str(child.birth_date) == "1975-06-30"
    assert (mother.role, mother.identifiers[0].value) == (Role.MOTHER, WIFE)


def test_a_divorce_ends_the_marriage_that_it_refers_to() -> None:
    _, married, divorced, *_ = events("city_civil_affairs")
    assert isinstance(divorced, Union)
    assert divorced.end_reason is UnionEnd.DISSOLUTION
    assert divorced.header.change is Change.ENDED
    assert divorced.header.target_event_id == married.header.event_id


def test_a_void_marriage_is_annulled() -> None:
    (one,) = mapped("city_civil_affairs", f"4,ANNULLED,{WRITTEN},{WIFE},{HUSBAND},,,1")
    (filed,) = one.filed
    assert filed.family == "union"
    assert filed.event.header.target_event_id == events("city_civil_affairs")[0].header.event_id


@pytest.mark.parametrize(
    ("connector", "row", "field", "reason"),
    [
        ("city_civil_registry", f"9,WEDDING,{WRITTEN},{SON},,,,,,", "kind", "code"),
        ("city_civil_registry", f"9,DEATH,2026-10-01 09:00,{SON},,,,,,", "registered_at", "date"),
        (
            "city_civil_registry",
            f"9,DEATH,2026-02-30T09:00:00Z,{SON},,,,,,",
            "registered_at",
            "date",
        ),
        ("city_civil_registry", f"9,DEATH,{WRITTEN},,,,,,,", "person", "id_format"),
        ("city_civil_registry", f"9,DEATH,{WRITTEN},{SON[:-1]}1,,,,,,", "person", "id_format"),
        ("city_civil_registry", f"x,DEATH,{WRITTEN},{SON},,,,,,", "entry", "number"),
        ("city_civil_registry", f"0,DEATH,{WRITTEN},{SON},,,,,,", "entry", "number"),
        ("city_civil_registry", f"9,DEATH_ANNULLED,{WRITTEN},{SON},,,,,,", "refers_to", "number"),
        ("city_civil_registry", f"9,MOVED_OUT,{WRITTEN},{SON},,,,,,", "refers_to", "number"),
        ("city_civil_registry", f"9,BIRTH,{WRITTEN},{SON},,,F,,,", "sex", "code"),
        ("city_health", f"9,DEATH,{WRITTEN},,2026-09-30,,,", "person", "id_format"),
        ("city_health", f",DEATH,{WRITTEN},{SON},2026-09-30,,,", "notice", "number"),
        ("city_civil_affairs", f"9,MARRIAGE,{WRITTEN},{SON},,,,", "partner_2", "id_format"),
        ("city_civil_affairs", f"9,DIVORCE,{WRITTEN},{SON},{FRIEND},,,", "refers_to", "number"),
        ("city_civil_affairs", f",MARRIAGE,{WRITTEN},{SON},{FRIEND},,,", "entry", "number"),
        ("city_social_security", f"9,{WRITTEN},,2026-09-30", "person", "id_format"),
        ("city_social_security", f"9,{WRITTEN},{SON},30.09.2026", "date_of_death", "date"),
        ("city_social_security", f",{WRITTEN},{SON},2026-09-30", "claim", "number"),
    ],
)
def test_a_row_that_means_nothing_is_refused_with_its_field_and_the_next_goes_through(
    connector: str, row: str, field: str, reason: str
) -> None:
    good = sample(connector).decode().splitlines()[1]
    bad, after = mapped(connector, row, good)
    assert [(one.line, one.field, one.reason) for one in bad.refused] == [(2, field, reason)]
    assert after.refused == ()
    assert after.filed
