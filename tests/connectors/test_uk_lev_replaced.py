"""Entries made again (re-registered): one person under several numbers, one act told anew."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from civicbus.domain.events import Birth, Death, IdentityLink, Union
from civicbus.domain.record_codes import LinkKind
from civicbus.domain.vocabulary import Change, Role
from tests.connectors.life_events import (
    AGAIN,
    BIRTH,
    DEATH,
    MARRIAGE,
    NOW,
    PARTNERSHIP,
    REPLACED,
    REPLACING,
    Entry,
    alive,
    mapped,
    numbered,
    people,
    said,
    tried,
    with_,
)

TODAY = NOW.date()

# Three entries of one death, each made anew of the one before; the second may not be disclosed.
FIRST = numbered(DEATH, 500000070, data__nextRegistration={"id": 500000071, "date": None})
BLOCKED = numbered(
    DEATH,
    500000071,
    data__status={"blocked": True},
    data__date=None,
    data__deceased={"dateOfDeath": None},
    data__previousRegistration={"id": 500000070},
    data__nextRegistration={"id": 500000072, "date": "2024-03-05"},
)
LAST = numbered(DEATH, 500000072, data__previousRegistration={"id": 500000071, "date": None})


def test_an_entry_made_again_restates_the_act_and_links_the_two_numbers() -> None:
    birth, link = mapped(AGAIN)
    assert isinstance(birth, Birth)
    assert isinstance(link, IdentityLink)
    assert people(birth)[0] == (Role.CHILD, "uk-reg:birth/500000003")
    (before,) = mapped(BIRTH)
    assert birth.header.change is Change.CORRECTED
    assert birth.header.target_event_id == before.header.event_id
    assert people(link) == [
        (Role.PERSON, "uk-reg:birth/500000003"),
        (Role.FORMER, "uk-reg:birth/500000001"),
    ]
    assert link.kind is LinkKind.NUMBER_REPLACED
    assert link.header.registered_at == datetime(2021, 1, 11, tzinfo=UTC)


def test_the_entry_that_was_replaced_tells_of_the_link_as_well() -> None:
    death, link = mapped(REPLACED)
    assert isinstance(death, Death)
    assert death.header.change is Change.CREATED
    assert people(link) == [
        (Role.PERSON, "uk-reg:death/500000004"),
        (Role.FORMER, "uk-reg:death/500000003"),
    ]
    assert link.header.registered_at == datetime(2023, 9, 14, tzinfo=UTC)


def test_whoever_has_two_entries_is_one_person_by_either_number() -> None:
    trial, _ = tried(REPLACED, REPLACING)
    for person in ("death/500000003", "death/500000004"):
        assert alive(trial, person, date(2023, 4, 17)) == "yes died_later"
        assert alive(trial, person, date(2023, 4, 18)) == "no death_registered"
        assert said(trial, "deceased", person, date(2023, 4, 18)) == "yes death_registered"
    other = "uk-reg:death/500000003"
    assert said(trial, "same_person", "death/500000004", TODAY, number=other) == "yes linked"


def test_the_date_of_the_entry_that_holds_counts_from_the_day_on_which_it_was_made() -> None:
    trial, _ = tried(
        with_(BIRTH, data__child__dateOfBirth="2020-02-28"),
        AGAIN,
    )
    day, made = date(2020, 2, 28), datetime(2021, 1, 11, tzinfo=UTC)
    before, after = made.replace(day=10), made.replace(day=12)
    assert alive(trial, "birth/500000001", day, before) == "unknown not_covered"
    assert alive(trial, "birth/500000001", day, after) == "no not_born"
    assert alive(trial, "birth/500000003", day, after) == "no not_born"


def test_of_a_death_entered_again_elsewhere_the_date_is_not_certain_and_the_death_is() -> None:
    noted = with_(REPLACED, data__nextRegistration=None)
    named = with_(REPLACED, data__status__marginalNote="None")
    for record in (noted, named, REPLACED):
        trial, _ = tried(record)
        for day in (date(2023, 4, 19), date(2023, 4, 20), date(2023, 5, 1)):
            assert alive(trial, "death/500000003", day) == "unknown undetermined_date"
        assert alive(trial, "death/500000003", date(2023, 5, 2)) == "no death_registered"


def test_of_a_birth_entered_again_elsewhere_nothing_is_certain() -> None:
    trial, _ = tried(with_(BIRTH, data__status__marginalNote="Re-registered"))
    day = date(2019, 1, 1)
    assert alive(trial, "birth/500000001", day) == "unknown under_investigation"
    trial, _ = tried(with_(BIRTH, data__status__marginalNote="Re-registered"), AGAIN)
    for person in ("birth/500000001", "birth/500000003"):
        assert alive(trial, person, day) == "no not_born"


@pytest.mark.parametrize("order", list(permutations((FIRST, BLOCKED, LAST))))
def test_a_chain_with_a_blocked_entry_in_the_middle_says_nothing_under_any_number(
    order: tuple[Entry, ...],
) -> None:
    trial, _ = tried(*order)
    for person in ("death/500000070", "death/500000071", "death/500000072"):
        for day in (date(1900, 1, 1), date(2024, 2, 28), date(2024, 2, 29), TODAY):
            for proof in ("alive", "deceased", "marital_status"):
                assert said(trial, proof, person, day) == "unknown quarantined"


def test_when_the_block_is_lifted_the_whole_chain_is_answered_by_its_last_entry() -> None:
    lifted = numbered(
        DEATH,
        500000071,
        data__previousRegistration={"id": 500000070, "date": "2024-03-05"},
        data__nextRegistration={"id": 500000072, "date": "2024-03-05"},
    )
    last = with_(LAST, data__deceased__dateOfDeath="2024-02-27")
    for order in permutations((FIRST, lifted, last)):
        trial, _ = tried(*order)
        for person in ("death/500000070", "death/500000071", "death/500000072"):
            assert alive(trial, person, date(2024, 2, 26)) == "yes died_later"
            assert alive(trial, person, date(2024, 2, 27)) == "no death_registered"


def test_a_blocked_last_entry_silences_those_that_it_replaced() -> None:
    first = with_(BIRTH, data__nextRegistration={"id": 500000008, "date": None})
    blocked = numbered(BIRTH, 500000008, data__status={"blocked": True})
    trial, _ = tried(first, blocked)
    for person in ("birth/500000001", "birth/500000008"):
        for proof in ("alive", "deceased", "marital_status"):
            assert said(trial, proof, person, date(1900, 1, 1)) == "unknown quarantined"


def test_a_cancelled_first_entry_never_brings_a_wrong_answer_about_the_one_that_replaced_it() -> (
    None
):
    trial, _ = tried(with_(BIRTH, data__status__cancelled=True), AGAIN)
    for person in ("birth/500000001", "birth/500000003"):
        for day in (date(1900, 1, 1), date(2020, 2, 29), TODAY):
            assert alive(trial, person, day).split()[0] in ("unknown", "disputed")


def test_where_the_entry_made_again_was_cancelled_the_one_before_it_holds() -> None:
    trial, _ = tried(BIRTH, with_(AGAIN, data__status__cancelled=True))
    for person in ("birth/500000001", "birth/500000003"):
        assert alive(trial, person, date(1900, 1, 1)) == "no not_born"
        assert alive(trial, person, TODAY) == "unknown not_covered"


def test_an_entry_that_replaces_itself_is_refused() -> None:
    for place in ("previous", "next"):
        record = with_(BIRTH, **{f"data__{place}Registration": {"id": 500000001, "date": None}})
        trial, (found,) = tried(record)
        assert found.refused
        assert alive(trial, "birth/500000001", date(1900, 1, 1)) == "unknown quarantined"


@pytest.mark.parametrize("record", [MARRIAGE, PARTNERSHIP], ids=["marriage", "partnership"])
def test_two_entries_of_a_union_stay_apart_and_the_one_that_was_replaced_is_in_doubt(
    record: Entry,
) -> None:
    (again,) = mapped(with_(record, data__previousRegistration={"id": 499999999}))
    assert isinstance(again, Union)
    assert all(len(concerned.identifiers) == 1 for concerned in again.header.concerned)
    assert again.header.under_investigation == ()
    (before,) = mapped(with_(record, data__nextRegistration={"id": 500000009}))
    assert [mark.element for mark in before.header.under_investigation] == ["union"]
