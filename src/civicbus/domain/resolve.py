"""Resolve: from a dossier to the facts that hold, as the registers had them by `known_at`.

The rules, all independent of the order of arrival:

1. Only what a source had registered by `known_at` counts. The same event twice is one event. Two
   different events under one id are a conflict, and so are events that name one another in a
   circle: none of them is believed.
2. Events that change one another form an *act*: a CREATED or an ENDED event, with the corrections
   and reinstatements that name it or each other. The last revision in force, by the source's own
   order, is what the act says. An ENDED act closes the act that it names.
3. An annulment withdraws what it names (`schemas/annulment.avsc`), a voided range the acts whose
   documents lay in it; a later reinstatement, or the annulment of the withdrawal, lifts it. What
   has been withdrawn itself withdraws and lifts nothing.
4. Only the source of an act, or a court, may revise, end or annul it. Anyone else contests it. An
   act is contested too where its source's last word cannot be told.
5. A dispute stands beside the act that it names until the source of that act, or a court, closes
   it. It changes nothing in the act; no proof may rest on what is disputed.
6. A revision whose predecessor has not arrived speaks for itself; an annulment of something
   unknown waits. Both are pending, and can be seen.
7. A refused row may have been written at any time, so a refusal, and its being settled, count
   whatever `known_at` is.

An act that no longer concerns the person (its subject was corrected) is withdrawn, for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from civicbus.domain.acts import Act, Acts
from civicbus.domain.changes import (
    Withdrawal,
    changed_by,
    in_circles,
    register_order,
    unique,
)
from civicbus.domain.dossier import Dossier, Quarantined, SourceState
from civicbus.domain.events import Annulment, Dispute, Event, Header, Refusal
from civicbus.domain.vocabulary import Cause, Role

AnyEvent = TypeVar("AnyEvent", bound=Event)


@dataclass(frozen=True, slots=True)
class Fact(Generic[AnyEvent]):
    """An act as it stands: its content, its end if it has ended, the events that it rests on.

    `disputes` are the open disputes about it, `doubted` tells of these and of contradictions.
    """

    content: AnyEvent
    end: AnyEvent | None
    evidence: tuple[Event, ...]
    contested: bool = False
    pending: bool = False
    disputes: tuple[Event, ...] = ()

    @property
    def source(self) -> str:
        """The system that recorded the act."""
        return self.content.header.source

    @property
    def doubted(self) -> bool:
        """True if somebody says that the act is wrong, or its source's last word is unclear."""
        return self.contested or bool(self.disputes)


@dataclass(frozen=True)  # no slots: the facts of a kind are looked up again and again
class Facts:
    """What holds about one person by `known_at`; `withdrawn` are the acts that no longer do.

    `keys` are all under which the person is known, `person_key` the one asked for. `waiting` are
    withdrawals of something that has not arrived.
    """

    person_key: str
    known_at: datetime
    keys: frozenset[str] = frozenset()
    held: tuple[Fact[Any], ...] = ()
    withdrawn: tuple[Fact[Any], ...] = ()
    waiting: tuple[Withdrawal, ...] = ()
    conflicting: tuple[Event, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    sources: Mapping[tuple[str, str], SourceState] = field(default_factory=dict)

    def of(self, kind: type[AnyEvent], *roles: Role) -> list[Fact[AnyEvent]]:
        """The facts of one kind that hold, in the order in which they were registered.

        With roles only those that concern the person in one of them.
        """
        found = self._looked_up.get((kind, roles))
        if found is None:
            every = self._by_kind.get(kind, [])
            found = [f for f in every if not roles or self.concerns_as(f.content, *roles)]
            self._looked_up[kind, roles] = found
        return list(found)

    def once(self, kind: type[AnyEvent], *roles: Role) -> list[Fact[AnyEvent]]:
        """The acts of one kind that were withdrawn."""
        return [fact for fact in self.withdrawn if self._is(fact.content, kind, roles)]

    def concerns_as(self, event: Event, *roles: Role) -> bool:
        """True if the event concerns the person in one of these roles."""
        return event.header.has_role(self.keys, *roles)

    @cached_property
    def _looked_up(self) -> dict[tuple[type[Event], tuple[Role, ...]], list[Fact[Any]]]:
        """What `of` has found; a proof asks for the same facts from many of its rules."""
        return {}

    @cached_property
    def _by_kind(self) -> Mapping[type[Event], list[Fact[Any]]]:
        found: dict[type[Event], list[Fact[Any]]] = defaultdict(list)
        for fact in self.held:
            found[type(fact.content)].append(fact)
        return found

    def _is(self, content: Event, kind: type[Event], roles: tuple[Role, ...]) -> bool:
        return isinstance(content, kind) and (not roles or self.concerns_as(content, *roles))


def resolve(dossier: Dossier, known_at: datetime) -> Facts:
    """Give the events of a dossier their meaning, as known at a moment."""
    events, conflicting = _believable(_known(dossier, known_at))
    acts = Acts(events)
    standing = list(acts)
    keys = dossier.keys
    disputes = _open_disputes(standing)
    held: list[Fact[Any]] = []
    withdrawn: list[Fact[Any]] = []
    for act in standing:
        holds = act.in_force and act.content.header.concerns(keys)
        (held if holds else withdrawn).append(_fact(act, disputes))
    return Facts(
        person_key=dossier.person_key,
        known_at=known_at,
        keys=keys,
        held=tuple(held),
        withdrawn=tuple(withdrawn),
        waiting=tuple(acts.waiting()),
        conflicting=conflicting,
        quarantined=dossier.quarantined,
        sources=dossier.sources,
    )


def _known(dossier: Dossier, known_at: datetime) -> list[Event]:
    events = [entry.event for entry in dossier.entries]
    refusals = {event.header.event_id for event in events if isinstance(event, Refusal)}
    return [
        event
        for event in events
        if event.header.registered_at <= known_at
        or isinstance(event, Refusal)
        or (isinstance(event, Annulment) and changed_by(event) in refusals)
    ]


def _believable(received: list[Event]) -> tuple[dict[str, Event], tuple[Event, ...]]:
    """Events by id, repetitions removed, and those that contradict themselves."""
    versions: dict[str, list[Event]] = defaultdict(list)
    for event in received:
        known = versions[event.header.event_id]
        if event not in known:
            known.append(event)
    events = {
        event_id: found[0] if len(found) == 1 else min(found, key=_delivery)
        for event_id, found in versions.items()
        if len(found) == 1 or len({substance(event) for event in found}) == 1
    }
    conflicting = [event for id_, found in versions.items() if id_ not in events for event in found]
    conflicting += [events.pop(event_id) for event_id in in_circles(events)]
    conflicting.sort(key=lambda event: (register_order(event), repr(event)))
    return events, tuple(conflicting)


def substance(event: Event) -> Event:
    """The event without what may differ when a source sends the same entry again."""
    header: Header = replace(event.header, source_sequence=0, cause=Cause.GENUINE)
    return replace(event, header=header)


def _delivery(event: Event) -> tuple[int, str]:
    return event.header.source_sequence, event.header.cause.value


def _open_disputes(acts: Iterable[Act]) -> dict[str, list[Act]]:
    """The disputes that nobody has closed, by the id of the event that they name."""
    found: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        if isinstance(act.content, Dispute) and act.in_force and act.end is None:
            found[act.disputed or ""].append(act)
    return found


def _fact(act: Act, disputes: Mapping[str, list[Act]]) -> Fact[Any]:
    against = [
        event
        for about in (act.evidence if disputes else ())
        for dispute in disputes.get(about.header.event_id, ())
        for event in dispute.evidence
    ]
    return Fact(act.content, act.end, act.evidence, act.contested, act.pending, unique(against))
