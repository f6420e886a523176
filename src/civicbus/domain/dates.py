"""Dates as registers really hold them: with parts unknown, and sometimes only bounded.

A register may know only the year, or only that something happened "on or about" a day. Such a
date stands for an interval, and a comparison with a day has three results: certainly, certainly
not, and not known (`None`). Unknown parts stay unknown; nothing here ever fills in a "01".

Sources: the Dutch LO3 logical design ("unknown parts 00"), the United Kingdom's death records
("On or about"), the United States' VRDR ("year or year and month").
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

EARLIEST_YEAR = 1850
LATEST_YEAR = 9998

# No register states how far "about" reaches. These bounds are ours, chosen wide: a doubt that is
# too large answers "unknown", one that is too small could answer wrongly.
ABOUT_A_DAY = timedelta(days=31)
ABOUT_A_MONTH = timedelta(days=92)
ABOUT_A_YEAR = timedelta(days=365)  # from the last day of LATEST_YEAR this still is a date


class Qualifier(StrEnum):
    """How the parts of a date are meant."""

    EXACT = "EXACT"
    ABOUT = "ABOUT"
    BEFORE = "BEFORE"  # on or before
    AFTER = "AFTER"  # on or after


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of the Gregorian calendar with a known year, year and month, all parts, or none.

    Raises:
        ValueError: if a finer part is known without a coarser one, or the parts name no day that
            exists, or the year is outside 1850 to 9998.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    qualifier: Qualifier = Qualifier.EXACT
    text: str | None = None  # as it stood in the register, where that says more than the parts

    def __post_init__(self) -> None:
        if self.year is None and self.month is not None:
            raise ValueError("a month without a year")
        if self.month is None and self.day is not None:
            raise ValueError("a day without a month")
        if self.year is not None and not EARLIEST_YEAR <= self.year <= LATEST_YEAR:
            raise ValueError(f"a year outside {EARLIEST_YEAR} to {LATEST_YEAR}")
        if self.month is not None and not 1 <= self.month <= 12:
            raise ValueError("a month outside 1 to 12")
        if self.year is not None and self.month is not None and self.day is not None:
            date(self.year, self.month, self.day)

    @classmethod
    def of(cls, day: date, qualifier: Qualifier = Qualifier.EXACT) -> PartialDate:
        """The date of which all three parts are known."""
        return cls(day.year, day.month, day.day, qualifier)

    @property
    def is_unknown(self) -> bool:
        """True if not even the year is known."""
        return self.year is None

    @property
    def earliest(self) -> date:
        """The first day that this date may stand for; `date.min` if there is no such bound."""
        if self.year is None or self.qualifier is Qualifier.BEFORE:
            return date.min
        first = date(self.year, self.month or 1, self.day or 1)
        return first - self._margin() if self.qualifier is Qualifier.ABOUT else first

    @property
    def latest(self) -> date:
        """The last day that this date may stand for; `date.max` if there is no such bound."""
        if self.year is None or self.qualifier is Qualifier.AFTER:
            return date.max
        month = self.month or 12
        last = date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])
        return last + self._margin() if self.qualifier is Qualifier.ABOUT else last

    def _margin(self) -> timedelta:
        if self.day is not None:
            return ABOUT_A_DAY
        return ABOUT_A_MONTH if self.month is not None else ABOUT_A_YEAR

    def __str__(self) -> str:
        """ISO 8601 with the known parts only: `2008-07`, `about 2008-07-15`, `unknown`."""
        if self.year is None:
            return "unknown"
        parts = f"{self.year:04d}"
        if self.month is not None:
            parts += f"-{self.month:02d}"
        if self.day is not None:
            parts += f"-{self.day:02d}"
        prefixes = {Qualifier.ABOUT: "about ", Qualifier.BEFORE: "by ", Qualifier.AFTER: "from "}
        return prefixes.get(self.qualifier, "") + parts


UNKNOWN_DATE = PartialDate()


@dataclass(frozen=True, slots=True)
class Interval:
    """The days, both ends included, on one of which something happened.

    Raises:
        ValueError: if the last day is before the first.
    """

    earliest: date
    latest: date

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError("an interval that ends before it starts")

    @classmethod
    def of(cls, when: PartialDate, not_after: date | None = None) -> Interval:
        """The interval that a date stands for, cut at the day by which it was already recorded.

        A cut never moves the earliest day: an entry that bears a later date than the day of its
        recording keeps its date.
        """
        latest = when.latest if not_after is None else min(when.latest, not_after)
        return cls(when.earliest, max(when.earliest, latest))

    def happened_by(self, day: date) -> bool | None:
        """Had it happened by the end of that day? `None` if the register cannot tell."""
        if self.latest <= day:
            return True
        return False if day < self.earliest else None

    def meets(self, other: Interval) -> bool:
        """True if both may stand for the same day."""
        return self.earliest <= other.latest and other.earliest <= self.latest


def common(intervals: Iterable[Interval]) -> Interval | None:
    """The days that all the intervals have in common, or `None` if they contradict each other.

    Raises:
        ValueError: if there are no intervals.
    """
    intervals = list(intervals)
    earliest = max(interval.earliest for interval in intervals)
    latest = min(interval.latest for interval in intervals)
    return Interval(earliest, latest) if earliest <= latest else None
