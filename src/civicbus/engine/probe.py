"""Asks the broker itself where a topic's records are, over a connection of its own.

Offsets can hold nothing: a transaction's marks, or records that the broker has deleted. Whether it
is so, or a block was lost on its way, only the broker can tell; so it is asked, and nothing is
concluded from what arrived when. Nor from what does not arrive: the worker's own consumer may be
what has fallen silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.connection import consumer_options
from civicbus.settings import Settings

ANSWERS_WITHIN = 10.0  # seconds
POLL_MS = 200
FETCH_BYTES = 16 * 1024  # or one batch: nobody wants more than its first record

Place = tuple[str, int]  # topic, partition


class Probe:
    """Understands where a topic's records are. It is connected when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer: AIOKafkaConsumer | None = None
        self._asking = asyncio.Lock()

    async def first_at(self, topic: str, partition: int, offset: int) -> int:
        """The offset of the first record at this one or after it.

        Raises:
            KafkaError, TimeoutError: if the broker does not say so in time.
        """
        place = TopicPartition(topic, partition)
        async with self._asked() as consumer:
            consumer.assign([place])
            try:
                consumer.seek(place, offset)
                record = await consumer.getone(place)
            finally:
                consumer.assign([])
        return int(record.offset)

    async def is_empty(self, topic: str, partition: int, offset: int, end: int) -> bool:
        """True if there is no record at this offset or after it and before the end.

        Raises:
            KafkaError, TimeoutError: as `first_at`.
        """
        place = TopicPartition(topic, partition)
        async with self._asked() as consumer:
            consumer.assign([place])
            try:
                consumer.seek(place, offset)
                while await consumer.position(place) < end:
                    polled = await consumer.getmany(place, timeout_ms=POLL_MS, max_records=1)
                    for record in polled.get(place, ()):
                        return bool(record.offset >= end)
            finally:
                consumer.assign([])
        return True

    async def ends(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """The offset behind the last record of each topic's partition.

        Raises:
            KafkaError, TimeoutError: as `first_at`.
        """
        async with self._asked() as consumer:
            found = await consumer.end_offsets([TopicPartition(*place) for place in places])
        return {(tp.topic, tp.partition): end for tp, end in found.items()}

    async def close(self) -> None:
        """Close the connection."""
        if self._consumer is not None:
            consumer, self._consumer = self._consumer, None
            await consumer.stop()

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[AIOKafkaConsumer]:
        """The connection for one question; whoever failed with it gets a new one next time."""
        async with self._asking, asyncio.timeout(ANSWERS_WITHIN):
            try:
                if self._consumer is None:
                    self._consumer = AIOKafkaConsumer(
                        **consumer_options(self._settings),
                        auto_offset_reset="earliest",
                        max_partition_fetch_bytes=FETCH_BYTES,
                        request_timeout_ms=int(ANSWERS_WITHIN * 1000),
                    )
                    await self._consumer.start()
                yield self._consumer
            except BaseException:
                await self.close()
                raise
