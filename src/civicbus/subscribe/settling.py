"""Which events have settled: stood for a while without being withdrawn or corrected.

A register that errs usually says so within hours or days. Whoever would rather act late than wrong
is handed an event only when it has stood for so long, and not at all if it was withdrawn meanwhile;
its withdrawal is not handed on either then. Of an event that was corrected the correction alone is.

A second reader runs ahead to the topic's end and keeps nothing but which events name which others.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from civicbus.domain.events import Annulment, Event
from civicbus.domain.vocabulary import Change
from civicbus.subscribe.delivery import Delivery

Place = tuple[str, int]  # topic and partition
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Saying:
    """That an event says of another that it does not hold any more, or does again."""

    event_id: str
    holds: bool
    recorded_at: datetime

    def was_by(self, until: datetime) -> bool:
        """True if it was said in time."""
        return self.recorded_at <= until


@dataclass(slots=True)
class _Partition:
    through: datetime = LONG_AGO
    forgotten_at: datetime = LONG_AGO
    about: defaultdict[str, list[_Saying]] = field(default_factory=lambda: defaultdict(list))
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
        withdraws = isinstance(event, Annulment) or header.change is Change.CORRECTED
        if withdraws or header.change is Change.REINSTATED:
            said = _Saying(header.event_id, not withdraws, recorded_at)
            partition.about[header.target_event_id].append(said)

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
        if not self._stands(partition, header.event_id, until):
            partition.left_out[header.event_id] = until
            return False
        is_withdrawal = isinstance(delivery.event, Annulment)
        return not (is_withdrawal and header.target_event_id in partition.left_out)

    def _stands(self, partition: _Partition, event_id: str, until: datetime) -> bool:
        """The last word on an event that itself stands decides.

        What was said last is weighed first, so each is weighed once, however long the chain.
        """
        reached: dict[str, datetime] = {}
        waiting = [event_id]
        while waiting:
            for said in partition.about.get(waiting.pop(), ()):
                if said.was_by(until) and said.event_id not in reached:
                    reached[said.event_id] = said.recorded_at
                    waiting.append(said.event_id)
        stands: dict[str, bool] = {}
        for one in [*sorted(reached, key=reached.__getitem__, reverse=True), event_id]:
            words = (said for said in reversed(partition.about.get(one, ())) if said.was_by(until))
            last = next((said for said in words if stands.get(said.event_id, True)), None)
            stands[one] = last is None or last.holds
        return stands[event_id]

    def _forget(self, partition: _Partition, now: datetime) -> None:
        """Whatever can no longer matter: what was said before the events that are now settling."""
        if now - partition.forgotten_at < self._after / 16:
            return
        partition.forgotten_at = now
        for target in [
            target for target, said in partition.about.items() if said[-1].recorded_at < now
        ]:
            del partition.about[target]
        for event_id in [one for one, until in partition.left_out.items() if until < now]:
            del partition.left_out[event_id]
