"""Household books, courts, adoptions and corrected marriages of the city: what follows of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from civicbus.domain.events import HouseholdRegistration, IdentityLink, Union
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import HouseholdEnd
from civicbus.domain.vocabulary import Change, LegalState, Role
from tests.connectors.bus_of_city import Bus
from tests.connectors.city import (
    CONNECTORS,
    DEPARTMENTS,
    FRIEND,
    HUSBAND,
    NEIGHBOUR,
    NOW,
    SON,
    SON_BEFORE,
    STUDENT,
    WIFE,
    connector,
    event_of,
    events,
    mapped,
    row,
)

BOOKS, COURTS, MARRIAGES = "city_household_books", "city_courts", "city_civil_affairs"
SECOND = "990000199081020046"  # a number of the friend's, merged
STRANGER = "990000195083050021"  # once taken for the wife's, told apart since


def person(number: str) -> Identifier:
    return Identifier.of("cn-rid", number)


def numbered(number: str) -> str:
    return str(person(number))


@pytest.fixture(scope="module")
def bus() -> Bus:
    """All samples of all departments."""
    bus = Bus(NOW)
    bus.deliver((name, CONNECTORS / name / "sample.csv") for name in DEPARTMENTS)
    return bus


def test_who_left_a_book_stands_in_another_one(bus: Bus) -> None:
    son = person(SON)
    assert bus.said("household_registration", son, household="H-0002") == "yes in_force"
    assert bus.said("household_registration", son, household="H-0001") == "no elsewhere"
    before = bus.ask("household_registration", son, date(2009, 1, 1), household="H-0001")
    assert before.outcome == "yes"
    wife = person(WIFE)
    assert bus.said("household_registration", wife, head=numbered(HUSBAND)) == "yes in_force"


def test_a_son_is_his_mothers_son_in_whatever_book_he_stands(bus: Bus) -> None:
    claims = {"relation": "parent", "relative": numbered(WIFE)}
    for day in (date(2009, 1, 1), date(2025, 1, 1)):
        assert bus.ask("kinship", person(SON), day, **claims).outcome == "yes"


def test_being_struck_off_as_dead_or_abroad_ends_an_entry_with_its_reason() -> None:
    ends = [
        event.end_reason
        for event in events(BOOKS)
        if isinstance(event, HouseholdRegistration) and event.header.change is Change.ENDED
    ]
    assert ends == [
        HouseholdEnd.MOVED_OUT,
        HouseholdEnd.DUPLICATE,
        HouseholdEnd.DEATH,
        HouseholdEnd.SETTLED_ABROAD,
    ]


def test_a_corrected_address_replaces_the_first_one_and_an_annulled_entry_is_none(
    bus: Bus,
) -> None:
    wife = person(WIFE)
    between = datetime(2013, 1, 7, 12, tzinfo=UTC)
    claims = {"household": "H-0004"}
    day = date(2013, 1, 7)
    believed = bus.ask("household_registration", wife, day, between, **claims)
    assert believed.reason == "registered_twice"
    assert bus.ask("household_registration", wife, day, **claims).outcome == "no"
    corrected = event_of(BOOKS, 7)
    assert isinstance(corrected, HouseholdRegistration)
    assert corrected.header.target_event_id == event_of(BOOKS, 6).header.event_id
    assert corrected.address == "合成市二街20号"


def test_fifteen_digits_are_the_number_of_eighteen_and_the_rest_is_linked(bus: Bus) -> None:
    upgrade = event_of(BOOKS, 4)
    assert isinstance(upgrade, IdentityLink)
    assert {one.identifiers[0].value for one in upgrade.header.concerned} == {SON}
    assert bus.said("same_person", person(SON), number=numbered(SON_BEFORE)) == "yes same_number"
    assert bus.said("same_person", person(SECOND), number=numbered(FRIEND)) == "yes linked"


def test_a_merger_of_two_people_is_taken_back(bus: Bus) -> None:
    wife = person(WIFE)
    claims = {"number": numbered(STRANGER)}
    between = datetime(2012, 4, 20, tzinfo=UTC)
    assert bus.ask("same_person", wife, date(2012, 4, 20), between, **claims).outcome == "yes"
    assert bus.said("same_person", wife, **claims) == "no told_apart"


def test_what_a_court_does_has_the_force_of_a_judgment() -> None:
    assert {event.header.legal_state for event in events(COURTS)} == {LegalState.DECLARED}


def test_a_court_ends_the_marriage_that_it_names_and_else_the_couples() -> None:
    named, unnamed = event_of(COURTS, 3), event_of(COURTS, 10)
    assert isinstance(named, Union)
    assert isinstance(unnamed, Union)
    assert named.header.change is Change.ENDED
    assert named.header.target_event_id == event_of(MARRIAGES, 2).header.event_id
    assert str(named.header.effective_from) == "2016-09-28"
    assert unnamed.header.change is Change.CREATED
    assert unnamed.header.target_event_id is None
    assert unnamed.end_reason is not None


def test_declared_dead_came_back_and_the_answer_follows(bus: Bus) -> None:
    student = person(STUDENT)
    proof = "missing_or_declared_dead"
    assert bus.ask(proof, student, date(2018, 1, 1)).reason == "declared_dead"
    assert bus.ask(proof, student, date(2014, 1, 1)).reason == "none_registered"
    assert bus.said(proof, student) == "no ended"
    friend = person(FRIEND)
    assert bus.ask(proof, friend, date(2012, 5, 1)).reason == "declared_missing"
    assert bus.said(proof, friend) == "no ended"


def test_a_guardian_decides_until_the_ward_can_again(bus: Bus) -> None:
    wife, during = person(WIFE), date(2021, 1, 1)
    son = {"guardian": numbered(SON)}
    assert bus.ask("capacity", wife, during).details == {"capacity": "limited"}
    assert bus.ask("guardian", wife, during, **son).reason == "by_ruling"
    assert bus.said("capacity", wife) == "yes has_by_age"
    assert bus.said("guardian", wife, **son) == "no of_age"


@pytest.mark.parametrize(
    ("concerning", "family"),
    [
        ("DIVORCE", "union"),
        ("MISSING", "court"),
        ("DECLARED_DEAD", "death"),
        ("CAPACITY", "court"),
        ("GUARDIAN", "kinship"),
    ],
)
def test_a_judgment_set_aside_is_annulled_where_it_stands(concerning: str, family: str) -> None:
    given = {"judgment": "90", "kind": "SET_ASIDE", "person": SON, "other": WIFE}
    text = row(COURTS, given | {"refers_to": "3", "concerning": concerning})
    (one,) = mapped(COURTS, text)
    (filed,) = one.filed
    assert filed.family == family
    assert filed.event.header.target_event_id == event_of(COURTS, 3).header.event_id


def test_an_adopted_child_has_the_parents_by_adoption_until_it_is_dissolved_or_void(
    bus: Bus,
) -> None:
    mother = {"relation": "parent", "relative": numbered(WIFE)}
    assert bus.said("kinship", person(NEIGHBOUR), **mother) == "yes related"
    student = person(STUDENT)
    assert bus.ask("kinship", student, date(2005, 1, 1), **mother).outcome == "yes"
    assert bus.said("kinship", student, **mother) == "no not_related"
    void = {"relation": "parent", "relative": numbered(SON)}
    believed = datetime(2010, 3, 1, tzinfo=UTC)
    assert bus.ask("kinship", student, date(2010, 3, 1), believed, **void).outcome == "yes"
    # Of the parents by birth nobody has told.
    assert bus.said("kinship", student, **void) == "unknown incomplete_record"


def test_a_marriage_entered_with_the_wrong_man_is_his_no_longer() -> None:
    """Without the judgment of the sample that this marriage was void."""
    bus = Bus(NOW)
    others = [name for name in DEPARTMENTS if name != COURTS]
    bus.deliver((name, CONNECTORS / name / "sample.csv") for name in others)
    corrected = event_of(MARRIAGES, 5)
    roles = {one.identifiers[0].value: one.role for one in corrected.header.concerned}
    assert roles == {
        STUDENT: Role.PARTNER,
        NEIGHBOUR: Role.PARTNER,
        SON: Role.WRONGLY_NAMED,
    }
    wedding = date(2021, 3, 2)
    believed = datetime(2021, 4, 1, tzinfo=UTC)
    assert bus.ask("marital_status", person(SON), wedding, believed).reason == "married"
    assert bus.ask("marital_status", person(SON), wedding).reason == "divorced"
    pair = {"spouse": numbered(NEIGHBOUR)}
    assert bus.ask("married_to", person(STUDENT), wedding, **pair).outcome == "yes"


def test_the_marriage_register_does_not_claim_the_divorces_of_courts() -> None:
    (union,) = connector(MARRIAGES).system.authorities
    assert union.takes_in == frozenset()
