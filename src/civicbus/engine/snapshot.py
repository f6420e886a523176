"""A worker's account of itself, for the status page, for other workers and for tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from civicbus import __version__
from civicbus.domain.answer import iso
from civicbus.domain.families import Family
from civicbus.engine.ownership import Ownership
from civicbus.engine.pace import Pace
from civicbus.engine.receipts import Receipt
from civicbus.engine.replica import Outcome
from civicbus.engine.store import DossierStore
from civicbus.engine.topic_state import TopicState
from civicbus.wire.records import from_millis
from civicbus.wire.topics import PERSON_TOPICS

EndOf = Callable[[str, int], int]


class Snapshots:
    """Understands how to describe this worker. Names partitions and sources, never a person."""

    def __init__(
        self,
        url: str,
        store: DossierStore,
        ownership: Ownership,
        end_of: EndOf,
        pace: Pace,
        compared: Callable[[], Iterable[Outcome]],
        receipts: Callable[[], Iterable[Receipt] | None],
    ) -> None:
        self._url = url
        self._store = store
        self._ownership = ownership
        self._end_of = end_of
        self._pace = pace
        self._compared = compared
        self._receipts = receipts
        self._started_at = datetime.now(UTC)

    def take(self) -> dict[str, Any]:
        """The account as plain JSON values."""
        states = [
            (partition, topic, family, store.state(family.number))
            for partition in sorted(self._ownership.owned)
            if (store := self._store.get(partition)) is not None
            for topic, family in PERSON_TOPICS.items()
        ]
        refused: dict[tuple[str, str], int] = defaultdict(int)
        for _, topic, _, state in states:
            for reason, count in state.reasons.items():
                refused[topic, reason] += count
        receipts = self._receipts()
        return {
            "worker": self._url,
            "version": __version__,
            "started_at": iso(self._started_at),
            "ready": self._ownership.all_ready(),
            "behind": self._ownership.behind(),
            "seconds_left": self._pace.seconds_left,
            "partitions": self._partitions(states),
            "replica": [outcome.to_json() for outcome in self._compared()],
            "receipts": None if receipts is None else [asdict(one) for one in receipts],
            "sources": [
                {
                    "source": source,
                    "family": family.name,
                    "partition": partition,
                    "complete_through": iso(from_millis(count.complete_through)),
                    "missing": count.missing,
                }
                for partition, _, family, state in states
                for source, count in sorted(state.sources.items())
                if count.complete_through is not None
            ],
            "quarantined": [
                {"topic": topic, "reason": reason, "count": count}
                for (topic, reason), count in sorted(refused.items())
            ],
        }

    def _partitions(
        self, states: list[tuple[int, str, Family, TopicState]]
    ) -> list[dict[str, Any]]:
        topics: dict[int, dict[str, Any]] = defaultdict(dict)
        for partition, topic, _, state in states:
            target = self._ownership.target(partition, topic)
            topics[partition][topic] = {
                "next_offset": state.next_offset,
                "end_offset": max(state.next_offset, target, self._end_of(topic, partition)),
                "consumed": state.consumed,
                "stored": state.stored,
                "duplicates": state.duplicates,
                "quarantined": state.quarantined,
                "watermarks": state.watermarks,
                "dismissals": state.dismissals,
                "released": state.released,
                "holes": state.holes,
            }
        return [
            {
                "partition": partition,
                "ready": self._ownership.is_ready(partition),
                "topics": found,
            }
            for partition, found in sorted(topics.items())
        ]
