"""The city with all that its departments know of it, and those of whom the stories are told."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from civicbus.demo.contracts import Contract, contracts_in
from civicbus.demo.economy import Economy, found_economy
from civicbus.demo.households import Stay, stays_in
from civicbus.demo.mistakes import Mistakes, make_mistakes
from civicbus.demo.residents import City, found_city
from civicbus.demo.rulings import Rulings, rulings_in


@dataclass(frozen=True, slots=True)
class Society:
    """What is so in the city, and what its departments got wrong."""

    city: City
    mistakes: Mistakes
    stays: list[Stay]
    rulings: Rulings
    economy: Economy
    contracts: list[Contract]


def found_society(people: int, seed: int, today: date) -> Society:
    """A city of so many people; the same for the same seed and day.

    Raises:
        ValueError: for fewer than 100 or more than 100,000 people.
    """
    city = found_city(people, seed, today)
    # Each part has chances of its own, so that a change of one leaves the others as they were.
    of = (random.Random(f"{seed} {part}") for part in range(6))  # noqa: S311 - nothing is secret
    _adopt(city, next(of))
    mistakes = make_mistakes(city, next(of))
    stays = stays_in(city, next(of))
    rulings = rulings_in(city, mistakes, next(of))
    absent = {one.resident.number for one in rulings.missing}
    economy = found_economy(city, next(of), seed, absent)
    return Society(city, mistakes, stays, rulings, economy, contracts_in(city, next(of), absent))


def _adopt(city: City, chance: random.Random) -> None:
    """Some children were born to parents whom nobody knows, and adopted by those they live with."""
    married = city.marriage_of()
    children = [one for one in city.residents if one.mother is not None]
    for child in chance.sample(children, max(1, len(children) // 100)):
        assert child.mother is not None
        assert child.father is not None
        day = child.born + timedelta(days=chance.randrange(60, 900))
        parted = married[child.mother.number].divorced
        together = parted is None or day < parted
        all_live = all(one.lives_on(day) for one in (child, child.mother, child.father))
        if day <= city.last_day and together and all_live:
            child.adopted = day
