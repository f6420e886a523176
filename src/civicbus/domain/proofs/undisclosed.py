"""What must not be told for the question asked: taken out of the case before any rule sees it.

An answer gives away what it rests on in more ways than by its outcome: by its reason, the events
that it lists, a flag. So the facts that may not be told are not weighed and then kept quiet about.
They are not there, and the answer is the one that would be given had they never been recorded.

What cannot be taken out is that a record about the person was refused: nobody knows what it said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from civicbus.domain.events import ABOUT_EVENTS, Event
from civicbus.domain.proofs.person import Person


def without(person: Person, must_not_be_told: Callable[[Event], bool]) -> Person:
    """The person as if these acts had never been recorded, with whatever speaks of them.

    Of a withdrawal that waits for its act the caller says whether it may be told. Events that
    contradict themselves are taken out only if no version of them may be told.
    """
    facts = person.facts
    acts = [*facts.held, *facts.withdrawn]
    gone = {
        event.header.event_id
        for fact in acts
        if must_not_be_told(fact.content)
        for event in fact.evidence
    }

    def stays(event: Event) -> bool:
        if event.header.event_id in gone or event.header.target_event_id in gone:
            return False
        return isinstance(event, ABOUT_EVENTS) or not must_not_be_told(event)

    staying = {event.header.event_id for event in facts.conflicting if stays(event)}
    left = replace(
        facts,
        held=tuple(fact for fact in facts.held if stays(fact.content)),
        withdrawn=tuple(fact for fact in facts.withdrawn if stays(fact.content)),
        waiting=tuple(event for event in facts.waiting if not must_not_be_told(event)),
        conflicting=tuple(e for e in facts.conflicting if e.header.event_id in staying),
    )
    return replace(person, facts=left)
