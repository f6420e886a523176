"""When an event happened, from when it counts, and for which period a fact holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from civicbus.domain.dates import Interval
from civicbus.domain.events import Header, day_of
from civicbus.domain.periods import Period
from civicbus.domain.resolve import Fact

# A register writes local dates and nobody knows its zone here; somewhere it is already this late.
EASTERNMOST_ZONE = timedelta(hours=14)


def happened(header: Header) -> Interval:
    """When an event happened, which was not after the source wrote it down.

    Of a correction its own time of writing counts, since it may have brought in another day.
    """
    return Interval.of(header.occurred, not_after=recorded_by(header))


def recorded_by(header: Header) -> date:
    """The latest day that it may have been where the source wrote the event down."""
    return day_of(header.registered_at + EASTERNMOST_ZONE)


def counts_from(header: Header) -> Interval:
    """From when an act counts: its effect in law where the source tells that, else when it was."""
    if header.effective_from is not None:
        return Interval.of(header.effective_from)
    return happened(header)


def period_of(fact: Fact[Any]) -> Period | None:
    """For which days a fact holds: its first day included, the day on which it ended not.

    Of a fact of which only the end has arrived nobody knows when it began. `None` if by the
    register it ended before it began, which contradicts itself.
    """
    start = counts_from(fact.content.header)
    end = None if fact.end is None else counts_from(fact.end.header)
    if end is None:
        return Period(start, None)
    if fact.end is fact.content:
        return Period(Interval(date.min, end.latest), end)
    return None if end.before(start) else Period(start, end)
