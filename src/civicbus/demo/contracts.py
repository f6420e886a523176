"""Insurance contracts of the city's residents: with whom, for whom, and what became of the paper.

One insurer was taken over by another, with all its contracts; who holds one of them remembers the
old name, and some have lost the paper. On the platform the contract goes on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from civicbus.demo.mistakes import UPGRADED
from civicbus.demo.residents import City, Resident

TAKEN_OVER, TAKEN_BY, OTHER = "东城人寿", "合成人寿", "合成财险"
TAKE_OVER = date(2011, 1, 1)
FIRST_SOLD = date(1982, 1, 1)  # life insurance was taken up again in that year
ENDS = ("LAPSED", "SURRENDERED", "MATURED")


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract of a resident on their own life; `ended_as` is empty while it goes on."""

    holder: Resident
    beneficiary: Resident | None
    insurer: str
    number: str
    since: date
    ended: date | None = None
    ended_as: str = ""
    paper_lost: date | None = None

    @property
    def was_taken_over(self) -> bool:
        """True if it went over to another insurer while it was in force."""
        taken = self.insurer == TAKEN_OVER and self.since < TAKE_OVER
        return taken and (self.ended is None or self.ended > TAKE_OVER)


def contracts_in(city: City, chance: random.Random, absent: AbstractSet[str]) -> list[Contract]:
    """The contracts of those who live in the city, but for `absent`, in the order of their start.

    At least one of them is older than the numbers of 18 digits, was taken over, and lost its paper,
    wherever somebody is old enough.
    """
    seller = _Seller(city, chance)
    insured = [
        one
        for one in city.living()
        if one.number not in absent and one.age_on(city.today) >= 26 and chance.random() < 0.15
    ]
    elders = [one for one in insured if 20 <= one.age_on(UPGRADED) < 60]
    found = [seller.old_contract(one) for one in elders[:1]]
    rest = (one for one in insured if one not in elders[:1])
    return sorted([*found, *seller.contracts(rest)], key=lambda contract: contract.since)


class _Seller:
    """Understands what is sold to whom."""

    def __init__(self, city: City, chance: random.Random) -> None:
        self._city = city
        self._random = chance
        self._spouses = {
            one.number: other
            for marriage in city.marriages
            for one, other in (marriage.both, marriage.both[::-1])
            if marriage.divorced is None
        }

    def old_contract(self, holder: Resident) -> Contract:
        """One that goes on since before the take-over, without its paper."""
        since = UPGRADED - timedelta(days=self._random.randrange(30, 300))
        lost = self._city.last_day - timedelta(days=self._random.randrange(10, 300))
        return self._contract(holder, TAKEN_OVER, 0, since, paper_lost=lost)

    def contracts(self, holders: Iterator[Resident]) -> Iterator[Contract]:
        """One for each holder; a third have ended, and some papers are lost."""
        for place, holder in enumerate(holders, 1):
            insurer = self._random.choice((TAKEN_OVER, TAKEN_BY, OTHER))
            since = max(holder.born + self._days(20 * 366, 26 * 365), self._first_sold())
            if insurer == TAKEN_OVER and since >= TAKE_OVER:
                insurer = TAKEN_BY
            ended: date | None = since + self._days(3 * 365, 20 * 365)
            if self._random.random() > 0.35 or (ended and ended > self._city.last_day):
                ended = None
            ended_as = self._random.choice(ENDS) if ended else ""
            lost = since + self._days(365, 1000) if self._random.random() < 0.03 else None
            if lost is not None and (lost > self._city.last_day or (ended and ended < lost)):
                lost = None
            yield self._contract(holder, insurer, place, since, ended, ended_as, lost)

    def _contract(
        self,
        holder: Resident,
        insurer: str,
        place: int,
        since: date,
        ended: date | None = None,
        ended_as: str = "",
        paper_lost: date | None = None,
    ) -> Contract:
        number = f"{'ABC'[(TAKEN_OVER, TAKEN_BY, OTHER).index(insurer)]}-{place:05d}"
        beneficiary = self._spouses.get(holder.number)
        return Contract(holder, beneficiary, insurer, number, since, ended, ended_as, paper_lost)

    def _first_sold(self) -> date:
        return FIRST_SOLD + self._days(1, 3000)

    def _days(self, least: int, most: int) -> timedelta:
        return timedelta(days=self._random.randrange(least, most))
