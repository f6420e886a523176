"""Targets: an event that changes another one reaches everybody for whom it changes something.

A dossier holds what stands under its person's key. A correction that is not published under the
key of the person who was entered by mistake leaves the mistake in that person's dossier for good:
so they are concerned by it as WRONGLY_NAMED (`domain.vocabulary`).

Rule 1: a correction or an end concerns everyone whom its target concerns.
Rule 2: an annulment or a reinstatement gives back what its target took, so it concerns those too
who were named wrongly there. It stands in the family of its target.
Rule 3: where the target was revised before, the same holds for its last revision: whoever that
brought in has it alone in their dossier.
Rule 4: a dispute is heard by everyone whom the disputed event concerns.
Rule 5: of a range voided every act in it is reached by one of the voids that cover it.
Rule 6: two numbers that a link says are one person's are one here: whoever asks by either is
answered from both dossiers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from civicbus.connect.conformance.findings import Finding
from civicbus.connect.conformance.sample import Sample, SampleEvent
from civicbus.domain.changes import (
    Changes,
    changed_by,
    in_circles,
    is_revision,
    register_order,
    written,
)
from civicbus.domain.events import Annulment, Dispute, Event, IdentityLink
from civicbus.domain.resolve import substance
from civicbus.domain.vocabulary import Change, Role

Keys = frozenset[str]


def ids(sample: Sample) -> Iterator[Finding]:
    """Events that bear the id of another one; the bus believes neither of them."""
    first: dict[str, SampleEvent] = {}
    for stated in sample.events:
        known = first.setdefault(stated.event.header.event_id, stated)
        if substance(known.event) != substance(stated.event):
            where = f"{known.file}: line {known.line}"
            told = f"has the id of another event ({where}); make it of all that names the entry"
            yield _finding(stated, told)


def targets(sample: Sample) -> Iterator[Finding]:
    """Events that do not reach everybody whom their target concerns."""
    stated_as = {stated.event.header.event_id: stated for stated in sample.events}
    events = {id_: stated.event for id_, stated in stated_as.items()}
    changes = Changes({id_: events[id_] for id_ in events.keys() - in_circles(events)})
    revisions = _revisions(events, changes)
    persons = _Persons(changes)
    for stated in sample.events:
        target = stated_as.get(_named_by(stated.event) or "")
        if target is None:
            continue
        to_reach = _to_reach(stated.event, target.event, revisions)
        left = persons.of(to_reach) - persons.of(_keys(stated.event))
        if left:
            told = (
                f"changes {target.file}: line {target.line} and does not reach {len(left)} of the "
                "persons concerned there; name them too, as WRONGLY_NAMED who was so by mistake"
            )
            yield _finding(stated, told)
        if isinstance(stated.event, Annulment | Dispute) and stated.family != target.family:
            told = f"stands in the family {stated.family}; what it names stands in {target.family}"
            yield _finding(stated, told)
    yield from _voids(sample, changes, persons)


def _named_by(event: Event) -> str | None:
    return event.header.target_event_id if isinstance(event, Dispute) else changed_by(event)


def _to_reach(event: Event, target: Event, revisions: Mapping[str, list[Event]]) -> Keys:
    gives_back = isinstance(event, Annulment) or event.header.change is Change.REINSTATED
    before = [
        revision
        for revision in revisions[target.header.event_id]
        if written(revision) < written(event)
    ]
    last = max(before, key=register_order, default=target)
    return _keys(target, wrongly_named=gives_back) | _keys(last, wrongly_named=False)


def _keys(event: Event, *, wrongly_named: bool = True) -> Keys:
    return frozenset(
        person.person_key
        for person in event.header.concerned
        if person.person_key and (wrongly_named or person.role is not Role.WRONGLY_NAMED)
    )


def _revisions(events: Mapping[str, Event], changes: Changes) -> Mapping[str, list[Event]]:
    """For each event whatever corrects or reinstates it, what does that to these, and so on.

    A correction that was withdrawn has brought nobody in.
    """
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events.values():
        if changes.is_withdrawn(event):
            continue
        seen = {event.header.event_id}
        at: Event | None = event
        while at is not None and is_revision(at):
            target = changed_by(at) or ""
            if target in seen:
                break
            seen.add(target)
            found[target].append(event)
            at = events.get(target)
    return found


def _voids(sample: Sample, changes: Changes, persons: _Persons) -> Iterator[Finding]:
    for stated in sample.events:
        voids = changes.voids(stated.event)
        concerned = persons.of(_keys(stated.event, wrongly_named=False))
        if voids and concerned - persons.of(_all_keys(voids)):
            told = "lies in a range voided that does not reach everyone concerned; name them there"
            yield _finding(stated, told)


def _all_keys(events: Iterable[Event]) -> Keys:
    return frozenset().union(*map(_keys, events))


class _Persons:
    """Understands which keys are one person's, by the links that stand."""

    def __init__(self, changes: Changes) -> None:
        self._same: dict[str, Keys] = {}
        for event in changes.in_order:
            if isinstance(event, IdentityLink) and not changes.is_withdrawn(event):
                self._join(_keys(event))

    def _join(self, keys: Keys) -> None:
        joined = keys.union(*(self._same.get(key, keys) for key in keys))
        self._same |= dict.fromkeys(joined, joined)

    def of(self, keys: Keys) -> frozenset[Keys]:
        """The persons of some keys, each as all the keys that are theirs."""
        return frozenset(self._same.get(key, frozenset({key})) for key in keys)


def _finding(stated: SampleEvent, told: str) -> Finding:
    return Finding(told, stated.file, stated.line, type(stated.event).__name__)
