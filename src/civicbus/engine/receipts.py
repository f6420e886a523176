"""Who reads the topics besides us, and how far: from the receipts that the broker keeps.

Every group of consumers hands in receipts, whatever client it has; whoever is in no group does not.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka.errors import KafkaError

from civicbus.broker.connection import BrokerError, admin_client
from civicbus.engine.probe import Place
from civicbus.settings import Settings
from civicbus.wire.topics import PERSON_TOPICS

log = structlog.get_logger()

LOOK_EVERY = 15.0  # seconds
ANSWERS_WITHIN = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Receipt:
    """A group has acknowledged a topic in so many partitions; `behind` counts records after that.

    A partition that it has acknowledged nothing of counts whole.
    """

    group: str
    topic: str
    partitions: int
    behind: int


Ends = Callable[[Iterable[Place]], Awaitable[Mapping[Place, int]]]


class Receipts:
    """Understands what the broker knows of the groups that read the person topics.

    `found` is what was seen last; `None` until the broker has said it.
    """

    def __init__(self, settings: Settings, own_group: str, partitions: int, ends: Ends) -> None:
        self._settings = settings
        self._own_group = own_group
        self._partitions = partitions
        self._ends = ends
        self.found: tuple[Receipt, ...] | None = None

    async def look(self) -> None:
        """Ask the broker. If it does not say, nothing is known."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN), admin_client(self._settings) as client:
                read = await self._offsets(client)
            self.found = await self._compared(read)
        except (BrokerError, KafkaError, TimeoutError, OSError) as error:
            if self.found is not None:
                log.warning("receipts_not_known", error=type(error).__name__)
            self.found = None

    async def _offsets(self, client: Any) -> dict[str, dict[str, dict[int, int]]]:
        """What each group has acknowledged: by topic and partition, the offset to read next."""
        groups = {group for group, *_ in await client.list_consumer_groups()} - {self._own_group}
        found = {}
        for group in sorted(groups):
            topics: defaultdict[str, dict[int, int]] = defaultdict(dict)
            for place, told in (await client.list_consumer_group_offsets(group)).items():
                if place.topic in PERSON_TOPICS and told.offset >= 0:
                    topics[place.topic][place.partition] = told.offset
            if topics:
                found[group] = dict(topics)
        return found

    async def _compared(self, read: dict[str, dict[str, dict[int, int]]]) -> tuple[Receipt, ...]:
        topics = {topic for by_topic in read.values() for topic in by_topic}
        places = [(topic, number) for topic in topics for number in range(self._partitions)]
        ends = await self._ends(places) if places else {}
        return tuple(
            Receipt(
                group,
                topic,
                len(offsets),
                sum(
                    max(0, ends[topic, number] - offsets.get(number, 0))
                    for number in range(self._partitions)
                ),
            )
            for group, by_topic in read.items()
            for topic, offsets in sorted(by_topic.items())
        )
