"""Changes: which event names which, and which of them have been withdrawn.

Each event that changes something names one other, so events form trees whose roots are CREATED
events, or events that have not arrived. Nothing here depends on the order of arrival. What an event
names goes before all clocks, since a change cannot be older than what it changes; for the rest the
source's own order decides.

An event is withdrawn by an annulment that names it, or when its source voids a range of documents
in which its own lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from civicbus.domain.events import ABOUT_EVENTS, Annulment, Event, RangeVoid
from civicbus.domain.vocabulary import Change, LegalState

REVISIONS = (Change.CORRECTED, Change.REINSTATED)

Withdrawal = Annulment | RangeVoid


def written(event: Event) -> tuple[datetime, int]:
    """When the source wrote the event, as far as it tells; two events may be written as one."""
    return event.header.registered_at, event.header.source_sequence


def register_order(event: Event) -> tuple[datetime, int, str]:
    """The order in which sources wrote; the id makes it total, so that arrival never decides."""
    return *written(event), event.header.event_id


def changed_by(event: Event) -> str | None:
    """The id of the event that this one changes; a CREATED event changes none."""
    changes = isinstance(event, Annulment) or event.header.change is not Change.CREATED
    return event.header.target_event_id if changes else None


def is_revision(event: Event) -> bool:
    """True if the event restates an act: a correction or a reinstatement."""
    return not isinstance(event, Withdrawal) and event.header.change in REVISIONS


def has_authority(event: Event, over: Event) -> bool:
    """True if an event may change another one.

    It must come from the same source or from a court, and what has no legal force changes nothing
    that has.
    """
    header, changed = event.header, over.header
    is_notice = header.legal_state is LegalState.NOTIFIED
    if is_notice and changed.legal_state is not LegalState.NOTIFIED:
        return False
    return header.source == changed.source or header.legal_state is LegalState.DECLARED


def in_circles(events: Mapping[str, Event]) -> set[str]:
    """The ids of events that name one another in a circle: each would be older than itself."""
    found: set[str] = set()
    done: set[str] = set()
    for start in events:
        path: dict[str, None] = {}
        at = start
        while at in events and at not in done and at not in path:
            path[at] = None
            at = changed_by(events[at]) or ""
        if at in path:
            steps = list(path)
            found.update(steps[steps.index(at) :])
        done.update(path)
    return found


class Changes:
    """Understands what has been withdrawn among events that do not name one another in a circle."""

    def __init__(self, events: Mapping[str, Event]) -> None:
        self.events = events
        self.in_order = sorted(events.values(), key=register_order)
        self._changers: dict[str, list[Event]] = {}
        for event in self.in_order:
            if (target := changed_by(event)) is not None:
                self._changers.setdefault(target, []).append(event)
        self._voids = [event for event in self.in_order if isinstance(event, RangeVoid)]
        self.targets_first = self._targets_first()
        self._restorers: dict[str, list[Event]] = {}
        for event in self.in_order:
            if (restored := self._restores(event)) is not None:
                self._restorers.setdefault(restored, []).append(event)
        self.withdrawn: set[str] = set()
        for event in reversed(self.targets_first):
            if self.is_objected_to(event) and self.standing(event.header.event_id, event):
                self.withdrawn.add(event.header.event_id)

    def speaks_of(self, event: Event) -> str | None:
        """What an event changes; if that is an annulment, what the annulment was about."""
        target = changed_by(event)
        while target is not None and isinstance(named := self.events.get(target), Annulment):
            target = changed_by(named)
        return target

    def standing(self, event_id: str, over: Event) -> list[Withdrawal]:
        """The withdrawals of an event that stand: annulments of it, and ranges voided.

        Each was made with authority over it, or, if it has not arrived, over what stands for it;
        is not itself withdrawn; and no later reinstatement with authority over the annulment has
        lifted it.
        """
        restorers = self._restorers.get(event_id, ())
        lifting = [event for event in restorers if not self.is_withdrawn(event)]
        return [
            withdrawal
            for withdrawal in self.withdrawals(event_id, over)
            if not self.is_withdrawn(withdrawal)
            and has_authority(withdrawal, over)
            and not any(_lifts(event, withdrawal) for event in lifting)
        ]

    def all_withdrawals(self, over: Mapping[str, Event]) -> list[tuple[Withdrawal, Event]]:
        """The withdrawals of some events, the annulments of these, and so on, with their object.

        `over` gives for each id the event itself or, if it has not arrived, what stands for it.
        """
        found: list[tuple[Withdrawal, Event]] = [
            (withdrawal, event)
            for id_, event in over.items()
            for withdrawal in self.withdrawals(id_, event)
        ]
        for annulment, _ in found:  # grows as it goes
            found += [(a, annulment) for a in self.annulments(annulment.header.event_id)]
        return found

    def withdrawals(self, event_id: str, over: Event) -> list[Withdrawal]:
        """Every annulment that names the event, and every voided range in which it lies."""
        return [*self.annulments(event_id), *self.voids(over)]

    def annulments(self, event_id: str) -> list[Annulment]:
        """Every annulment that names the event, in register order."""
        changers = self._changers.get(event_id, ())
        return [event for event in changers if isinstance(event, Annulment)]

    def is_objected_to(self, event: Event) -> bool:
        """True if something may withdraw the event: of most events nothing does."""
        if self._voids and self.voids(event):
            return True
        changers = self._changers.get(event.header.event_id)
        return changers is not None and any(isinstance(e, Annulment) for e in changers)

    def voids(self, over: Event) -> list[RangeVoid]:
        """Every range of documents in which that of an act lay when its source voided them.

        Another source numbers its documents by itself, so its ranges say nothing here.
        """
        if over.header.basis is None or isinstance(over, ABOUT_EVENTS):
            return []
        number = over.header.basis.number
        return [
            void
            for void in self._voids
            if void.header.source == over.header.source
            and written(over) <= written(void)
            and void.covers(number)
        ]

    def is_withdrawn(self, event: Event) -> bool:
        """True if the event itself is withdrawn; what it revised may be in force all the same."""
        return event.header.event_id in self.withdrawn

    def _restores(self, event: Event) -> str | None:
        """The event from which this one lifts the annulments, by naming it or one of them."""
        if isinstance(event, Annulment) or event.header.change is not Change.REINSTATED:
            return None
        target = changed_by(event) or ""
        named = self.events.get(target)
        restored = changed_by(named) if isinstance(named, Annulment) else target
        known = self.events.get(restored or "")
        return restored if known is None or type(known) is type(event) else None

    def _targets_first(self) -> list[Event]:
        """All events, each behind the one that it names, and ranges voided behind all others."""
        roots = [event for event in self.in_order if changed_by(event) not in self.events]
        voids = [event for event in roots if isinstance(event, RangeVoid)]
        found = [event for event in roots if not isinstance(event, RangeVoid)]
        return [*self._with_changers(found), *self._with_changers(voids)]

    def _with_changers(self, roots: Iterable[Event]) -> list[Event]:
        """Events, what changes them, what changes that, and so on."""
        found = list(roots)
        for event in found:  # grows as it goes
            found += self._changers.get(event.header.event_id, ())
        return found


def _lifts(reinstatement: Event, withdrawal: Withdrawal) -> bool:
    """True if a reinstatement of the same event undoes the withdrawal."""
    names_it = changed_by(reinstatement) == withdrawal.header.event_id
    later = written(reinstatement) > written(withdrawal)
    return (names_it or later) and has_authority(reinstatement, withdrawal)


def unique(events: Iterable[Event]) -> tuple[Event, ...]:
    """Events in register order, each once."""
    events = tuple(events)
    if len(events) < 2:  # most acts are one event; sorting them all would take a third of the time
        return events
    return tuple(sorted({e.header.event_id: e for e in events}.values(), key=register_order))
