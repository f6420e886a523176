"""Asks the broker itself which record comes first from an offset on.

Offsets can hold nothing: a transaction's marks, or records that the broker has deleted. Whether it
is so, or a block was lost on its way, only the broker can tell; so it is asked, over a connection
of its own, and nothing is concluded from what arrived when.
"""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.connection import client_options
from civicbus.settings import Settings

ANSWERS_WITHIN = 10.0  # seconds


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
        async with self._asking, asyncio.timeout(ANSWERS_WITHIN):
            consumer = await self._connected()
            consumer.assign([place])
            try:
                consumer.seek(place, offset)
                record = await consumer.getone(place)
            finally:
                consumer.assign([])
        return int(record.offset)

    async def close(self) -> None:
        """Close the connection."""
        if self._consumer is not None:
            consumer, self._consumer = self._consumer, None
            await consumer.stop()

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            self._consumer = AIOKafkaConsumer(
                **client_options(self._settings),
                enable_auto_commit=False,
                auto_offset_reset="earliest",
            )
            await self._consumer.start()
        return self._consumer
