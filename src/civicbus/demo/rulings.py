"""Whom the city's court declared missing or dead, and who decides for whom.

Nobody who is missing has married, works or has a contract, so that nothing else depends on it. The
divorces that the court pronounced are the marriages' own (`residents.Marriage`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from civicbus.demo.mistakes import Mistakes
from civicbus.demo.residents import City, Resident

YEARS_MISSING = timedelta(days=4 * 366)  # before somebody can be declared dead (Civil Code, 46)


@dataclass(frozen=True, slots=True)
class Missing:
    """A resident who was declared missing, then perhaps dead, and who then perhaps came back."""

    resident: Resident
    missing: date
    dead: date | None = None
    revoked: date | None = None


@dataclass(frozen=True, slots=True)
class Ward:
    """A resident without full capacity, and the guardian appointed on the same day."""

    resident: Resident
    guardian: Resident
    since: date


@dataclass(frozen=True, slots=True)
class Rulings:
    """What the court ruled about single residents."""

    missing: list[Missing]
    wards: list[Ward]


def rulings_in(city: City, mistakes: Mistakes, chance: random.Random) -> Rulings:
    """The court's rulings: one resident is missing, one dead in law, and one has come back."""
    married = city.marriage_of()
    free = [
        one
        for one in city.living()
        if 30 <= one.age_on(city.today) < 55
        and one.number not in married
        and not mistakes.concern(one)
    ]
    gone = chance.sample(free, min(len(free), 3))
    missing = [_missing(place, one, city, chance) for place, one in enumerate(gone)]
    by_mother: dict[str, Resident] = {}
    for child in city.living():
        grown_up = child.age_on(city.today) >= 30 and child not in gone
        if child.mother is not None and child.adopted is None and grown_up:
            by_mother.setdefault(child.mother.number, child)
    elders = [one for one in city.pensioners() if one.number in by_mother]
    # Not the first ones: other stories are told of them.
    wards = [
        Ward(one, by_mother[one.number], city.last_day - timedelta(days=chance.randrange(900)))
        for one in elders[5 :: max(1, len(elders) // 4)]
    ]
    return Rulings(missing, wards)


def _missing(place: int, one: Resident, city: City, chance: random.Random) -> Missing:
    since = city.last_day - timedelta(days=chance.randrange(3300, 3600))
    dead = since + YEARS_MISSING
    revoked = dead + timedelta(days=chance.randrange(100, 1500))
    return (
        Missing(one, since),
        Missing(one, since, dead),
        Missing(one, since, dead, revoked),
    )[place]
