"""The people of the synthetic city: nobody real, nothing impossible, the same each time."""

from __future__ import annotations

from datetime import date

import pytest

from civicbus.demo.residents import PENSION_AGE, City, found_city
from civicbus.domain.identifiers import Identifier
from civicbus.domain.identifiers.cn_rid import is_synthetic
from civicbus.domain.vocabulary import Sex

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def city() -> City:
    return found_city(2000, 7, TODAY)


def test_the_city_has_exactly_as_many_people_as_asked_for(city: City) -> None:
    assert len(city.residents) == 2000
    assert len(found_city(100, 7, TODAY).residents) == 100


@pytest.mark.parametrize("people", [0, 99, 100_001])
def test_a_city_of_impossible_size_is_refused(people: int) -> None:
    with pytest.raises(ValueError, match="100 to 100,000"):
        found_city(people, 7, TODAY)


def test_every_number_passes_its_check_and_can_belong_to_nobody(city: City) -> None:
    numbers = [resident.number for resident in city.residents]
    assert len(set(numbers)) == len(numbers)
    for resident in city.residents:
        assert Identifier.of("cn-rid", resident.number) == resident.identifier
        assert is_synthetic(resident.number)
        assert (int(resident.number[16]) % 2 == 1) == (resident.sex is Sex.MALE)


def test_the_same_seed_and_day_give_the_same_city_and_another_seed_other_people() -> None:
    def told(seed: int) -> list[tuple[str, date | None, date | None]]:
        city = found_city(300, seed, TODAY)
        return [(one.number, one.died, one.left) for one in city.residents]

    assert told(3) == told(3)
    assert not {number for number, *_ in told(3)} & {number for number, *_ in told(4)}


def test_nothing_in_the_city_is_impossible(city: City) -> None:
    known = {resident.number for resident in city.residents}
    for resident in city.residents:
        assert resident.born < TODAY
        assert all(day is None or resident.born <= day < TODAY for day in (resident.died,))
        for parent in (resident.mother, resident.father):
            if parent is not None:
                assert parent.number in known
                assert parent.lives_on(resident.born)
                assert parent.age_on(resident.born) >= 20
    for marriage in city.marriages:
        assert marriage.wife.lives_on(marriage.married)
        assert marriage.husband.lives_on(marriage.married)
        assert marriage.divorced is None or marriage.married < marriage.divorced < TODAY


def test_there_are_children_widows_divorces_departures_and_pensioners(city: City) -> None:
    pensioners = list(city.pensioners())
    assert len(pensioners) > 100
    assert all(one.lives_on(TODAY) and one.age_on(TODAY) >= PENSION_AGE for one in pensioners)
    assert sum(one.died is not None for one in city.residents) > 100
    assert sum(one.left is not None for one in city.residents) > 3
    assert sum(one.age_on(TODAY) < 18 for one in city.residents) > 100
    assert sum(marriage.divorced is not None for marriage in city.marriages) > 20


def test_everybody_has_the_marital_status_that_the_marriages_and_deaths_give(city: City) -> None:
    found = {resident.number: city.marital_status(resident) for resident in city.residents}
    assert set(found.values()) == {"never_married", "married", "widowed", "divorced"}
    partners = [one for m in city.marriages for one in (m.wife.number, m.husband.number)]
    assert len(set(partners)) == len(partners), "nobody marries twice"
    unmarried = {number for number, status in found.items() if status == "never_married"}
    assert unmarried == found.keys() - set(partners)
    for marriage in city.marriages:
        statuses = {found[marriage.wife.number], found[marriage.husband.number]}
        if marriage.divorced is not None:
            assert statuses == {"divorced"}
        elif marriage.wife.died is None and marriage.husband.died is None:
            assert statuses == {"married"}
        else:
            assert "widowed" in statuses
