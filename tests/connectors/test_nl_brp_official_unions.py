"""P03 marital_status and P04 married_to on the official Dutch file, against an oracle apart."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.connectors.official_register import TODAY, Register, read
from tests.connectors.rows_of_register import by_number
from tests.connectors.unions_of_register import (
    all_unions,
    are_united,
    is_excused,
    number_of,
    status,
)

pytestmark = pytest.mark.data

DAYS = [date(year, 7, 1) for year in range(1955, 2026, 5)] + [TODAY]


@pytest.fixture
def register(shared_data: Path) -> Register:
    return read(shared_data / "nl-brp" / "persons.csv")


def test_everybody_has_the_status_that_the_register_says_or_one_that_is_not_known(
    register: Register,
) -> None:
    unions = all_unions(by_number(register.lists))
    decided: Counter[str] = Counter()
    for day in DAYS:
        written = f"{day:%Y%m%d}"
        for of in register.lists:
            found = register.answer("marital_status", of.person, day)
            expected = status(of, unions[number_of(of)], written)
            where = (of.name, written, expected, found.reason)
            if found.outcome in ("yes", "no"):
                decided[found.reason] += 1
                assert found.reason == expected, where
            else:
                assert expected is None or is_excused(of, unions, written), where
    assert decided == {
        "not_born": 1071,
        "never_married": 1348,
        "married": 513,
        "in_partnership": 20,
        "divorced": 44,
        "partnership_dissolved": 10,
        "widowed": 26,
        "died": 19,
    }


def test_a_claimed_status_is_yes_for_that_one_alone(register: Register) -> None:
    unions = all_unions(by_number(register.lists))
    decided: Counter[str] = Counter()
    for of in register.lists:
        expected = status(of, unions[number_of(of)], f"{TODAY:%Y%m%d}")
        for claimed in ("never_married", "married", "divorced", "widowed"):
            claims = {"status": claimed}
            found = register.answer("marital_status", of.person, claims=claims).outcome.value
            decided[found] += 1
            allowed = "yes" if expected == claimed else "no"
            assert found in (allowed, "unknown", "disputed"), (of.name, claimed)
    assert decided == {"yes": 163, "no": 525, "unknown": 108, "disputed": 4}


def test_two_are_united_when_the_register_says_so_and_with_nobody_else(
    register: Register,
) -> None:
    unions = all_unions(by_number(register.lists))
    decided: Counter[tuple[str, bool]] = Counter()
    for place, of in enumerate(register.lists):
        partners = {union.partner_bsn for union in unions[number_of(of)]} - {""}
        strangers = [register.lists[place - n].person.partition(":")[2] for n in (1, 2, 7)]
        for other in [*sorted(partners), *strangers]:
            for day in DAYS[::3]:
                written = f"{day:%Y%m%d}"
                expected = are_united(of, other, unions[number_of(of)], written)
                claims = {"spouse": f"nl-bsn:{other}"}
                found = register.answer("married_to", of.person, day, claims).outcome.value
                where = (of.name, other, written, expected, found)
                decided[found, expected] += 1
                assert found in ("yes" if expected else "no", "unknown", "disputed"), where
                if expected and found != "yes":
                    assert is_excused(of, unions, written), where
    assert decided == {
        ("yes", True): 181,
        ("unknown", True): 4,
        ("disputed", True): 4,
        ("no", False): 3708,
        ("unknown", False): 63,
    }


def test_a_partner_who_is_asked_about_by_the_a_number_is_never_a_stranger(
    register: Register,
) -> None:
    unions = all_unions(by_number(register.lists))
    found: Counter[str] = Counter()
    for of in register.lists:
        for union in unions[number_of(of)]:
            united = are_united(of, union.partner_bsn, unions[number_of(of)], f"{TODAY:%Y%m%d}")
            if union.partner_anr and united and of.person != f"nl-bsn:{union.partner_bsn}":
                claims = {"spouse": f"nl-anr:{union.partner_anr}"}
                found[register.answer("married_to", of.person, TODAY, claims).outcome.value] += 1
    assert found == {"yes": 16, "unknown": 30}  # a link with the BSN is known for those with a list
