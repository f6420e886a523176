"""Acts: a CREATED or ENDED event with its corrections and reinstatements, and what it now says.

Only the source of an act, or a court, may revise, end or annul it. Everybody else's word is kept
and makes the act *contested*, as does whatever leaves open what the source's last word is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from civicbus.domain.changes import (
    Changes,
    Withdrawal,
    changed_by,
    has_authority,
    is_revision,
    register_order,
    unique,
    written,
)
from civicbus.domain.events import Annulment, Dispute, Event, RangeVoid
from civicbus.domain.vocabulary import Change


@dataclass(frozen=True, slots=True)
class Act:
    """An act as it stands.

    `head` is the id of the event that all the others revise; it may not have arrived. `content` is
    the last revision in force, `end` the event that ended the act. `evidence` is every event that
    has a part in this, in register order. `pending` means that something named has not arrived.
    """

    head: str
    content: Event
    end: Event | None
    evidence: tuple[Event, ...]
    in_force: bool
    contested: bool
    pending: bool

    @property
    def disputed(self) -> str | None:
        """Of a dispute what it is about: the event that its first entry names.

        A correction of the dispute names the dispute, and leaves it open all the same.
        """
        first = next((e for e in self.evidence if e.header.event_id == self.head), self.content)
        return first.header.target_event_id


class Acts:
    """Understands which events belong together; none of them name one another in a circle."""

    def __init__(self, events: Mapping[str, Event]) -> None:
        self._changes = Changes(events)
        self._heads = self._find_heads()
        self._revisions: dict[str, list[Event]] = defaultdict(list)
        for event in self._changes.in_order:
            if not isinstance(event, Withdrawal):
                self._revisions[self._heads[event.header.event_id]].append(event)
        self._acts = {head: self._act(head) for head in self._revisions}
        self._ends: dict[str, list[Act]] = defaultdict(list)
        self._closing = self._find_ends()

    def __iter__(self) -> Iterator[Act]:
        """Every act that is not the end of another one, in register order, with its end."""
        acts = [self._ended(act) for act in self._acts.values() if act.head not in self._closing]
        return iter(sorted(acts, key=lambda act: register_order(act.content)))

    def waiting(self) -> list[Withdrawal]:
        """Withdrawals in force of what has not arrived, nor any revision of it."""
        return [
            event
            for event in self._changes.in_order
            if isinstance(event, Withdrawal)
            and self._finds_nothing(event)
            and not self._changes.is_withdrawn(event)
        ]

    def _finds_nothing(self, withdrawal: Withdrawal) -> bool:
        if isinstance(withdrawal, RangeVoid):
            events = self._changes.in_order
            return not any(withdrawal in self._changes.voids(event) for event in events)
        target = changed_by(withdrawal)
        return target not in self._changes.events and target not in self._acts

    def _find_heads(self) -> dict[str, str]:
        """For each event the id of the one that it revises in the end; else its own."""
        heads: dict[str, str] = {}
        for event in self._changes.targets_first:
            revised = self._revised(event)
            heads[event.header.event_id] = (
                event.header.event_id if revised is None else heads.get(revised, revised)
            )
        return heads

    def _revised(self, event: Event) -> str | None:
        """What a revision revises. A record of one type cannot revise one of another."""
        if not is_revision(event):
            return None
        revised = self._changes.speaks_of(event)
        known = self._changes.events.get(revised or "")
        return revised if known is None or type(known) is type(event) else None

    def _act(self, head: str) -> Act:
        changes = self._changes
        revisions = self._revisions[head]
        owner = changes.events.get(head, revisions[0])
        if len(revisions) == 1 and owner is revisions[0] and self._is_plain(owner):
            return Act(head, owner, None, (owner,), in_force=True, contested=False, pending=False)
        allowed = [event for event in revisions if has_authority(event, owner)]
        in_force = [event for event in allowed if not changes.is_withdrawn(event)]
        last = self._last_words(in_force or allowed)
        withdrawals = changes.standing(head, owner)
        named = {head: owner} | {event.header.event_id: event for event in revisions}
        objections = changes.all_withdrawals(named)
        contested = (
            len(last) > 1
            or not (in_force or withdrawals)
            or any(self._is_objection(event, owner) for event in revisions)
            or any(self._is_objection(withdrawal, over) for withdrawal, over in objections)
            or any(self._is_unclear(event) for event in in_force)
            or any(_goes_on(event, withdrawals) for event in in_force)
        )
        return Act(
            head=head,
            content=last[-1],
            end=None,
            evidence=unique([*revisions, *(withdrawal for withdrawal, _ in objections)]),
            in_force=not withdrawals,
            contested=contested,
            pending=changed_by(owner) is not None,
        )

    def _is_plain(self, event: Event) -> bool:
        """True for an event that nothing has to do with: most acts, so they are not weighed."""
        return changed_by(event) is None and not self._changes.is_objected_to(event)

    def _last_words(self, candidates: list[Event]) -> list[Event]:
        """Of the candidates those that none of them revises, written last; normally one."""
        revised: set[str] = set()
        for event in candidates:
            at = self._revised(event)
            while at is not None and at not in revised:
                revised.add(at)
                known = self._changes.events.get(at)
                at = None if known is None else self._revised(known)
        left = [event for event in candidates if event.header.event_id not in revised]
        latest = max(written(event) for event in left)
        return [event for event in left if written(event) == latest]

    def _is_unclear(self, event: Event) -> bool:
        """True for a revision that names an annulment in a way that has no plain meaning."""
        named = self._changes.events.get(changed_by(event) or "")
        if not isinstance(named, Annulment):
            return False
        inner = self._changes.events.get(changed_by(named) or "")
        return event.header.change is not Change.REINSTATED or isinstance(inner, Annulment)

    def _is_objection(self, event: Event, over: Event) -> bool:
        """True for somebody else's word, unless they have taken it back."""
        return not (has_authority(event, over) or self._changes.is_withdrawn(event))

    def _find_ends(self) -> set[str]:
        """The heads of the acts that end another known act; an end of an end ends the same act."""
        closes: dict[str, str] = {}
        for event in self._changes.targets_first:
            act = self._acts.get(event.header.event_id)
            target = changed_by(event)
            if act is None or target is None:
                continue  # no act of its own, or one that begins something
            head = self._heads.get(target, target)
            opened = self._acts.get(closes.get(head, head))
            if opened is not None and type(opened.content) is type(event):
                closes[act.head] = opened.head
                self._ends[opened.head].append(act)
        return set(closes)

    def _ended(self, act: Act) -> Act:
        """The act together with what ends it: its own content or, later, other acts."""
        closing = self._ends.get(act.head, [])
        if not closing and not self._says_end(act):
            return act
        ends = [end for end in closing if end.in_force and self._says_end(end)]
        allowed = [end for end in ends if has_authority(end.content, self._owner(act))]
        words = [end.content for end in allowed]
        if self._says_end(act):
            words.append(act.content)
        return Act(
            head=act.head,
            content=act.content,
            end=max(words, key=register_order, default=None),
            evidence=unique([*act.evidence, *(event for end in closing for event in end.evidence)]),
            in_force=act.in_force,
            contested=act.contested or len(allowed) < len(ends) or any(e.contested for e in ends),
            pending=act.pending,
        )

    def _owner(self, act: Act) -> Event:
        """The event whose source may end the act: of a dispute, the one that is disputed."""
        if isinstance(act.content, Dispute):
            return self._changes.events.get(act.disputed or "", act.content)
        return act.content

    def _says_end(self, act: Act) -> bool:
        """True if the act, as it now reads, is an end."""
        if hasattr(act.content, "end_reason"):
            return act.content.end_reason is not None
        head = self._changes.events.get(act.head)
        return head is not None and head.header.change is Change.ENDED


def _goes_on(event: Event, withdrawals: list[Withdrawal]) -> bool:
    """True if an event of an act was written when the act had been withdrawn already."""
    return any(written(event) >= written(withdrawal) for withdrawal in withdrawals)
