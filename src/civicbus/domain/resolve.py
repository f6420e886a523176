"""Resolve: from a dossier to the facts that hold, as the registers had them by `known_at`.

The rules, all independent of the order of arrival:

1. Only what a source had registered by `known_at` counts. The same event twice is one event; two
   different events under one id are a conflict, and neither is believed.
2. Events that change one another form an *act*: a CREATED or an ENDED event, with the corrections
   and reinstatements that name it or each other. The last revision in force, by the source's own
   order, is what the act says. An ENDED act closes the act that it names.
3. An annulment withdraws what it names (`schemas/annulment.avsc`); a reinstatement, or the
   annulment of the annulment, lifts it. Of several the last one registered holds, whichever came
   to us first.
4. Only the source of an act, or a court, may revise, end or annul it. Anyone else contests it.
5. A revision whose predecessor has not arrived speaks for itself; an annulment of something
   unknown waits. Both are pending, and can be seen.

An act that no longer concerns the person (its subject was corrected) is no fact of theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from civicbus.domain.dossier import Dossier, Quarantined, SourceState
from civicbus.domain.events import Annulment, Event
from civicbus.domain.vocabulary import Change, LegalState

REVISIONS = (Change.CORRECTED, Change.REINSTATED)

AnyEvent = TypeVar("AnyEvent", bound=Event)


@dataclass(frozen=True, slots=True)
class Fact(Generic[AnyEvent]):
    """An act as it stands: its content, its end if it has ended, the events that it rests on."""

    content: AnyEvent
    end: AnyEvent | None
    evidence: tuple[Event, ...]
    contested: bool = False
    pending: bool = False

    @property
    def source(self) -> str:
        """The system that recorded the act."""
        return self.content.header.source


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds about one person by `known_at`; `withdrawn` are the acts that no longer do."""

    person_key: str
    known_at: datetime
    held: tuple[Fact[Any], ...] = ()
    withdrawn: tuple[Fact[Any], ...] = ()
    waiting: tuple[Annulment, ...] = ()
    conflicting: tuple[Event, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    sources: Mapping[tuple[str, str], SourceState] = field(default_factory=dict)

    def of(self, kind: type[AnyEvent]) -> list[Fact[AnyEvent]]:
        """The facts of one kind that hold, in the order in which they were registered."""
        return [fact for fact in self.held if isinstance(fact.content, kind)]

    def once(self, kind: type[AnyEvent]) -> list[Fact[AnyEvent]]:
        """The acts of one kind that were withdrawn."""
        return [fact for fact in self.withdrawn if isinstance(fact.content, kind)]


def resolve(dossier: Dossier, known_at: datetime) -> Facts:
    """Give the events of a dossier their meaning, as known at a moment."""
    events, conflicting = _distinct(
        entry.event for entry in dossier.entries if entry.event.header.registered_at <= known_at
    )
    acts = _Acts(events)
    held, withdrawn = [], []
    for act in acts.all():
        if dossier.person_key not in act.content.header.keys():
            continue
        (held if act.in_force else withdrawn).append(acts.fact(act))
    return Facts(
        person_key=dossier.person_key,
        known_at=known_at,
        held=tuple(held),
        withdrawn=tuple(withdrawn),
        waiting=tuple(acts.waiting()),
        conflicting=conflicting,
        quarantined=dossier.quarantined,
        sources=dossier.sources,
    )


def register_order(event: Event) -> tuple[datetime, int, str]:
    """The order in which sources wrote; the id makes it total, so that arrival never decides."""
    header = event.header
    return header.registered_at, header.source_sequence, header.event_id


def _distinct(received: Any) -> tuple[dict[str, Event], tuple[Event, ...]]:
    """Events by id, repetitions removed, and those whose id stands for several events."""
    versions: dict[str, dict[Event, None]] = defaultdict(dict)
    for event in received:
        versions[event.header.event_id][event] = None
    single = {id_: next(iter(found)) for id_, found in versions.items() if len(found) == 1}
    several = [event for found in versions.values() if len(found) > 1 for event in found]
    return single, tuple(sorted(several, key=lambda event: (register_order(event), repr(event))))


@dataclass(frozen=True, slots=True)
class _Act:
    """The events of one act. `head` is the id of the event that all the others revise."""

    head: str
    revisions: tuple[Event, ...]  # in register order, the head among them if it has arrived
    content: Event
    in_force: bool
    contested: bool


class _Acts:
    """Understands which events belong together and which of them are in force."""

    def __init__(self, events: Mapping[str, Event]) -> None:
        self._events = events
        self._in_order = sorted(events.values(), key=register_order)
        self._changers: dict[str, list[Event]] = defaultdict(list)
        for event in self._in_order:
            if event.header.target_event_id is not None:
                self._changers[event.header.target_event_id].append(event)
        members: dict[str, list[Event]] = defaultdict(list)
        for event in self._in_order:
            if not isinstance(event, Annulment):
                members[self._head(event)].append(event)
        self._acts = {head: self._act(head, found) for head, found in members.items()}
        self._ends: dict[str, list[_Act]] = defaultdict(list)
        for act in self._acts.values():
            opened = self._opened_by(act)
            if opened is not None and opened != act.head and act.in_force:
                self._ends[opened].append(act)

    def all(self) -> list[_Act]:
        """Every act that is not the end of another one that is known."""
        return sorted(
            (act for act in self._acts.values() if not self._is_end_of_known(act)),
            key=lambda act: register_order(act.content),
        )

    def fact(self, act: _Act) -> Fact[Any]:
        ends = self._ends.get(act.head, [])
        allowed = [end for end in ends if self._has_authority(end.content, act.content)]
        end = max(allowed, key=lambda found: register_order(found.content), default=None)
        standing_alone = end is None and act.content.header.change is Change.ENDED
        parts = [*act.revisions, *(event for found in ends for event in found.revisions)]
        evidence = {event.header.event_id: event for event in parts}
        for part in parts:
            self._annulments(part.header.event_id, evidence)
        return Fact(
            content=act.content,
            end=act.content if standing_alone else end.content if end else None,
            evidence=tuple(sorted(evidence.values(), key=register_order)),
            contested=act.contested or len(allowed) < len(ends) or any(e.contested for e in ends),
            pending=act.head not in self._events or standing_alone,
        )

    def waiting(self) -> list[Annulment]:
        """Annulments of events that have not arrived."""
        return [
            event
            for event in self._in_order
            if isinstance(event, Annulment) and event.header.target_event_id not in self._events
        ]

    def _head(self, event: Event) -> str:
        """Follow revisions back to the event that they revise; an unknown one stands for itself."""
        path = [event.header.event_id]
        while isinstance(event, Annulment) or event.header.change in REVISIONS:
            target = event.header.target_event_id or ""
            if target in path:
                return min(path[path.index(target) :])  # they name each other in a circle
            if target not in self._events:
                return target
            path.append(target)
            event = self._events[target]
        return event.header.event_id

    def _act(self, head: str, members: list[Event]) -> _Act:
        owner = self._events.get(head, members[0])
        allowed = [event for event in members if self._has_authority(event, owner)]
        in_force = [event for event in allowed if not self._is_annulled(event.header.event_id)]
        objections = [
            changer
            for event in members
            for changer in self._changers.get(event.header.event_id, ())
            if isinstance(changer, Annulment) and not self._has_authority(changer, event)
        ]
        return _Act(
            head=head,
            revisions=tuple(members),
            content=(in_force or allowed)[-1],
            in_force=bool(in_force) and not self._is_annulled(head),
            contested=len(allowed) < len(members) or bool(objections),
        )

    def _is_annulled(self, event_id: str, asked: frozenset[str] = frozenset()) -> bool:
        """True if the last word that a competent source has said about the event withdraws it."""
        if event_id in asked:
            return False
        target = self._events.get(event_id)
        withdrawn = False
        for changer in self._changers.get(event_id, ()):
            if target is not None and not self._has_authority(changer, target):
                continue
            if isinstance(changer, Annulment):
                if not self._is_annulled(changer.header.event_id, asked | {event_id}):
                    withdrawn = True
            elif changer.header.change is Change.REINSTATED:
                # What reinstates an act by naming its annulment withdraws the annulment.
                withdrawn = isinstance(target, Annulment)
        return withdrawn

    def _annulments(self, event_id: str, found: dict[str, Event]) -> None:
        """Collect the annulments of an event, those of its annulments, and so on."""
        for changer in self._changers.get(event_id, ()):
            if isinstance(changer, Annulment) and changer.header.event_id not in found:
                found[changer.header.event_id] = changer
                self._annulments(changer.header.event_id, found)

    def _opened_by(self, act: _Act) -> str | None:
        """The head of the act that this ENDED act closes."""
        first = self._events.get(act.head, act.content)
        if first.header.change is not Change.ENDED or first.header.target_event_id is None:
            return None
        target = self._events.get(first.header.target_event_id)
        return first.header.target_event_id if target is None else self._head(target)

    def _is_end_of_known(self, act: _Act) -> bool:
        opened = self._opened_by(act)
        return opened is not None and opened != act.head and opened in self._acts

    @staticmethod
    def _has_authority(event: Event, over: Event) -> bool:
        same_source = event.header.source == over.header.source
        return same_source or event.header.legal_state is LegalState.DECLARED
