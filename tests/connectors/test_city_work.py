"""Jobs, insurance, policies, diplomas and businesses of the city: what follows of the samples."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from civicbus.domain.events import Business, Document, Licence, Policy
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role
from tests.connectors.bus_of_city import Bus
from tests.connectors.city import (
    CONNECTORS,
    DEPARTMENTS,
    FRIEND,
    HUSBAND,
    MILL,
    NEIGHBOUR,
    NOW,
    SNACKS,
    SON,
    STUDENT,
    WIFE,
    WORKS,
    connector,
    events,
    mapped,
    sample,
)


def person(number: str) -> Identifier:
    return Identifier.of("cn-rid", number)


def business(code: str) -> Identifier:
    return Identifier.of("cn-uscc", code)


@pytest.fixture(scope="module")
def bus() -> Bus:
    """All samples of all departments."""
    bus = Bus(NOW)
    bus.deliver((name, CONNECTORS / name / "sample.csv") for name in DEPARTMENTS)
    return bus


def reason(bus: Bus, proof: str, who: Identifier, day: date, **claims: object) -> str:
    return bus.ask(proof, who, day, **claims).reason


def test_a_job_known_by_fifteen_digits_is_the_persons_and_ends_by_eighteen(bus: Bus) -> None:
    son = person(SON)
    assert reason(bus, "employed", son, date(2012, 1, 1), employer=MILL) == "in_force"
    assert reason(bus, "employed", son, date(2015, 3, 1)) == "ended"
    assert reason(bus, "registered_unemployed", son, date(2015, 3, 1)) == "in_force"
    assert reason(bus, "registered_unemployed", son, date(2015, 9, 1)) == "ended"


def test_a_corrected_employer_and_a_job_that_never_was(bus: Bus) -> None:
    assert bus.said("employed", person(SON), employer=WORKS) == "yes in_force"
    believed = datetime(2019, 5, 20, tzinfo=UTC)
    day = date(2019, 5, 20)
    assert bus.ask("employed", person(FRIEND), day, believed).outcome == "yes"
    assert reason(bus, "employed", person(FRIEND), day) == "none_registered"


def test_months_count_once_by_what_they_pay_for_and_a_reversed_posting_not_at_all(
    bus: Bus,
) -> None:
    son = person(SON)
    # From July 1994 to January 2015: the posting up to March was corrected.
    assert bus.said("insured", son, insurance="pension", months=247) == "yes months_paid"
    assert bus.said("insured", son, insurance="pension", months=248) == "no fewer_months"
    neighbour = person(NEIGHBOUR)
    day = date(2015, 9, 9)
    assert reason(bus, "insured", neighbour, day, insurance="unemployment") == "month_not_paid"


def test_pensions_are_suspended_resumed_moved_and_end_with_death(bus: Bus) -> None:
    wife = person(WIFE)
    assert reason(bus, "pension", wife, date(2019, 2, 15)) == "suspended"
    assert bus.said("pension", wife) == "yes in_force"
    survivor = {"pension_kind": "survivor"}
    assert reason(bus, "pension", wife, date(2025, 2, 1), **survivor) == "in_force"
    assert reason(bus, "pension", wife, date(2025, 6, 1), **survivor) == "ended"
    assert bus.said("pension", person(HUSBAND)) == "no died"
    assert bus.said("pension", person(FRIEND)) == "no none_registered"
    assert bus.said("pension", person(STUDENT)) == "no ended"


def test_medical_insurance_is_known_by_its_months(bus: Bus) -> None:
    medical = {"insurance": "medical"}
    assert reason(bus, "insured", person(SON), date(2025, 1, 5), **medical) == "month_paid"
    assert reason(bus, "insured", person(SON), date(2025, 2, 5), **medical) == "month_not_paid"
    neighbour = person(NEIGHBOUR)
    assert reason(bus, "insured", neighbour, date(2025, 6, 5), **medical) == "month_paid"
    assert reason(bus, "insured", neighbour, date(2024, 6, 5), **medical) == "month_not_paid"


def test_a_policy_goes_on_under_another_insurer_whatever_became_of_its_paper(bus: Bus) -> None:
    for claims in ({}, {"insurer": "东城人寿", "policy": "A-1"}, {"policy": "N-1"}):
        answer = bus.ask("policies", person(SON), **claims)
        assert answer.outcome == "yes"
        assert answer.details == {"insurers": ("合成人寿",)}
        assert "document_lost" in answer.flags
    assert bus.said("policies", person(WIFE), role="beneficiary") == "unknown not_disclosed"


def test_a_policy_that_lapsed_was_revived_with_the_gap_between(bus: Bus) -> None:
    holder = person(STUDENT)
    days = (date(2014, 1, 1), date(2015, 6, 1), date(2020, 1, 1), date(2024, 7, 1))
    found = [reason(bus, "policies", holder, day) for day in days]
    assert found == ["in_force", "ended", "in_force", "ended"]


def test_an_end_that_was_a_mistake_is_annulled(bus: Bus) -> None:
    believed = datetime(2017, 3, 2, tzinfo=UTC)
    assert bus.ask("policies", person(FRIEND), date(2017, 3, 2), believed).reason == "ended"
    assert reason(bus, "policies", person(FRIEND), date(2017, 3, 2)) == "in_force"
    assert bus.said("policies", person(FRIEND)) == "no ended"


def test_a_contract_and_its_paper_are_two_events_of_one_row() -> None:
    row = sample("city_insurers").decode().splitlines()[1]
    (one,) = mapped("city_insurers", row)
    contract, paper = (filed.event for filed in one.filed)
    assert isinstance(contract, Policy)
    assert isinstance(paper, Document)
    assert contract.header.event_id != paper.header.event_id
    assert {concerned.role for concerned in contract.header.concerned} == {
        Role.HOLDER,
        Role.INSURED,
        Role.BENEFICIARY,
    }
    assert [filed.family for filed in one.filed] == ["insurance", "identity"]


def test_diplomas_are_awarded_corrected_and_withdrawn(bus: Bus) -> None:
    friend, neighbour = person(FRIEND), person(NEIGHBOUR)
    enrolled = {"education_kind": "enrolment"}
    assert reason(bus, "education", friend, date(2010, 1, 1), **enrolled) == "in_force"
    for kind in ("graduation", "degree", "qualification"):
        assert bus.said("education", friend, education_kind=kind) == "yes awarded"
    assert bus.said("education", neighbour, **enrolled) == "yes in_force"
    believed = datetime(2023, 12, 1, tzinfo=UTC)
    graduation = {"education_kind": "graduation"}
    day = date(2023, 12, 1)
    assert bus.ask("education", neighbour, day, believed, **graduation).outcome == "yes"
    assert bus.ask("education", neighbour, day, **graduation).outcome != "yes"


def test_of_diplomas_older_than_the_register_nothing_follows_from_silence(bus: Bus) -> None:
    (declared,) = connector("city_education").system.authorities
    assert [coverage.since for coverage in declared.coverage] == [date(2001, 1, 1)]
    assert bus.said("education", person(SON), education_kind="degree") == "unknown not_covered"


def test_businesses_go_on_merge_and_leave(bus: Bus) -> None:
    assert bus.said("business_registered", business(WORKS), site="合成市二街200号") == (
        "yes in_force"
    )
    assert reason(bus, "business_registered", business(MILL), date(2015, 8, 31)) == "in_force"
    merged = bus.ask("business_registered", business(MILL))
    assert (merged.reason, merged.details) == ("merged", {"successor": WORKS})
    assert bus.said("business_registered", business(SNACKS)) == "no ended"
    fraud = business("92990000MA0000004H")
    assert bus.said("business_registered", fraud) == "unknown no_such_record"


def test_a_permit_is_suspended_and_revoked_and_the_business_licence_ends_with_the_business(
    bus: Bus,
) -> None:
    snacks = business(SNACKS)
    food, trade = {"licence_kind": "食品经营许可证"}, {"licence_kind": "营业执照"}
    days = (date(2017, 7, 1), date(2017, 8, 15), date(2018, 8, 15), date(2020, 3, 1))
    found = [reason(bus, "licence_valid", snacks, day, **food) for day in days]
    assert found == ["in_force", "suspended", "in_force", "ended"]
    assert reason(bus, "licence_valid", snacks, date(2020, 5, 5), **trade) == "in_force"
    assert bus.said("licence_valid", snacks, **trade) == "no ended"
    assert bus.said("licence_valid", business(WORKS), **trade) == "yes in_force"


def test_the_operator_of_a_shop_holds_its_licence_too_and_is_not_the_business() -> None:
    holders = [
        {concerned.identifiers[0].scheme for concerned in event.header.concerned}
        for event in events("city_market_regulator")
        if isinstance(event, Licence)
    ]
    assert {"cn-uscc"} in holders
    assert {"cn-uscc", "cn-rid"} in holders
    concerned = [
        event.header.concerned
        for event in events("city_market_regulator")
        if isinstance(event, Business)
    ]
    assert all(len(one) == 1 for one in concerned), "nobody's dossier but the business's own"
    schemes = {
        one.family: one.schemes for one in connector("city_market_regulator").system.authorities
    }
    assert schemes == {"business": frozenset({"cn-uscc"}), "licence": frozenset({"cn-uscc"})}
