"""The two times of a question as people and programs write them: strict, and nothing is guessed.

Source: RFC 3339, with the zone required. A day stands for the whole of it in UTC, so "known at
2024-03-01" takes in what was registered on that day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from civicbus.domain.dates import EARLIEST_YEAR, LATEST_YEAR
from civicbus.domain.events import day_of

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
MOMENT = re.compile(rf"{DAY.pattern}[Tt]{CLOCK}:[0-5][0-9](\.[0-9]{{1,9}})?([Zz]|[+-]{CLOCK})")
END_OF_DAY = time(23, 59, 59, 999_000, UTC)


class InvalidTimeError(ValueError):
    """A time that no question can have. `field` is `valid_at` or `known_at`.

    The text names the rule and never repeats what was given.
    """

    def __init__(self, field: str, rule: str) -> None:
        self.field = field
        self.rule = rule
        super().__init__(f"{field}: {rule}")


def asked_times(valid_at: str | None, known_at: str | None, now: datetime) -> tuple[date, datetime]:
    """The day and the moment that a question is about.

    Defaults: `known_at` is now; `valid_at` is the day of `known_at`. Both in UTC.

    Raises:
        InvalidTimeError: if one is not well formed, no day that exists, or in the future.
    """
    now = whole_milliseconds(now)
    known = now if known_at is None else _moment(known_at, now)
    if valid_at is None:
        return day_of(known), known
    valid = _day("valid_at", valid_at)
    if valid > day_of(now):
        raise InvalidTimeError("valid_at", "must not lie in the future")
    return valid, known


def whole_milliseconds(moment: datetime) -> datetime:
    """The moment as registers and answers write it, rounded down."""
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


def _moment(text: str, now: datetime) -> datetime:
    if DAY.fullmatch(text):
        day = _day("known_at", text)
        known = now if day == day_of(now) else datetime.combine(day, END_OF_DAY)
    elif MOMENT.fullmatch(text):
        known = _exact(text)
    else:
        rule = "write a time with its zone, such as 2024-03-01T12:00:00Z, or a day"
        raise InvalidTimeError("known_at", rule)
    if known > now:
        raise InvalidTimeError("known_at", "must not lie in the future")
    return known


def _exact(text: str) -> datetime:
    _day("known_at", text[:10])
    try:
        return whole_milliseconds(datetime.fromisoformat(text.upper()))
    except (ValueError, OverflowError):
        raise InvalidTimeError("known_at", "no such time") from None


def _day(field: str, text: str) -> date:
    if not DAY.fullmatch(text):
        raise InvalidTimeError(field, "write a day as YYYY-MM-DD")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidTimeError(field, "no such day in the calendar") from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        rule = f"the year must lie between {EARLIEST_YEAR} and {LATEST_YEAR}"
        raise InvalidTimeError(field, rule)
    return day
