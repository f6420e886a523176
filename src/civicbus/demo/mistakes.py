"""What the departments of the city got wrong, and what became of it.

Deaths entered years late, marriages entered with somebody else, one person under two numbers, and
numbers of fifteen digits that were not simply written longer. All of it is chosen by chance, so the
same seed makes the same mistakes; of each kind there is at least one, wherever somebody is there.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from civicbus.demo.residents import City, Marriage, Resident
from civicbus.domain.identifiers.cn_rid import check_character
from civicbus.domain.vocabulary import Sex

Item = TypeVar("Item")

UPGRADED = date(1999, 10, 1)  # when numbers of 15 digits were replaced by those of 18 (GB 11643)
# Sequences that the city never comes to by births: of second numbers, and of old numbers.
SECOND, OLD = 900, 800


@dataclass(frozen=True, slots=True)
class WrongSpouse:
    """A marriage that was entered with another man as the husband; `corrected` unless it stands."""

    marriage: Marriage
    named: Resident
    corrected: date | None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A second number of one resident, in a household's book of its own until the merger."""

    resident: Resident
    number: str
    entered: date
    merged: date


@dataclass(frozen=True, slots=True)
class Mistakes:
    """All of them.

    By number but for wrong spouses. `late_deaths` are the days of entry, and `old_numbers` those
    of 15 digits that became another number than the one they would become by rule.
    """

    late_deaths: Mapping[str, date]
    wrong_spouses: Sequence[WrongSpouse]
    duplicates: Mapping[str, Duplicate]
    old_numbers: Mapping[str, str]

    def concern(self, resident: Resident) -> bool:
        """True if the resident is known by more than one number, or was taken for another."""
        return (
            resident.number in self.old_numbers
            or resident.number in self.duplicates
            or any(resident in (*one.marriage.both, one.named) for one in self.wrong_spouses)
        )

    def old_form(self, resident: Resident) -> str | None:
        """The 15 digits by which a resident was known before the numbers were made longer."""
        if not 1900 <= resident.born.year < UPGRADED.year:
            return None
        by_rule = resident.number[:6] + resident.number[8:17]
        return self.old_numbers.get(resident.number, by_rule)


def make_mistakes(city: City, chance: random.Random) -> Mistakes:
    """The mistakes of a city."""
    late = _some([one for one in city.residents if one.died is not None], 0.03, chance)
    living = [one for one in city.living() if one.age_on(city.today) >= 30]
    taken = chance.sample(living, len(living))
    second = [taken.pop() for _ in range(max(1, len(living) // 200))]
    elders = [one for one in taken if one.age_on(UPGRADED) >= 1]
    renumbered = elders[: max(1, len(living) // 100)]
    free = {one.number for one in taken} - {one.number for one in renumbered}
    return Mistakes(
        {one.number: _late(one, city, chance) for one in late},
        _wrong_spouses(city, free, chance),
        {one.number: _duplicate(one, city, chance) for one in second},
        {one.number: _old_number(one) for one in renumbered},
    )


def _late(resident: Resident, city: City, chance: random.Random) -> date:
    assert resident.died is not None
    return min(resident.died + timedelta(days=chance.randrange(300, 2000)), city.last_day)


def _wrong_spouses(city: City, free: set[str], chance: random.Random) -> list[WrongSpouse]:
    """An unmarried man of the right age in the husband's place; the first still stands there."""
    married = city.marriage_of()
    men = [
        one
        for one in city.living()
        if one.sex is Sex.MALE
        and one.number in free
        and one.number not in married
        and one.age_on(city.today) < 60
    ]
    couples = [
        marriage
        for marriage in city.marriages
        if marriage.divorced is None and all(one.number in free for one in marriage.both)
    ]
    found: list[WrongSpouse] = []
    for marriage in chance.sample(couples, len(couples)):
        named = next((man for man in men if 22 <= man.age_on(marriage.married) < 60), None)
        if named is not None:
            men.remove(named)
            corrected = marriage.married + timedelta(days=chance.randrange(30, 1500))
            open_still = not found or corrected > city.last_day
            found.append(WrongSpouse(marriage, named, None if open_still else corrected))
        if len(found) > max(1, len(couples) // 150):
            break
    return found


def _duplicate(resident: Resident, city: City, chance: random.Random) -> Duplicate:
    merged = city.last_day - timedelta(days=chance.randrange(30, 2000))
    entered = merged - timedelta(days=chance.randrange(400, 3000))
    return Duplicate(resident, _numbered(resident, SECOND), entered, merged)


def _numbered(resident: Resident, sequence: int) -> str:
    odd = 1 if resident.sex is Sex.MALE else 2
    first = f"{resident.number[:14]}{sequence + odd:03d}"
    return first + check_character(first)


def _old_number(resident: Resident) -> str:
    number = _numbered(resident, OLD)
    return number[:6] + number[8:17]


def _some(items: Sequence[Item], share: float, chance: random.Random) -> list[Item]:
    return chance.sample(items, min(len(items), max(1, int(len(items) * share))))
