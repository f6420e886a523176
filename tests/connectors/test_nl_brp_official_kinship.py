"""P05 kinship and P08 age_at_least on the official Dutch file, against oracles apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise, permutations
from pathlib import Path

import pytest

from tests.connectors.families_of_register import (
    are_siblings,
    current_parents,
    is_left,
    is_parent,
    parents_of,
)
from tests.connectors.official_register import TODAY, Register, read
from tests.connectors.register_of_persons import PersonList
from tests.connectors.rows_of_register import born, by_number, died, is_whole

pytestmark = pytest.mark.data

DAYS = [date(1950, 7, 1), date(1985, 7, 1), date(1994, 3, 12), date(2004, 7, 15), TODAY]


@pytest.fixture
def register(shared_data: Path) -> Register:
    return read(shared_data / "nl-brp" / "persons.csv")


def compact(day: date) -> str:
    return f"{day:%Y%m%d}"


def number(of: PersonList) -> str:
    return of.person.partition(":")[2]


def in_doubt(of: PersonList, register: Register) -> bool:
    """True if something of the list could not be read, or the register investigates it."""
    marks = (f"{category}.83.10" for category in ("01", "02", "03"))
    return of.person in register.unreadable or any(row[mark] for mark in marks for row in of.rows)


def test_a_parent_is_one_when_the_childs_list_says_so_and_nobody_else_is(
    register: Register,
) -> None:
    lists = by_number(register.lists)
    decided: Counter[tuple[str, bool | None]] = Counter()
    for place, of in enumerate(register.lists):
        named = {parent.bsn for parent in parents_of(of)} - {""}
        strangers = {number(register.lists[place - n]) for n in (1, 2, 11)}
        for bsn in sorted(named | strangers):
            for day in DAYS:
                expected = is_parent(of, bsn, compact(day), lists)
                claims = {"relation": "parent", "relative": f"nl-bsn:{bsn}"}
                found = register.answer("kinship", of.person, day, claims).outcome.value
                decided[found, expected] += 1
                allowed = {True: "yes", False: "no", None: "unknown"}[expected]
                where = (of.name, bsn, compact(day), expected, found)
                assert found in (allowed, "unknown", "disputed"), where
                relatives = [of, *([lists[bsn]] if bsn in lists else [])]
                if expected and found != "yes":
                    assert is_left(of) or any(in_doubt(r, register) for r in relatives), where
    assert decided == {
        ("yes", True): 412,
        ("unknown", True): 29,
        ("no", False): 2581,
        ("unknown", False): 635,
        ("unknown", None): 143,
    }


def test_a_child_is_one_when_the_childs_own_list_says_so(register: Register) -> None:
    """The same ties from the parent's side, where the parent has a list too."""
    lists = by_number(register.lists)
    decided: Counter[str] = Counter()
    for of in register.lists:
        for bsn in sorted({parent.bsn for parent in parents_of(of)} & lists.keys()):
            claims = {"relation": "child", "relative": of.person}
            found = register.answer("kinship", f"nl-bsn:{bsn}", TODAY, claims).outcome.value
            decided[found] += 1
            expected = is_parent(of, bsn, compact(TODAY), lists)
            assert found in ("yes" if expected else "no", "unknown"), (of.name, bsn)
    assert decided == {"yes": 32, "unknown": 5}


def test_siblings_have_a_parent_in_common_and_others_have_not(register: Register) -> None:
    lists = by_number(register.lists)
    parents = {of.name: current_parents(of, compact(TODAY)) for of in register.lists}
    decided: Counter[tuple[str, bool | None]] = Counter()
    alike = [
        (one, other)
        for one, other in permutations(register.lists, 2)
        if are_siblings(parents[one.name], parents[other.name])
    ]
    for one, other in [*alike, *pairwise(register.lists)]:
        both = [*parents[one.name], *parents[other.name]]
        expected = are_siblings(parents[one.name], parents[other.name])
        claims = {"relation": "sibling", "relative": other.person}
        found = register.answer("kinship", one.person, TODAY, claims).outcome.value
        decided[found, expected] += 1
        allowed = {True: "yes", False: "no", None: "unknown"}[expected]
        where = (one.name, other.name, expected)
        assert found in (allowed, "unknown", "disputed"), where
        if expected and found != "yes" and all(parent.bsn for parent in both):
            family = [one, other, *(lists[p.bsn] for p in both if p.bsn in lists)]
            assert any(is_left(of) or in_doubt(of, register) for of in family), where
    assert decided == {
        ("yes", True): 47,
        ("unknown", True): 20,
        ("disputed", True): 2,
        ("no", False): 38,
        ("unknown", False): 80,
        ("unknown", None): 77,
        ("disputed", None): 1,
    }


def grandparents(of: PersonList, lists: dict[str, PersonList], day: str) -> Iterator[str]:
    for parent in current_parents(of, day):
        if parent.bsn in lists:
            yield from (p.bsn for p in current_parents(lists[parent.bsn], day) if p.bsn)


def test_grandparents_are_the_parents_parents_and_no_parents(register: Register) -> None:
    lists = by_number(register.lists)
    decided: Counter[tuple[str, str]] = Counter()
    for place, of in enumerate(register.lists):
        elders = set(grandparents(of, lists, compact(TODAY)))
        for elder in sorted(elders):
            claims = {"relation": "grandparent", "relative": f"nl-bsn:{elder}"}
            found = register.answer("kinship", of.person, TODAY, claims).outcome.value
            decided["grandparent", found] += 1
            assert found != "no", (of.name, elder)
        stranger = number(register.lists[place - 3])
        if stranger not in elders:
            claims = {"relation": "grandparent", "relative": f"nl-bsn:{stranger}"}
            found = register.answer("kinship", of.person, TODAY, claims).outcome.value
            decided["stranger", found] += 1
            assert found != "yes", (of.name, stranger)
    assert decided == {
        ("grandparent", "yes"): 17,
        ("grandparent", "unknown"): 1,
        ("stranger", "no"): 6,
        ("stranger", "unknown"): 194,
    }


def test_a_parent_who_is_asked_about_by_the_a_number_is_never_a_stranger(
    register: Register,
) -> None:
    found: Counter[str] = Counter()
    for of in register.lists:
        for parent in current_parents(of, compact(TODAY)):
            if parent.anr:
                claims = {"relation": "parent", "relative": f"nl-anr:{parent.anr}"}
                found[register.answer("kinship", of.person, TODAY, claims).outcome.value] += 1
    assert found == {"yes": 50, "unknown": 132, "disputed": 1}


def test_years_are_completed_on_the_birthday_and_not_before(register: Register) -> None:
    decided: Counter[str] = Counter()
    for of in register.lists:
        if not is_whole(born(of)) or any(row["01.83.10"] for row in of.rows):
            continue
        for years in (12, 18, 67, 100):
            reached = birthday(born(of), years)
            for day in {compact(TODAY), reached, before(reached), "20040229"}:
                if day > compact(TODAY):
                    continue
                gone = died(of) and died(of) <= day
                expected = "unknown" if gone else "yes" if day >= reached else "no"
                asked = date(int(day[:4]), int(day[4:6]), int(day[6:]))
                found = register.answer("age_at_least", of.person, asked, {"years": years})
                decided[found.outcome.value] += 1
                assert found.outcome == expected, (of.name, day, found.reason)
    assert decided == {"yes": 1106, "no": 1282, "unknown": 26}


def birthday(birth: str, years: int) -> str:
    """The day on which so many years are completed: of 29 February the 1st of March."""
    found = str(int(birth) + years * 10_000)
    is_leap = int(found[:4]) % 4 == 0 and found[:4] != "2100"
    return found if is_leap or not found.endswith("0229") else found[:4] + "0301"


def before(day: str) -> str:
    found = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    return compact(date.fromordinal(found.toordinal() - 1))
