"""Whose facts are read: by which numbers, and whether the question speaks of that person at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier, Entry
from civicbus.domain.events import (
    Annulment,
    Birth,
    Concerned,
    Death,
    Event,
    IdentityLink,
    PersonName,
    Refusal,
    Registration,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.person import NUMBERS_MAX, Person, Told, person_of
from civicbus.domain.vocabulary import Role
from tests import builders

KEYS = [letter * 26 for letter in "abcdefghijkl"]
ONE, TWO, THREE = KEYS[:3]
NUMBER = Identifier.of("cn-rid", "110101195083011231")
KNOWN = datetime(2024, 5, 1, tzinfo=UTC)
COMPETENT = Authorities(
    tuple(
        Authority("registry", family, frozenset({"cn-rid"}), timedelta(days=1))
        for family in ("birth", "identity")
    )
)
BORN = PartialDate(1950, 8, 30)
entry = partial(builders.entry, on=BORN)


def somebody(role: Role, key: str = ONE, name: str | None = None) -> Concerned:
    return Concerned(role, (NUMBER,), key, name)


def link(one: str, other: str, source: str = "registry") -> Event:
    people = somebody(Role.PERSON, one), somebody(Role.FORMER, other)
    return entry(IdentityLink, f"{one} {other}", *people, source=source)


def found(
    events: Iterable[Event],
    told: Told | None = None,
    families: Mapping[str, str] | None = None,
) -> tuple[Person, list[Need]]:
    """The person with the first number, and what was asked for."""
    events = list(events)
    needs: list[Need] = []
    asking = person_of(ONE, ("death", "identity"), KNOWN, COMPETENT, told)
    try:
        needs.append(next(asking))
        while True:
            own = [e for e in events if e.header.stands_under(needs[-1].person_key)]
            topic = {e.header.event_id: (families or {}).get(e.header.event_id) for e in own}
            entries = (Entry(topic[e.header.event_id] or "identity", e, KNOWN) for e in own)
            needs.append(asking.send(Dossier(needs[-1].person_key, tuple(entries))))
    except StopIteration as stop:
        person: Person = stop.value
    return person, needs


def test_births_and_identities_are_read_beside_what_a_proof_asks_for_each_once() -> None:
    person, needs = found([])
    assert needs == [Need(ONE, ("death", "identity", "birth"), KNOWN)]
    assert person.facts.keys == {ONE}
    assert not person.too_many


def test_every_number_that_a_register_has_linked_is_followed() -> None:
    death = entry(Death, "death", somebody(Role.DECEASED, THREE))
    person, needs = found([link(ONE, TWO), link(THREE, TWO), death])
    assert [need.person_key for need in needs] == [ONE, TWO, THREE]
    assert person.facts.keys == {ONE, TWO, THREE}
    assert [fact.content for fact in person.facts.of(Death)] == [death]


def test_the_link_of_somebody_who_does_not_decide_is_not_followed() -> None:
    person, needs = found([link(ONE, TWO, source="hospital")])
    assert [need.person_key for need in needs] == [ONE]
    assert person.facts.keys == {ONE}


def test_a_chain_that_goes_on_is_followed_no_further_and_says_so() -> None:
    chain = [link(one, other) for one, other in pairwise(KEYS)]
    person, needs = found(chain[: NUMBERS_MAX - 1])
    assert len(needs) == NUMBERS_MAX
    assert not person.too_many
    person, needs = found(chain)
    assert len(needs) == NUMBERS_MAX
    assert person.too_many


def test_a_link_may_have_been_withdrawn_under_the_other_number_alone() -> None:
    joined = link(ONE, TWO)
    withdrawal = entry(Annulment, "withdrawal", somebody(Role.PERSON, TWO), about=joined)
    restored = entry(Annulment, "restored", somebody(Role.PERSON, TWO), about=withdrawal)
    person, _ = found([joined, withdrawal])
    assert person.facts.keys == {ONE}
    assert person.facts.of(IdentityLink) == []
    assert [fact.content for fact in person.facts.once(IdentityLink)] == [joined]
    person, _ = found([joined, withdrawal, restored])
    assert person.facts.keys == {ONE, TWO}


def test_of_the_other_numbers_records_only_what_changes_an_own_one_is_read() -> None:
    joined = link(ONE, TWO)
    withdrawal = entry(Annulment, "withdrawal", somebody(Role.PERSON, TWO), about=joined)
    theirs = entry(Death, "theirs", somebody(Role.DECEASED, TWO))
    person, _ = found([joined, withdrawal, theirs])
    assert person.facts.of(Death) == []
    assert person.facts.once(Death) == []


def test_what_restores_an_own_act_under_the_other_number_is_followed_to_its_end() -> None:
    joined = link(ONE, TWO)
    apart = entry(Annulment, "apart", somebody(Role.PERSON, TWO), about=joined)
    dropped = entry(Annulment, "dropped", somebody(Role.PERSON, TWO), about=BIRTH)
    restored = entry(Annulment, "restored", somebody(Role.PERSON, TWO), about=dropped)
    person, _ = found([joined, apart, BIRTH, dropped])
    assert person.facts.of(Birth) == []
    person, _ = found([joined, apart, BIRTH, dropped, restored])
    assert [fact.content for fact in person.facts.of(Birth)] == [BIRTH]


def test_events_under_both_numbers_that_name_each_other_are_gone_round_once() -> None:
    joined = link(ONE, TWO)
    apart = entry(Annulment, "apart", somebody(Role.PERSON, TWO), about=joined)
    both = somebody(Role.PERSON), somebody(Role.PERSON, TWO)
    other = entry(Annulment, "other", somebody(Role.PERSON, TWO), about=joined)
    one = entry(Annulment, "one", *both, about=other)
    other = replace(other, header=replace(other.header, target_event_id=one.header.event_id))
    person, _ = found([joined, apart, one, other])
    assert set(person.facts.conflicting) == {one, other}


def test_a_refusal_tells_in_which_families_a_row_could_not_be_read() -> None:
    refusal = entry(Refusal, "refusal", somebody(Role.PERSON))
    record = entry(Registration, "record", somebody(Role.PERSON))
    person, _ = found([refusal, record], families={refusal.header.event_id: "death"})
    assert person.refused_in == {refusal.header.event_id: frozenset({"death"})}


BIRTH = entry(Birth, "birth", somebody(Role.CHILD, ONE, "王小丽"))
TWINS = entry(Birth, "twins", somebody(Role.CHILD), somebody(Role.CHILD, TWO, "李强"))
RECORD = entry(Registration, "record", somebody(Role.PERSON, ONE, "王小丽"))
NAME = entry(PersonName, "name", somebody(Role.PERSON), full="王芳")
UNNAMED = entry(Birth, "unnamed", somebody(Role.CHILD))
WARD = somebody(Role.PERSON, TWO)
OF_WARD = entry(PersonName, "of ward", WARD, somebody(Role.GUARDIAN), full="王芳")
LATER = entry(Birth, "later", somebody(Role.CHILD), on=PartialDate(1985, 1, 1), source="hospital")
AS_MOTHER = entry(Birth, "son", somebody(Role.CHILD, TWO, "李强"), somebody(Role.MOTHER))


@pytest.mark.parametrize(
    ("events", "told", "mismatched"),
    [
        # any name that the person bears or bore will do
        ([BIRTH, NAME], Told("王小丽"), []),
        ([BIRTH, NAME], Told("王芳"), []),
        ([RECORD, NAME], Told("王小丽"), []),
        ([BIRTH, RECORD, NAME], Told("李强"), [BIRTH, RECORD, NAME]),
        ([NAME], Told("Wang Fang"), []),
        ([BIRTH, NAME], Told("Wang Fang"), []),
        ([], Told("李强"), []),
        ([TWINS], Told("李强"), []),  # nothing is known of this one's own name
        ([TWINS, NAME], Told("李强"), [NAME]),
        ([AS_MOTHER, NAME], Told("李强"), [NAME]),
        ([BIRTH, OF_WARD], Told("王芳"), [BIRTH]),  # nor does a ward's name count
        # and any birth
        ([BIRTH], Told(None, date(1950, 8, 30)), []),
        ([BIRTH], Told(None, date(1950, 8, 31)), [BIRTH]),
        ([BIRTH, LATER], Told(None, date(1985, 1, 1)), []),
        ([BIRTH, LATER], Told(None, date(1986, 1, 1)), [BIRTH, LATER]),
        ([NAME], Told(None, date(1950, 8, 30)), []),
        ([NAME, AS_MOTHER], Told(None, date(1985, 8, 30)), []),
        # both are looked at
        ([BIRTH, NAME], Told("王芳", date(1950, 8, 31)), [BIRTH]),
        ([BIRTH, NAME], Told("李强", date(1950, 8, 30)), [BIRTH, NAME]),
        ([BIRTH, NAME], Told("李强", date(1950, 8, 31)), [BIRTH, NAME]),
        ([UNNAMED, NAME], Told("李强", date(1950, 8, 31)), [UNNAMED, NAME]),
        ([BIRTH, NAME], Told(), []),
        ([BIRTH, NAME], None, []),
    ],
)
def test_a_question_is_of_somebody_else_if_no_name_or_no_birth_on_record_is_as_told(
    events: list[Event], told: Told | None, mismatched: list[Event]
) -> None:
    person, _ = found(events, told)
    assert len(person.mismatched) == len(mismatched)
    assert set(person.mismatched) == set(mismatched)


OF_ANOTHER = entry(
    Birth, "of another", somebody(Role.CHILD, ONE, "李强"), on=PartialDate(1985, 1, 1)
)


def test_of_two_people_with_one_number_only_the_one_told_of_is_found() -> None:
    person, _ = found([BIRTH, OF_ANOTHER], Told(None, date(1985, 1, 1)))
    assert [fact.content for fact in person.facts.of(Birth)] == [OF_ANOTHER]
    assert (person.shared, person.mismatched) == ((), ())


@pytest.mark.parametrize("told", [None, Told("张伟"), Told("王小丽", date(1985, 1, 1))])
def test_of_two_people_with_one_number_nobody_is_found_without_being_told(
    told: Told | None,
) -> None:
    person, _ = found([BIRTH, OF_ANOTHER], told)
    assert set(person.shared) == {BIRTH, OF_ANOTHER}
    assert person.mismatched == ()


def test_two_births_that_are_left_to_one_name_are_of_two_people_still() -> None:
    namesake = entry(
        Birth, "namesake", somebody(Role.CHILD, ONE, "王小丽"), on=PartialDate(1970, 1, 1)
    )
    person, _ = found([BIRTH, namesake, OF_ANOTHER], Told("王小丽"))
    assert set(person.shared) == {BIRTH, namesake, OF_ANOTHER}
