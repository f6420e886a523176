"""From what the register held on one day and on the next to the events between them.

The first row of a fact is CREATED; what replaces a row is CORRECTED and names the event before it;
a fact that was removed is annulled. A fact that comes back after that is a new one: nobody knows
whether it is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from civicbus.connect.mapping import start_of_day
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.events import Annulment, Concerned, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, Change

from .history import Entry

SOURCE = "nl-brp"


@dataclass(frozen=True, slots=True)
class PersonList:
    """Whose list is being read: its name in the file, and the person's numbers."""

    key: str
    person: tuple[Identifier, ...]

    def event_id(self, *parts: object) -> str:
        """The id of an event by the place of its entry in this list."""
        return event_id(SOURCE, self.key, *(str(part) for part in parts))


@dataclass(slots=True)
class Act:
    """The events of one fact so far: the one that began it, and the last that revised it."""

    concerned: tuple[Concerned, ...] = ()
    head: str | None = None
    last: str | None = None

    def next(self, event: str) -> tuple[Change, str | None]:
        """How an event with this id changes the act, and which event it names."""
        target, self.last = self.last, event
        if target is None:
            self.head = event
            return Change.CREATED, None
        return Change.CORRECTED, target

    def header(self, event: str, day: date, occurred: PartialDate, **more: Any) -> Header:
        """The header of the event with this id, which begins the act or corrects it."""
        change, target = self.next(event)
        return header_of(
            event, day, occurred, self.concerned, change=change, target_event_id=target, **more
        )

    def annul(
        self, event: str, day: date, reason: AnnulmentReason, basis_of: Entry | None = None
    ) -> Annulment:
        """The event that withdraws the act with all its corrections; afterwards there is none."""
        assert self.head is not None
        basis = basis_of.basis() if basis_of else None
        header = header_of(
            event, day, UNKNOWN_DATE, self.concerned, target_event_id=self.head, basis=basis
        )
        self.head = self.last = None
        return Annulment(header, reason)


def header_of(
    event: str, day: date, occurred: PartialDate, concerned: tuple[Concerned, ...], **more: Any
) -> Header:
    """The header of an event of this register, entered on a day, about an act that may be later.

    It holds entries that it dates before what they speak of. They cannot have been known before.
    """
    return Header(
        event_id=event,
        source=SOURCE,
        concerned=concerned,
        registered_at=start_of_day(max(day, occurred.earliest)),
        occurred=occurred,
        **more,
    )


def removal_reason(above: tuple[Entry, ...]) -> AnnulmentReason:
    """Why the fact of the second row was removed by the first, which is empty."""
    removed = above[1:2]
    if any(entry.was_wrong() for entry in removed):
        return AnnulmentReason.NEVER_HAPPENED
    return AnnulmentReason.FORMAL_CORRECTION
