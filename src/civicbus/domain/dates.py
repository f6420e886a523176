"""Dates as registers really hold them: with parts unknown, and sometimes only bounded.

A register may know only the year, or only that something happened "on or about" a day. Such a
date stands for an interval, and a comparison with a day has three results: certainly, certainly
not, and not known (`None`). Unknown parts stay unknown; nothing here ever fills in a "01".

A date of the Chinese lunisolar calendar is an interval too: see `calendars.py`.

Sources: the Dutch LO3 logical design ("unknown parts 00"), the United Kingdom's death records
("On or about"), the United States' VRDR ("year or year and month").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from civicbus.domain.calendars import Calendar, exists, first_day, last_day, sound_parts
from civicbus.domain.truth import Truth

EARLIEST_YEAR = 1850
LATEST_YEAR = 9998

# No register states how far "about" reaches. These bounds are ours, chosen wide: a doubt that is
# too large answers "unknown", one that is too small could answer wrongly.
ABOUT_A_DAY = timedelta(days=31)
ABOUT_A_MONTH = timedelta(days=92)
ABOUT_A_YEAR = timedelta(days=365)

RAW_PARTS = re.compile(r"(-?[0-9]+)-(-?[0-9]+)-(-?[0-9]+)")


class Qualifier(StrEnum):
    """How the parts of a date are meant."""

    EXACT = "EXACT"
    ABOUT = "ABOUT"
    BEFORE = "BEFORE"  # on or before
    AFTER = "AFTER"  # on or after


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date with a known year, year and month, all parts, or none.

    It counts by the Gregorian calendar unless `calendar` says otherwise. The year of a lunar date
    is the one in which its New Year falls. A lunar date may stand for days of the next year.

    Raises:
        ValueError: if a finer part is known without a coarser one, or the parts name no day that
            exists, or the year is outside 1850 to 9998.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    qualifier: Qualifier = Qualifier.EXACT
    text: str | None = None  # as it stood in the register, where that says more than the parts
    calendar: Calendar | None = None  # None: the register did not say, which means Gregorian

    def __post_init__(self) -> None:
        if self.year is None and self.month is not None:
            raise ValueError("a month without a year")
        if self.month is None and self.day is not None:
            raise ValueError("a day without a month")
        if self.year is not None and not EARLIEST_YEAR <= self.year <= LATEST_YEAR:
            raise ValueError(f"a year outside {EARLIEST_YEAR} to {LATEST_YEAR}")
        if self.month is not None and not 1 <= self.month <= 12:
            raise ValueError("a month outside 1 to 12")
        if (
            self.year is not None
            and self.month is not None
            and self.day is not None
            and not exists(self.year, self.month, self.day, self.calendar)
        ):
            raise ValueError("a day that its month does not have")

    @classmethod
    def of(cls, day: date, qualifier: Qualifier = Qualifier.EXACT) -> PartialDate:
        """The date of which all three parts are known."""
        return cls(day.year, day.month, day.day, qualifier)

    @classmethod
    def of_sound_parts(
        cls,
        year: int | None,
        month: int | None,
        day: int | None,
        qualifier: Qualifier = Qualifier.EXACT,
        calendar: Calendar | None = None,
    ) -> PartialDate:
        """The date of those parts on which nothing casts doubt; 0 and `None` are unknown parts.

        Where a part had to be left out, `is_degraded` is true and `text` has what the register
        held: of 1966-00-13 remains 1966.
        """
        raw = year or 0, month or 0, day or 0
        sound: tuple[int | None, int | None, int | None] = None, None, None
        if EARLIEST_YEAR <= raw[0] <= LATEST_YEAR:
            sound = sound_parts(*raw, calendar)
        lost = any(part not in (0, kept) for part, kept in zip(raw, sound, strict=True))
        text = "{:04d}-{:02d}-{:02d}".format(*raw) if lost else None
        return cls(*sound, qualifier, text, calendar)

    @property
    def is_unknown(self) -> bool:
        """True if not even the year is known."""
        return self.year is None

    @property
    def is_lunar(self) -> bool:
        """True if the parts count by the Chinese lunisolar calendar."""
        return self.calendar is Calendar.LUNAR

    @property
    def is_degraded(self) -> bool:
        """True if the register named a part that this date leaves out; `text` has it."""
        raw = RAW_PARTS.fullmatch(self.text or "")
        kept = (self.year, self.month, self.day)
        return raw is not None and any(
            part.lstrip("0") not in ("", str(known))
            for part, known in zip(raw.groups(), kept, strict=True)
        )

    @property
    def earliest(self) -> date:
        """The first day that this date may stand for; `date.min` if there is no such bound."""
        if self.year is None or self.qualifier is Qualifier.BEFORE:
            return date.min
        first = first_day(self.year, self.month or 1, self.day or 1, self.calendar)
        return first - self._margin() if self.qualifier is Qualifier.ABOUT else first

    @property
    def latest(self) -> date:
        """The last day that this date may stand for; `date.max` if there is no such bound."""
        if self.year is None or self.qualifier is Qualifier.AFTER:
            return date.max
        last = last_day(self.year, self.month or 12, self.day, self.calendar)
        if self.qualifier is Qualifier.ABOUT:
            last += min(self._margin(), date.max - last)
        return last

    def _margin(self) -> timedelta:
        if self.day is not None:
            return ABOUT_A_DAY
        return ABOUT_A_MONTH if self.month is not None else ABOUT_A_YEAR

    def __str__(self) -> str:
        """ISO 8601 with the known parts only: `2008-07`, `about 2008-07-15`, `unknown`.

        A lunar date says so, since ISO 8601 knows none: `lunar 1950-08-15`, `by lunar 1950`.
        """
        if self.year is None:
            return "unknown"
        parts = f"lunar {self.year:04d}" if self.is_lunar else f"{self.year:04d}"
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

    @classmethod
    def on(cls, day: date) -> Interval:
        """A day that is known."""
        return cls(day, day)

    def happened_by(self, day: date) -> Truth:
        """Had it happened by the end of that day? `None` if the register cannot tell."""
        if self.latest <= day:
            return True
        return False if day < self.earliest else None

    def is_on(self, other: Interval | date) -> Truth:
        """Was it on that day, or on the day of something else that happened?

        `None` of two that may be: twice `2008-07` is not known to be the same day.
        """
        when = _interval(other)
        if not self.meets(when):
            return False
        return True if self.is_day and when.is_day else None

    def before(self, other: Interval | date) -> Truth:
        """Was it on an earlier day?"""
        when = _interval(other)
        if self.latest < when.earliest:
            return True
        return False if when.latest <= self.earliest else None

    def after(self, other: Interval | date) -> Truth:
        """Was it on a later day?"""
        return _interval(other).before(self)

    @property
    def is_day(self) -> bool:
        """True if no other day is possible."""
        return self.earliest == self.latest

    def meets(self, other: Interval) -> bool:
        """True if both may stand for the same day."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    def __str__(self) -> str:
        """In plain words: `2008-07-01`, `a day from 2008-07-01 to 2008-07-31`."""
        if self.is_day:
            return str(self.earliest)
        if self.latest == date.max:
            return "an unknown day" if self.earliest == date.min else f"a day from {self.earliest}"
        if self.earliest == date.min:
            return f"a day by {self.latest}"
        return f"a day from {self.earliest} to {self.latest}"


def _interval(when: Interval | date) -> Interval:
    return when if isinstance(when, Interval) else Interval.on(when)


def common(intervals: Iterable[Interval]) -> Interval | None:
    """The days that all the intervals have in common, or `None` if they contradict each other.

    Raises:
        ValueError: if there are no intervals.
    """
    intervals = list(intervals)
    earliest = max(interval.earliest for interval in intervals)
    latest = min(interval.latest for interval in intervals)
    return Interval(earliest, latest) if earliest <= latest else None
