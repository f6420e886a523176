"""Which events have settled: stood for a while without being withdrawn or corrected.

A register that errs usually says so within hours or days. Whoever would rather act late than wrong
is handed an event only when it has stood for so long, and not at all if it was withdrawn meanwhile;
its withdrawal is not handed on either then. What is about it goes with it. Of an event that was
corrected the correction alone is handed on. Only its own source withdraws or corrects an event, or
a court that declares so.

A second reader runs ahead to the topic's end and keeps nothing but which events name which others.
What was left out is remembered by this process only: one that is started anew may hand on the
withdrawal of an event that it never handed on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from operator import attrgetter

from civicbus.domain.events import Annulment, Event, Header
from civicbus.domain.vocabulary import Change, LegalState
from civicbus.subscribe.delivery import Delivery
from civicbus.wire.records import EPOCH

Place = tuple[str, int]  # topic and partition


class _Word(Enum):
    """What one event says of another."""

    WITHDRAWS = auto()
    REINSTATES = auto()
    CORRECTS = auto()
    SPEAKS_OF = auto()  # ends or disputes it


@dataclass(frozen=True, slots=True)
class _Saying:
    event_id: str
    source: str
    declared: bool
    word: _Word
    recorded_at: datetime

    def counts_for(self, source: str | None) -> bool:
        """True if it may be said of an event of this source; of an unknown one's by anybody."""
        return source is None or self.declared or self.source == source


@dataclass(slots=True)
class _Partition:
    through: datetime = EPOCH
    forgotten_at: datetime = EPOCH
    about: defaultdict[str, list[_Saying]] = field(default_factory=lambda: defaultdict(list))
    target_of: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, datetime] = field(default_factory=dict)


class Settling:
    """Understands what has been said about events since they were recorded. `after` is how long."""

    def __init__(self, after: timedelta) -> None:
        self._after = after
        self._partitions: dict[Place, _Partition] = {}

    def begin(self, place: Place) -> None:
        """A partition is read ahead, from where it is read."""
        self._partitions[place] = _Partition()

    def hear(self, place: Place, event: Event, recorded_at: datetime) -> None:
        """What the reader ahead has come upon."""
        header, partition = event.header, self._partitions[place]
        partition.through = max(partition.through, recorded_at)
        if header.target_event_id is None:
            return
        word = _word_of(event)
        declared = header.legal_state is LegalState.DECLARED
        said = _Saying(header.event_id, header.source, declared, word, recorded_at)
        partition.about[header.target_event_id].append(said)
        if word in (_Word.CORRECTS, _Word.SPEAKS_OF):
            partition.target_of[header.event_id] = header.target_event_id

    def reached(self, place: Place, at: datetime) -> None:
        """The reader ahead had read everything at that time."""
        partition = self._partitions[place]
        partition.through = max(partition.through, at)

    def has_settled(self, place: Place, recorded_at: datetime) -> bool:
        """True if what was recorded then has stood for so long, and all since has been heard."""
        return self._partitions[place].through >= recorded_at + self._after

    def holds(self, place: Place, delivery: Delivery) -> bool:
        """Whether a settled event is to be handed on; asked once of each, in their order."""
        partition, header = self._partitions[place], delivery.event.header
        self._forget(partition, delivery.recorded_at)
        until = delivery.recorded_at + self._after
        if not self._is_handed_on(partition, header, until):
            partition.left_out[header.event_id] = until
            return False
        is_withdrawal = isinstance(delivery.event, Annulment)
        return not (is_withdrawal and header.target_event_id in partition.left_out)

    def _is_handed_on(self, partition: _Partition, header: Header, until: datetime) -> bool:
        """True unless it is corrected or withdrawn, or what it is about is withdrawn."""
        stands = _Standing(partition, until)
        corrections = stands.said_of(header.event_id, header.source, _Word.CORRECTS)
        if any(stands.is_valid(said.event_id, said.source) for said in corrections):
            return False
        weighed: set[str] = set()
        about: str | None = header.event_id
        source: str | None = header.source
        while about is not None and about not in weighed:
            if not stands.is_valid(about, source):
                return False
            weighed.add(about)
            about, source = partition.target_of.get(about), None
        return True

    def _forget(self, partition: _Partition, now: datetime) -> None:
        """Whatever can no longer matter: what was said before the events that are now settling."""
        if now - partition.forgotten_at < self._after / 16:
            return
        partition.forgotten_at = now
        for target in [
            target for target, said in partition.about.items() if said[-1].recorded_at < now
        ]:
            for said in partition.about.pop(target):
                partition.target_of.pop(said.event_id, None)
        for event_id in [one for one, until in partition.left_out.items() if until < now]:
            del partition.left_out[event_id]


class _Standing:
    """Understands which events were not withdrawn by a certain time."""

    def __init__(self, partition: _Partition, until: datetime) -> None:
        self._about = partition.about
        self._until = until

    def said_of(self, event_id: str, source: str | None, *words: _Word) -> list[_Saying]:
        """What was said in time of an event of a source, the last word first."""
        return [
            said
            for said in reversed(self._about.get(event_id, ()))
            if said.recorded_at <= self._until and said.word in words and said.counts_for(source)
        ]

    def is_valid(self, event_id: str, source: str | None) -> bool:
        """The last word on an event that is valid itself decides.

        What was said last is weighed first, so each is weighed once, however long the chain.
        """
        words = (_Word.WITHDRAWS, _Word.REINSTATES)
        reached: dict[str, _Saying] = {}
        waiting: list[tuple[str, str | None]] = [(event_id, source)]
        while waiting:
            for said in self.said_of(*waiting.pop(), *words):
                if said.event_id not in reached:
                    reached[said.event_id] = said
                    waiting.append((said.event_id, said.source))
        valid: dict[str, bool] = {}
        late_first = sorted(reached.values(), key=attrgetter("recorded_at"), reverse=True)
        for one, of in [*((said.event_id, said.source) for said in late_first), (event_id, source)]:
            said_of = (s for s in self.said_of(one, of, *words) if valid.get(s.event_id, True))
            last = next(said_of, None)
            valid[one] = last is None or last.word is _Word.REINSTATES
        return valid[event_id]


def _word_of(event: Event) -> _Word:
    if isinstance(event, Annulment):
        return _Word.WITHDRAWS
    words = {Change.CORRECTED: _Word.CORRECTS, Change.REINSTATED: _Word.REINSTATES}
    return words.get(event.header.change, _Word.SPEAKS_OF)
