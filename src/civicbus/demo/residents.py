"""The people of the synthetic city: three generations, their marriages, deaths and departures.

The same seed, size and day give the same city; another seed gives other people. Nobody can have
their numbers: the place does not exist and the month is raised by 80 (`domain.identifiers.cn_rid`),
though the check character holds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from civicbus.domain.identifiers import Identifier
from civicbus.domain.identifiers.cn_rid import SYNTHETIC_MONTH, check_character
from civicbus.domain.vocabulary import Sex

PLACE = "99{seed:04d}"  # no division of China has such a code
SCHEME = "cn-rid"
DAYS_IN_YEAR = 365.25
PENSION_AGE = 65
# Everything in the city happened, and was registered, before the demonstration's own stories.
QUIET_DAYS = 30
COURT_DIVORCES = 0.25  # the share of divorces that courts pronounce (China, 2024: a quarter)

# The share of people who die within a year, by age reached; the shape of a life table, rounded.
YEARLY_DEATHS = ((0, 0.001), (40, 0.003), (60, 0.012), (70, 0.03), (80, 0.08), (90, 0.2), (100, 1))
RISKS = tuple(
    max(rate for from_age, rate in YEARLY_DEATHS if age >= from_age) for age in range(101)
)


@dataclass(slots=True)
class Resident:
    """One person; `mother` and `father` are unknown for those who founded the city.

    From `adopted` on they are so by adoption; nobody knows who the parents by birth were.
    """

    number: str
    sex: Sex
    born: date
    mother: Resident | None = field(default=None, repr=False)
    father: Resident | None = field(default=None, repr=False)
    died: date | None = None
    left: date | None = None
    adopted: date | None = None

    @property
    def identifier(self) -> Identifier:
        """The resident's number within its scheme."""
        return Identifier(SCHEME, self.number)

    def lives_on(self, day: date) -> bool:
        """True if the resident lives in the city on a day."""
        return self.born <= day and all(end is None or day < end for end in (self.died, self.left))

    def age_on(self, day: date) -> int:
        """Completed years."""
        before_birthday = (day.month, day.day) < (self.born.month, self.born.day)
        return day.year - self.born.year - before_birthday


@dataclass(frozen=True, slots=True)
class Marriage:
    """A marriage and, perhaps, its divorce: before the register's office, or by a court."""

    wife: Resident
    husband: Resident
    married: date
    divorced: date | None = None
    by_court: bool = False

    @property
    def both(self) -> tuple[Resident, Resident]:
        """The couple."""
        return self.wife, self.husband


@dataclass(slots=True)
class City:
    """All residents, in the order in which they were born, and all marriages."""

    today: date
    residents: list[Resident] = field(default_factory=list)
    marriages: list[Marriage] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        """The last day on which anything happened before the demonstration's own stories."""
        return self.today - timedelta(days=QUIET_DAYS)

    def living(self) -> list[Resident]:
        """Those who live in the city today."""
        return [resident for resident in self.residents if resident.lives_on(self.today)]

    def marriage_of(self) -> dict[str, Marriage]:
        """The only marriage of everybody who ever married, by number."""
        return {one.number: marriage for marriage in self.marriages for one in marriage.both}

    def pensioners(self) -> Iterator[Resident]:
        """Those of pension age who live in the city today."""
        return (
            resident
            for resident in self.residents
            if resident.lives_on(self.today) and resident.age_on(self.today) >= PENSION_AGE
        )

    def marital_status(self, resident: Resident) -> str:
        """What a resident is today; nobody here marries twice."""
        for marriage in self.marriages:
            if resident is marriage.wife or resident is marriage.husband:
                other = marriage.husband if resident is marriage.wife else marriage.wife
                if marriage.divorced is not None:
                    return "divorced"
                return "married" if other.died is None else "widowed"
        return "never_married"


def found_city(people: int, seed: int, today: date) -> City:
    """A city of so many people, the dead and the departed included.

    Raises:
        ValueError: for fewer than 100 or more than 100,000 people.
    """
    if not 100 <= people <= 100_000:
        raise ValueError("the city needs 100 to 100,000 people")
    return _Founder(people, seed, today).city()


class _Founder:
    """Understands how a city grows, generation by generation."""

    def __init__(self, people: int, seed: int, today: date) -> None:
        self._people = people
        self._place = PLACE.format(seed=seed % 10_000)
        # Not for secrets: the same seed has to give the same city.
        self._random = random.Random(seed)  # noqa: S311
        self._issued: dict[tuple[date, Sex], int] = {}
        self._city = City(today)
        self._last_day = self._city.last_day

    def city(self) -> City:
        generation = [self._born(self._years_ago(70, 95)) for _ in range(self._people * 3 // 10)]
        while len(self._city.residents) < self._people:
            generation = list(self._children(self._married(generation)))
            if not generation:
                generation = [self._born(self._years_ago(20, 60))]
        del self._city.residents[self._people :]
        kept = {resident.number for resident in self._city.residents}
        self._city.marriages = [
            marriage
            for marriage in self._city.marriages
            if {marriage.wife.number, marriage.husband.number} <= kept
        ]
        self._city.residents.sort(key=lambda resident: (resident.born, resident.number))
        return self._city

    def _born(
        self, day: date, mother: Resident | None = None, father: Resident | None = None
    ) -> Resident:
        sex = self._random.choice((Sex.FEMALE, Sex.MALE))
        resident = Resident(self._number(day, sex), sex, day, mother, father)
        resident.died, resident.left = self._ends(day)
        self._city.residents.append(resident)
        return resident

    def _number(self, born: date, sex: Sex) -> str:
        place = self._issued.get((born, sex), 0)
        self._issued[born, sex] = place + 1
        # Odd for men, even for women, as in real numbers.
        sequence = 2 * place + (1 if sex is Sex.MALE else 2)
        month = born.month + SYNTHETIC_MONTH
        first = f"{self._place}{born.year:04d}{month:02d}{born.day:02d}{sequence:03d}"
        return first + check_character(first)

    def _married(self, generation: list[Resident]) -> list[Marriage]:
        """Couples of one generation, no siblings among them."""
        women, men = (
            sorted((one for one in generation if one.sex is sex), key=lambda one: one.born)
            for sex in (Sex.FEMALE, Sex.MALE)
        )
        found = []
        for wife, husband in zip(women, men, strict=False):
            siblings = wife.mother is not None and wife.mother is husband.mother
            married = max(wife.born, husband.born) + self._years(22, 29)
            if siblings or married > self._last_day or not _both_live(wife, husband, married):
                continue
            divorced = self._divorce(wife, husband, married)
            by_court = divorced is not None and self._random.random() < COURT_DIVORCES
            found.append(Marriage(wife, husband, married, divorced, by_court))
        self._city.marriages += found
        return found

    def _divorce(self, wife: Resident, husband: Resident, married: date) -> date | None:
        day = married + self._years(3, 25)
        parted = self._random.random() < 0.15 and day <= self._last_day
        return day if parted and _both_live(wife, husband, day) else None

    def _children(self, marriages: list[Marriage]) -> Iterator[Resident]:
        for marriage in marriages:
            births = self._random.choices((0, 1, 2, 3), (8, 40, 40, 12))[0]
            days = [marriage.married]
            for _ in range(births):
                days.append(days[-1] + self._years(1, 4))
            for day in days[1:]:
                together = marriage.divorced is None or day < marriage.divorced
                both_live = _both_live(marriage.wife, marriage.husband, day)
                if day <= self._last_day and together and both_live:
                    yield self._born(day, marriage.wife, marriage.husband)

    def _ends(self, born: date) -> tuple[date | None, date | None]:
        """The days of death and of departure, as far as they have come."""
        left = None
        if self._random.random() < 0.01:
            left = born + self._years(20, 50)
            if left > self._last_day:
                left = None
        for age, risk in enumerate(RISKS):
            day = born + timedelta(days=int((age + self._random.random()) * DAYS_IN_YEAR))
            if day > self._last_day or (left is not None and day > left):
                break
            if self._random.random() < risk:
                return day, None
        return None, left

    def _years_ago(self, least: int, most: int) -> date:
        return self._last_day - self._years(least, most)

    def _years(self, least: int, most: int) -> timedelta:
        return timedelta(days=self._random.randrange(least * 365, most * 365))


def _both_live(wife: Resident, husband: Resident, day: date) -> bool:
    return wife.lives_on(day) and husband.lives_on(day)
