"""When an event happened, as far as its date and the time of its recording tell."""

from __future__ import annotations

from datetime import date, timedelta

from civicbus.domain.dates import Interval
from civicbus.domain.events import Header, day_of

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
