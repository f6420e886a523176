"""What laws on random histories have in common, whatever drew the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from civicbus.domain.changes import changed_by
from civicbus.domain.events import Annulment, Event, Header, event_id
from civicbus.domain.vocabulary import AnnulmentReason, Change


def annulment_of(target: Event, name: str, at: datetime) -> Annulment:
    """An annulment by whoever wrote the target."""
    header: Header = replace(
        target.header,
        event_id=event_id("laws", name),
        change=Change.CREATED,
        target_event_id=target.header.event_id,
        registered_at=at,
    )
    return Annulment(header, AnnulmentReason.FORMAL_CORRECTION)


def mixes_kinds(history: Iterable[Event]) -> bool:
    """True if an event names one of another record type, which then is used and not listed."""
    kinds = {event.header.event_id: type(event) for event in history}
    return any(
        kinds.get(changed_by(event) or "", type(event)) is not type(event)
        for event in history
        if not isinstance(event, Annulment)
    )
