"""Who works where in the city, who studied before, and what the old live on.

Businesses are a few old employers, which go on, and small shops of single residents, some of which
have closed. Nobody works before sixteen; women retire at 55, men at 60, and draw a pension from the
month after: of employees if they ever were any, else that of residents.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from civicbus.demo.residents import City, Resident
from civicbus.domain.identifiers.cn_uscc import check_symbol
from civicbus.domain.vocabulary import Sex

RETIREMENT_AGE = {Sex.FEMALE: 55, Sex.MALE: 60}
FIRST_GRADUATES_BORN = 1979  # the register of diplomas begins in 2001
TRADES = ("纺织厂", "机械公司", "贸易公司", "百货公司", "建筑公司", "食品厂", "运输公司", "印刷厂")


@dataclass(frozen=True, slots=True)
class Business:
    """A business; `operator` is the resident whose shop it is, `closed` the day of its end."""

    code: str
    name: str
    founded: date
    operator: Resident | None = None
    closed: date | None = None
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A resident's employment; `until` is the first day without it."""

    resident: Resident
    employer: Business
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Pension:
    """A resident's pension, from the first of a month on; it ends with death."""

    resident: Resident
    kind: str
    since: date


@dataclass(frozen=True, slots=True)
class Studies:
    """Four years at the university; `until` is the day of the degree, if it has come."""

    resident: Resident
    since: date
    until: date | None
    number: str


@dataclass(frozen=True, slots=True)
class Economy:
    """All of it."""

    businesses: list[Business]
    studies: list[Studies]
    jobs: list[Job]
    pensions: list[Pension]


def found_economy(
    city: City, chance: random.Random, seed: int, absent: AbstractSet[str]
) -> Economy:
    """The city's economy, in which nobody of `absent` has a part."""
    founder = _Founder(city, chance, seed)
    businesses = founder.businesses(absent)
    employers = [one for one in businesses if one.operator is None and one.closed is None]
    here = [one for one in city.residents if one.number not in absent]
    studies = {one.resident.number: one for one in founder.studies(here)}
    jobs = [job for one in here for job in founder.jobs(one, studies.get(one.number), employers)]
    employed = {job.resident.number for job in jobs}
    pensions = [pension for one in here for pension in founder.pensions(one, employed)]
    return Economy(businesses, list(studies.values()), jobs, pensions)


def retires(resident: Resident) -> date:
    """The day on which a resident reaches the age of retirement."""
    return resident.born + timedelta(days=RETIREMENT_AGE[resident.sex] * 365.25)


class _Founder:
    """Understands careers."""

    def __init__(self, city: City, chance: random.Random, seed: int) -> None:
        self._city = city
        self._random = chance
        self._seed = seed
        self._coded = 0

    def businesses(self, absent: AbstractSet[str]) -> list[Business]:
        """A few employers, one of them merged into another, and shops."""
        names = TRADES[: max(3, min(len(TRADES), len(self._city.residents) // 100))]
        # They are older than the work of the oldest resident.
        founded = self._city.residents[0].born + timedelta(days=17 * 365)
        employers = [Business(self._code("91"), f"合成{one}", founded) for one in names[:-1]]
        merged = self._city.last_day - timedelta(days=self._random.randrange(300, 3000))
        gone = Business(
            self._code("91"), f"合成{names[-1]}", founded, None, merged, employers[0].code
        )
        keepers = [
            one
            for one in self._city.living()
            if 30 <= one.age_on(self._city.today) < 60 and one.number not in absent
        ]
        some = self._random.sample(keepers, min(len(keepers), max(2, len(keepers) // 40)))
        shops = [self._shop(place, one) for place, one in enumerate(some)]
        return [*employers, gone, *shops]

    def _shop(self, place: int, operator: Resident) -> Business:
        founded = operator.born + self._days(20 * 365, 29 * 365)
        closed = founded + self._days(400, 4000)
        over = place % 3 == 1 and closed <= self._city.last_day
        name = f"合成{place + 1}号小吃店"
        return Business(self._code("92"), name, founded, operator, closed if over else None)

    def studies(self, residents: list[Resident]) -> Iterator[Studies]:
        """Some of the young study from eighteen to twenty-two."""
        for resident in residents:
            since = date(resident.born.year + 18, 9, 1)
            until = date(resident.born.year + 22, 7, 1)
            young = resident.born.year >= FIRST_GRADUATES_BORN
            if not young or since > self._city.last_day or self._random.random() > 0.25:
                continue
            if resident.lives_on(min(until, self._city.last_day)):
                number = f"9900012{until.year}05{self._random.randrange(10**6):06d}"
                done = until <= self._city.last_day
                yield Studies(resident, since, until if done else None, number)

    def jobs(
        self, resident: Resident, studies: Studies | None, employers: list[Business]
    ) -> Iterator[Job]:
        """One or two jobs from school or university to retirement."""
        if self._random.random() > 0.85:
            return
        if studies is not None and studies.until is None:
            return
        begins = resident.born + self._days(18 * 366, 24 * 365)
        since = begins if studies is None or studies.until is None else studies.until
        ends = (retires(resident), resident.died, resident.left)
        over = min(day for day in ends if day is not None)
        for place in range(2):
            until = since + self._days(5 * 365, 20 * 365) if place == 0 else over
            until = min(until, over)
            if since > self._city.last_day or since >= over:
                return
            ended = until if until <= self._city.last_day else None
            yield Job(resident, self._random.choice(employers), since, ended)
            if ended is None:
                return
            since = until + self._days(0, 400)

    def pensions(self, resident: Resident, employed: AbstractSet[str]) -> Iterator[Pension]:
        """From the month after retirement, or from sixty on for who was never employed."""
        kind = "OLD_AGE" if resident.number in employed else "RESIDENT"
        reached = retires(resident)
        if kind == "RESIDENT":
            reached = resident.born + timedelta(days=60 * 365.25)
        since = (reached.replace(day=1) + timedelta(days=32)).replace(day=1)
        if since <= self._city.last_day and resident.lives_on(since):
            yield Pension(resident, kind, since)

    def _code(self, kind: str) -> str:
        """A credit code of the city; the seed is in it, so that two cities share none."""
        self._coded += 1
        first = f"{kind}990000MA{self._seed % 10_000:04d}{self._coded:03d}"
        return first + check_symbol(first)

    def _days(self, least: int, most: int) -> timedelta:
        return timedelta(days=self._random.randrange(least, most))
