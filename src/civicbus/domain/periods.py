"""Periods: from when until when something holds, as far as its two dates are known.

A period has its first day and does not have its last: a marriage that ended on a day is no marriage
on that day. Either bound may be open, and either may be uncertain. Questions have three results;
`None` is the answer if some of the days that the bounds allow say yes and others no.

The relations are those of SQL:2011, which has half-open periods too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from civicbus.domain.dates import Interval
from civicbus.domain.truth import Truth, all_of, negation

ONE_DAY = timedelta(days=1)

# The first and the last day, both included; without a last one, it goes on.
Span = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Period:
    """The days from a start, included, to an end, excluded; `None` for a bound that is open.

    Open is not unknown: what ended on an unknown day has the end `Interval.of(UNKNOWN_DATE)`.

    A period never ends before it starts. Where uncertain bounds overlap, each is cut by the other.
    One that starts and ends on the same day holds on no day.

    Raises:
        ValueError: if it certainly ends before it starts. Two entries contradict each other then,
            and an empty period would answer no; where registers may say so, ask `end.before(start)`
            first.
    """

    start: Interval | None
    end: Interval | None

    def __post_init__(self) -> None:
        if self.start is None or self.end is None:
            return
        if self.end.before(self.start):
            raise ValueError("a period that ends before it starts")
        start = Interval(self.start.earliest, min(self.start.latest, self.end.latest))
        end = Interval(max(self.start.earliest, self.end.earliest), self.end.latest)
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "end", end)

    @property
    def certain_days(self) -> Span | None:
        """The days on which it holds, whenever exactly it started and ended; `None` without any."""
        return _days(
            date.min if self.start is None else self.start.latest,
            None if self.end is None else self.end.earliest,
        )

    @property
    def possible_days(self) -> Span | None:
        """The days on which it may hold; `None` if it holds on none."""
        return _days(
            date.min if self.start is None else self.start.earliest,
            None if self.end is None else self.end.latest,
        )

    def holds_on(self, day: date) -> Truth:
        """Has it started by that day, and not ended?"""
        return self.covers(day, day)

    def covers(self, first: date, last: date | None) -> Truth:
        """Does it hold on each day from the first to the last, both included, or without end?

        Raises:
            ValueError: if the last day is before the first.
        """
        _check_span(first, last)
        started = self.start is None or self.start.happened_by(first)
        if self.end is None:
            return started
        return all_of(started, last is not None and negation(self.end.happened_by(last)))

    def overlaps(self, other: Period) -> Truth:
        """Is there a day on which both hold?"""
        starts, ends = (self.start, other.start), (self.end, other.end)
        return all_of(*(_before(start, end) for start in starts for end in ends))

    def contains(self, other: Period) -> Truth:
        """Does the other start no earlier, and end no later?"""
        starts_within = self.start is None or _not_before(other.start, self.start)
        ends_within = self.end is None or _not_after(other.end, self.end)
        return all_of(starts_within, ends_within)

    def immediately_precedes(self, other: Period) -> Truth:
        """Does the other start on the day on which this one ends?"""
        if self.end is None or other.start is None:
            return False
        return self.end.is_on(other.start)

    def __str__(self) -> str:
        """In plain words: `from 2008-07-15 to before 2010-03-01`, `from a day by 1994-02-01 on`."""
        if self.start is None:
            return "at all times" if self.end is None else f"before {self.end}"
        return f"from {self.start} " + ("on" if self.end is None else f"to before {self.end}")


def together_cover(periods: Iterable[Period], first: date, last: date | None) -> Truth:
    """Does one or other of the periods hold on each day of a span?

    Without a last day it asks about all days from the first on.

    Raises:
        ValueError: if the last day is before the first.
    """
    periods = list(periods)
    if days_covered((span for p in periods if (span := p.certain_days)), first, last):
        return True
    possible = (span for p in periods if (span := p.possible_days))
    return None if days_covered(possible, first, last) else False


def days_covered(spans: Iterable[Span], first: date, last: date | None) -> bool:
    """True if each day from the first to the last, or on, is in one of the spans.

    Raises:
        ValueError: if the last day is before the first.
    """
    return first_gap(spans, first, last) is None


def first_gap(spans: Iterable[Span], first: date, last: date | None) -> date | None:
    """The first day from the first to the last, or on, that is in none of the spans.

    Raises:
        ValueError: if the last day is before the first.
    """
    _check_span(first, last)
    day = first
    for start, end in sorted(spans, key=lambda span: span[0]):
        if start > day:
            return day
        if end is None or end == date.max or (last is not None and last <= end):
            return None
        day = max(day, end + ONE_DAY)
    return day


def _days(start: date, end: date | None) -> Span | None:
    if end is None:
        return start, None
    return (start, end - ONE_DAY) if start < end else None


def _check_span(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise ValueError("a span that ends before it starts")


def _before(start: Interval | None, end: Interval | None) -> Truth:
    return True if start is None or end is None else start.before(end)


def _not_before(start: Interval | None, other: Interval) -> Truth:
    return False if start is None else negation(start.before(other))


def _not_after(end: Interval | None, other: Interval) -> Truth:
    return False if end is None else negation(end.after(other))
