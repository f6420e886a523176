"""The households of the city: in whose book everybody stood, from birth or adoption on.

A child stands in its mother's book. Couples open a book of their own, and some leave home before.
After a divorce the wife stays in it. So grown children are in other books than their mothers,
and nobody's book says any more whose child they are.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from civicbus.demo.residents import City, Marriage, Resident
from civicbus.domain.vocabulary import Sex

# Relations to the head of a household (GB/T 4761).
HEAD, HUSBAND, WIFE, SON, DAUGHTER = "02", "11", "12", "20", "30"


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody's time in a household's book; `until` is the first day without it."""

    resident: Resident
    household: str
    head: Resident
    relation: str
    since: date
    until: date | None = None

    def is_on(self, day: date) -> bool:
        """True if the resident stands in the book on a day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class _Move:
    day: date
    household: str
    head: Resident
    relation: str


def stays_in(city: City, chance: random.Random) -> list[Stay]:
    """Every stay of every resident, from the oldest resident to the youngest."""
    return [stay for stays in _Books(city, chance).stays.values() for stay in stays]


class _Books:
    """Understands who moves where, and when."""

    def __init__(self, city: City, chance: random.Random) -> None:
        self._random = chance
        self._city = city
        self._opened = 0
        self._of_couples = {id(marriage): self._book() for marriage in city.marriages}
        self._married = city.marriage_of()
        self.stays: dict[str, list[Stay]] = {}
        for resident in city.residents:  # mothers before their children
            self.stays[resident.number] = self._stays(resident)

    def _stays(self, resident: Resident) -> list[Stay]:
        marriage = self._married.get(resident.number)
        moves = [self._first(resident, marriage), *self._later(resident, marriage)]
        moves = sorted((one for one in moves if resident.lives_on(one.day)), key=lambda m: m.day)
        ends = [move.day for move in moves[1:]]
        last = min((day for day in (resident.died, resident.left) if day is not None), default=None)
        return [
            Stay(resident, move.household, move.head, move.relation, move.day, end)
            for move, end in zip(moves, [*ends, last], strict=False)
        ]

    def _first(self, resident: Resident, marriage: Marriage | None) -> _Move:
        """At the mother's, or in a book of one's own."""
        day = resident.adopted or resident.born
        if resident.mother is not None:
            for stay in self.stays[resident.mother.number]:
                if stay.is_on(day):
                    relation = SON if resident.sex is Sex.MALE else DAUGHTER
                    return _Move(day, stay.household, stay.head, relation)
        of_age = resident.born + timedelta(days=18 * 366)
        if marriage is not None:
            of_age = min(of_age, marriage.married - timedelta(days=1))
        return _Move(of_age, self._book(), resident, HEAD)

    def _later(self, resident: Resident, marriage: Marriage | None) -> list[_Move]:
        moves = []
        leaves = resident.born + timedelta(days=self._random.randrange(19 * 365, 30 * 365))
        before_wedding = marriage is None or leaves < marriage.married
        if self._random.random() < 0.3 and before_wedding and leaves <= self._city.last_day:
            moves.append(_Move(leaves, self._book(), resident, HEAD))
        if marriage is not None:
            is_wife = resident is marriage.wife
            book = self._of_couples[id(marriage)]
            relation = WIFE if is_wife else HEAD
            moves.append(_Move(marriage.married, book, marriage.husband, relation))
            if marriage.divorced is not None and not is_wife:
                moves.append(_Move(marriage.divorced, self._book(), resident, HEAD))
        return moves

    def _book(self) -> str:
        self._opened += 1
        return f"H-{self._opened:06d}"
