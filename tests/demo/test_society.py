"""The city's households, work, contracts and mistakes: nothing in them contradicts the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.demo.cast import MONTHS_ASKED, Cast, NobodyError
from civicbus.demo.contracts import TAKE_OVER, TAKEN_OVER
from civicbus.demo.economy import RETIREMENT_AGE, Job
from civicbus.demo.households import Stay
from civicbus.demo.mistakes import UPGRADED
from civicbus.demo.society import Society, found_society
from civicbus.domain.identifiers import Identifier
from civicbus.domain.identifiers.cn_rid import is_synthetic
from civicbus.domain.vocabulary import Sex

TODAY = date(2026, 11, 23)
PEOPLE = 300


@cache
def society_of(seed: int) -> Society:
    return found_society(PEOPLE, seed, TODAY)


seeds = st.integers(0, 24)


@given(seeds)
def test_everybody_in_a_book_lives_in_the_city_and_everybody_who_lives_stands_in_one(
    seed: int,
) -> None:
    society = society_of(seed)
    known = {one.number for one in society.city.residents}
    of: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in society.stays:
        of[stay.resident.number].append(stay)
        assert {stay.resident.number, stay.head.number} <= known
        assert stay.resident.lives_on(stay.since)
        assert stay.until is None or stay.since < stay.until
    for resident in society.city.living():
        here = [stay for stay in of[resident.number] if stay.is_on(TODAY)]
        of_age = resident.age_on(TODAY) >= 19
        assert len(here) == 1 or (not here and not of_age and resident.mother is None)
    for stays in of.values():
        for before, after in pairwise(stays):
            assert before.until == after.since, "nobody is in two books, or in none between"


@given(seeds)
def test_children_stand_in_their_mothers_books_and_grown_ones_leave_them(seed: int) -> None:
    society = society_of(seed)
    books = {stay.resident.number: stay for stay in reversed(society.stays)}  # the first of each
    at = defaultdict(list)
    for stay in society.stays:
        at[stay.resident.number].append(stay)
    for number, first in books.items():
        mother = first.resident.mother
        if mother is not None:
            day = first.resident.adopted or first.resident.born
            assert first.since == day
            assert first.household in {one.household for one in at[mother.number] if one.is_on(day)}
        assert number == first.resident.number


@given(seeds)
def test_nobody_works_before_sixteen_or_after_retirement_or_in_two_jobs_at_once(seed: int) -> None:
    society = society_of(seed)
    jobs: defaultdict[str, list[Job]] = defaultdict(list)
    for job in society.economy.jobs:
        one = job.resident
        jobs[one.number].append(job)
        assert one.age_on(job.since) >= 16
        assert one.lives_on(job.since)
        last = (job.until or society.city.last_day) - timedelta(days=1)
        assert one.lives_on(last)
        assert one.age_on(last) < RETIREMENT_AGE[one.sex] + 1
        assert job.employer.founded <= job.since
        assert job.employer.closed is None
    for held in jobs.values():
        for before, after in pairwise(held):
            assert before.until is not None
            assert before.until <= after.since


@given(seeds)
def test_pensions_begin_after_retirement_and_after_the_last_job(seed: int) -> None:
    society = society_of(seed)
    ends = {job.resident.number: job.until for job in society.economy.jobs}
    for pension in society.economy.pensions:
        one = pension.resident
        assert one.age_on(pension.since) >= RETIREMENT_AGE[one.sex]
        assert one.lives_on(pension.since)
        assert (pension.kind == "OLD_AGE") == (one.number in ends)
        until = ends.get(one.number, pension.since)
        assert until is not None
        assert until <= pension.since
    assert len({one.resident.number for one in society.economy.pensions}) == len(
        society.economy.pensions
    ), "nobody draws two"


@given(seeds)
def test_who_studies_does_not_work_meanwhile(seed: int) -> None:
    society = society_of(seed)
    studies = {one.resident.number: one for one in society.economy.studies}
    for one in studies.values():
        assert 17 <= one.resident.age_on(one.since) <= 18
        assert one.resident.lives_on(one.until or society.city.last_day)
    for job in society.economy.jobs:
        if job.resident.number in studies:
            until = studies[job.resident.number].until
            assert until is not None
            assert until <= job.since


@given(seeds)
def test_businesses_have_codes_of_their_own_and_operators_who_live(seed: int) -> None:
    society = society_of(seed)
    businesses = society.economy.businesses
    codes = [Identifier.of("cn-uscc", one.code).value for one in businesses]
    assert len(set(codes)) == len(codes)
    for one in businesses:
        assert one.operator is None or one.operator.lives_on(TODAY)
        assert one.closed is None or one.founded < one.closed <= society.city.last_day
        assert not one.successor or one.successor in codes
    assert any(one.successor for one in businesses)


@given(seeds)
def test_contracts_are_of_residents_who_live_and_go_over_with_their_insurer(seed: int) -> None:
    society = society_of(seed)
    numbers = Counter((one.insurer, one.number) for one in society.contracts)
    assert set(numbers.values()) <= {1}
    for contract in society.contracts:
        assert contract.holder.lives_on(TODAY)
        assert contract.holder.age_on(contract.since) >= 18
        assert (contract.ended is None) == (contract.ended_as == "")
        assert contract.ended is None or contract.since < contract.ended <= society.city.last_day
        if contract.was_taken_over:
            assert contract.insurer == TAKEN_OVER
            assert contract.since < TAKE_OVER


@given(seeds)
def test_of_the_missing_no_other_register_has_heard_since(seed: int) -> None:
    society = society_of(seed)
    missing = {case.resident.number for case in society.rulings.missing}
    assert len(missing) == len(society.rulings.missing)
    heard = {
        *(job.resident.number for job in society.economy.jobs),
        *(one.holder.number for one in society.contracts),
        *society.city.marriage_of(),
    }
    assert not missing & heard
    for case in society.rulings.missing:
        assert case.dead is None or case.dead >= case.missing + timedelta(days=4 * 365)
        assert case.revoked is None or (case.dead is not None and case.dead < case.revoked)


@given(seeds)
def test_guardians_are_grown_children_of_their_wards(seed: int) -> None:
    society = society_of(seed)
    for ward in society.rulings.wards:
        assert ward.guardian.mother is ward.resident
        assert ward.guardian.age_on(ward.since) >= 18


@given(seeds)
def test_a_second_or_an_old_number_is_nobody_elses(seed: int) -> None:
    society = society_of(seed)
    known = {one.number for one in society.city.residents}
    second = {one.number for one in society.mistakes.duplicates.values()}
    old = {Identifier.of("cn-rid", one).value for one in society.mistakes.old_numbers.values()}
    assert not known & second
    assert not known & old
    assert not second & old
    for number in second | old:
        assert is_synthetic(number)
    for twice in society.mistakes.duplicates.values():
        assert twice.resident.lives_on(twice.entered)
        assert twice.entered < twice.merged <= society.city.last_day


@given(seeds)
def test_fifteen_digits_are_of_those_born_before_the_numbers_were_made_longer(seed: int) -> None:
    society = society_of(seed)
    for one in society.city.residents:
        old = society.mistakes.old_form(one)
        assert (old is None) == (one.born.year >= UPGRADED.year)
        if old is not None:
            by_rule = Identifier.of("cn-rid", old).value == one.number
            assert len(old) == 15
            assert by_rule == (one.number not in society.mistakes.old_numbers)


@given(seeds)
def test_the_wrong_spouse_is_an_unmarried_man_who_was_of_age(seed: int) -> None:
    society = society_of(seed)
    married = society.city.marriage_of()
    wrong = society.mistakes.wrong_spouses
    assert len({one.named.number for one in wrong}) == len(wrong)
    for one in wrong:
        assert one.named.number not in married
        assert one.named.sex is Sex.MALE
        assert one.named.age_on(one.marriage.married) >= 22
        assert one.corrected is None or one.marriage.married < one.corrected


@given(seeds)
def test_late_deaths_are_entered_years_later_and_before_the_stories(seed: int) -> None:
    society = society_of(seed)
    died = {one.number: one.died for one in society.city.residents}
    assert society.mistakes.late_deaths
    for number, told in society.mistakes.late_deaths.items():
        day = died[number]
        assert day is not None
        assert day <= told <= society.city.last_day


@given(seeds)
def test_adopted_children_are_adopted_by_a_couple_that_lives(seed: int) -> None:
    society = society_of(seed)
    for child in society.city.residents:
        if child.adopted is not None:
            assert child.mother is not None
            assert child.father is not None
            assert all(one.lives_on(child.adopted) for one in (child, child.mother, child.father))


def test_the_same_seed_gives_the_same_society_and_another_seed_another_one() -> None:
    def told(seed: int) -> str:
        society = found_society(150, seed, TODAY)
        return repr((society.stays, society.contracts, society.economy, society.rulings))

    assert told(3) == told(3)
    assert told(3) != told(4)


def test_every_story_has_somebody_in_a_city_of_the_usual_size() -> None:
    for seed in range(3):
        society = found_society(1500, seed, TODAY)
        cast = Cast(society)
        assert len({cast.pensioner.number, cast.mistaken.number, cast.patient.number}) == 3
        son, mothers = cast.gone_son()
        assert son.mother is mothers.resident
        assert not any(
            stay.is_on(TODAY) and stay.household == mothers.household
            for stay in society.stays
            if stay.resident is son
        )
        assert cast.lost_policy().was_taken_over
        assert cast.wrong_spouse().corrected is None
        marriage, one = cast.divorced_by_court()
        assert marriage.by_court
        assert one in marriage.both
        applicant = cast.applicant()
        assert applicant.job.resident is applicant.studies.resident
        assert (TODAY - applicant.job.since).days > MONTHS_ASKED * 30
        assert cast.two_numbers().resident.lives_on(TODAY)


STORIES: list[Callable[[Cast], object]] = [
    Cast.gone_son,
    Cast.lost_policy,
    Cast.wrong_spouse,
    Cast.divorced_by_court,
    Cast.applicant,
    Cast.two_numbers,
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_story_that_so_small_a_city_has_nobody_for_says_so(
    story: Callable[[Cast], object],
) -> None:
    society = found_society(100, 1, TODAY)
    cast = Cast(
        replace(
            society,
            city=replace(society.city, marriages=[]),
            mistakes=replace(society.mistakes, wrong_spouses=[], duplicates={}),
            stays=[],
            economy=replace(society.economy, jobs=[]),
            contracts=[],
        )
    )
    with pytest.raises(NobodyError, match="so small a city has not"):
        story(cast)
