"""What all departments of the city wrote down, together, says what is true of its people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from civicbus.demo.cast import Cast
from civicbus.demo.mistakes import UPGRADED
from civicbus.demo.offices import write_journals
from civicbus.demo.residents import Resident
from civicbus.demo.society import Society, found_society
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Sex
from tests.connectors.bus_of_city import Bus

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SEED = 6


@pytest.fixture(scope="module")
def society() -> Society:
    return found_society(600, SEED, TODAY)


@pytest.fixture(scope="module")
def bus(society: Society, tmp_path_factory: pytest.TempPathFactory) -> Bus:
    """Every journal, with no row refused."""
    journals = write_journals(society, tmp_path_factory.mktemp("city"), SEED)
    bus = Bus(NOW)
    bus.deliver((name, journal.hand_over()) for name, journal in journals.items())
    return bus


def numbered(resident: Resident) -> str:
    return str(resident.identifier)


def test_whoever_lives_is_alive_but_for_the_missing(society: Society, bus: Bus) -> None:
    wrongly = {case.resident.number: (case.revoked, case.dead) for case in society.rulings.missing}
    found = {}
    for one in society.city.residents:
        found[one.number] = bus.said("alive", one.identifier)
        if one.died is not None:
            expected = "no death_registered"
        elif one.left is not None:
            expected = "unknown not_maintained"
        elif one.number in wrongly:
            revoked, dead = wrongly[one.number]
            expected = "unknown declared_missing"
            if dead is not None:
                # The declaration that somebody is missing ends with nothing but its own revocation.
                expected = "no declared_dead" if revoked is None else expected
        else:
            expected = "yes no_death_registered"
        assert found[one.number] == expected
    assert len(set(found.values())) >= 4


def test_the_marital_status_is_right_but_where_the_register_names_the_wrong_man(
    society: Society, bus: Bus
) -> None:
    open_still = {
        one.number
        for wrong in society.mistakes.wrong_spouses
        if wrong.corrected is None
        for one in (*wrong.marriage.both, wrong.named)
    }
    missing = {case.resident.number for case in society.rulings.missing}
    asked = 0
    for one in society.city.living():
        if one.number in open_still | missing or one.age_on(TODAY) < 18:
            continue
        expected = society.city.marital_status(one)
        status = bus.ask("marital_status", one.identifier)
        # Whose spouse left the country or is not followed any more, nobody can tell.
        if status.outcome == "yes":
            assert status.reason == expected
            asked += 1
        else:
            assert expected == "married"
    assert asked > 200


def test_the_wrong_man_is_married_by_the_register_until_it_is_corrected(
    society: Society, bus: Bus
) -> None:
    still = {one.corrected is None for one in society.mistakes.wrong_spouses}
    assert still == {True, False}
    for wrong in society.mistakes.wrong_spouses:
        wife, husband = wrong.marriage.both
        day = wrong.marriage.married + timedelta(days=5)
        believed = datetime(day.year, day.month, day.day, tzinfo=UTC)
        named = wrong.named.identifier
        assert bus.ask("marital_status", named, day, believed).reason == "married"
        right = {"spouse": numbered(husband)}
        now = bus.ask("married_to", wife.identifier, day, **right)
        status = bus.ask("marital_status", named, day)
        if wrong.corrected is None:
            assert (now.outcome, status.reason) == ("no", "married")
        else:
            assert (now.outcome, status.reason) == ("yes", "never_married")


def test_a_son_is_his_mothers_son_whatever_book_he_left(society: Society, bus: Bus) -> None:
    now = {one.resident.number: one for one in society.stays if one.is_on(TODAY)}
    left = 0
    for one in society.city.living():
        mother = one.mother
        if one.sex is not Sex.MALE or mother is None or mother.number not in now:
            continue
        if mother.number in society.mistakes.duplicates or society.mistakes.concern(one):
            continue
        claims = {"relation": "parent", "relative": numbered(mother)}
        assert bus.said("kinship", one.identifier, **claims) == "yes related"
        if now[one.number].household != now[mother.number].household:
            left += 1
            book = {"household": now[mother.number].household}
            assert bus.said("household_registration", one.identifier, **book) == "no elsewhere"
    assert left > 20


def test_everybody_stands_in_the_book_of_today_and_the_dead_in_none(
    society: Society, bus: Bus
) -> None:
    now = {one.resident.number: one for one in society.stays if one.is_on(TODAY)}
    twice = {one.number for one in society.mistakes.duplicates.values()}
    for one in society.city.residents[::3]:
        book = {"household": now[one.number].household} if one.number in now else {}
        said = bus.said("household_registration", one.identifier, **book)
        if one.number in now:
            assert said == "yes in_force"
        elif one.died is not None:
            assert said in {"no ended", "no none_registered"}
    for number in twice:
        second = Identifier.of("cn-rid", number)
        assert bus.said("household_registration", second) == "yes in_force"


def test_work_and_pensions_are_as_they_are_by_whatever_number_they_were_written_down(
    society: Society, bus: Bus
) -> None:
    working = {job.resident.number: job for job in society.economy.jobs if job.until is None}
    drawing = {one.resident.number for one in society.economy.pensions}
    missing = {case.resident.number for case in society.rulings.missing}
    old = [job for job in working.values() if job.since < UPGRADED]
    assert old, "jobs of before the numbers were made longer"
    for one in society.city.living():
        if one.number in missing:
            continue
        is_at_work = bus.ask("employed", one.identifier).outcome == "yes"
        assert is_at_work == (one.number in working)
        draws = bus.ask("pension", one.identifier).outcome == "yes"
        assert draws == (one.number in drawing)
    for job in old:
        employer = {"employer": job.employer.code}
        assert bus.said("employed", job.resident.identifier, **employer) == "yes in_force"


def test_two_numbers_are_one_person_with_one_life(society: Society, bus: Bus) -> None:
    for twice in society.mistakes.duplicates.values():
        second = Identifier.of("cn-rid", twice.number)
        other = {"number": numbered(twice.resident)}
        assert bus.said("same_person", second, **other) == "yes linked"
        before = datetime(twice.merged.year, twice.merged.month, 1, tzinfo=UTC) - timedelta(days=40)
        asked = bus.ask("same_person", second, before.date(), before, **other)
        assert asked.reason == "not_linked"
        assert bus.said("alive", second) == bus.said("alive", twice.resident.identifier)


def test_an_old_number_leads_to_whose_it_became(society: Society, bus: Bus) -> None:
    residents = {one.number: one for one in society.city.residents}
    for number, old in society.mistakes.old_numbers.items():
        former = Identifier.of("cn-rid", old)
        assert former.value != number
        claims = {"number": numbered(residents[number])}
        assert bus.said("same_person", former, **claims) == "yes linked"


def test_a_late_death_was_not_known_before_it_was_entered(society: Society, bus: Bus) -> None:
    residents = {one.number: one for one in society.city.residents}
    for number, told in society.mistakes.late_deaths.items():
        person, died = residents[number].identifier, residents[number].died
        assert died is not None
        before = datetime(told.year, told.month, told.day, tzinfo=UTC) - timedelta(days=1)
        assert bus.ask("alive", person, died, before).outcome == "yes"
        assert bus.ask("alive", person, died).outcome == "no"


def test_policies_are_found_by_person_and_a_lost_paper_is_a_note(
    society: Society, bus: Bus
) -> None:
    lost = Cast(society).lost_policy()
    for contract in society.contracts:
        claims = {"insurer": contract.insurer, "policy": contract.number}
        answer = bus.ask("policies", contract.holder.identifier, **claims)
        assert answer.reason == ("in_force" if contract.ended is None else "ended")
        if contract is lost:
            assert "document_lost" in answer.flags


def test_adopted_children_have_their_parents_by_adoption(society: Society, bus: Bus) -> None:
    adopted = [one for one in society.city.residents if one.adopted is not None]
    assert adopted
    for child in adopted:
        assert child.mother is not None
        assert child.adopted is not None
        claims = {"relation": "parent", "relative": numbered(child.mother)}
        after = bus.ask("kinship", child.identifier, child.adopted, **claims)
        before = bus.ask("kinship", child.identifier, child.born, **claims)
        assert after.outcome == "yes"
        assert before.outcome != "yes"


def test_wards_have_their_guardians_and_students_their_degrees(society: Society, bus: Bus) -> None:
    assert society.rulings.wards
    for ward in society.rulings.wards:
        guardian = {"guardian": numbered(ward.guardian)}
        assert bus.said("guardian", ward.resident.identifier, **guardian) == "yes by_ruling"
    for studies in society.economy.studies:
        said = bus.said("education", studies.resident.identifier, education_kind="degree")
        assert (said == "yes awarded") == (studies.until is not None)


def test_businesses_are_registered_merged_or_closed_as_they_are(society: Society, bus: Bus) -> None:
    for business in society.economy.businesses:
        said = bus.said("business_registered", Identifier.of("cn-uscc", business.code))
        expected = "yes in_force" if business.closed is None else "no ended"
        assert said == ("no merged" if business.successor else expected)
