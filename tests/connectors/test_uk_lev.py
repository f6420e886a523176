"""Entries of the registers of England and Wales: what they say, and of whom."""

from __future__ import annotations

from datetime import UTC, date, datetime

from civicbus.domain.events import Birth, Union
from civicbus.domain.vocabulary import Cause, Role, Sex, UnionKind
from tests.connectors.life_events import (
    BIRTH,
    BIRTH_V0,
    DEATH,
    MARRIAGE,
    NOW,
    PARTNERSHIP,
    SAMPLE,
    alive,
    mapped,
    people,
    tried,
    with_,
)


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


def test_an_event_is_known_by_its_entry_whatever_else_changes() -> None:
    (before,) = mapped(DEATH)
    (after,) = mapped(with_(DEATH, data__deceased__dateOfDeath="2024-03-01"))
    assert before.header.event_id == after.header.event_id
    ids = [event.header.event_id for record in SAMPLE for event in mapped(record)]
    assert len(ids) == len(set(ids)) == 15


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
