"""The reader that runs ahead of a subscription whose events have to settle."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.subscribe.delivery import Reader
from civicbus.subscribe.settling import Settling

AT_ONCE = 2_000  # records
ASK_EVERY = 1.0  # seconds, for the ends


class Ahead:
    """Understands which event names which other, up to the topics' ends."""

    def __init__(self, options: Mapping[str, Any], settling: Settling, reader: Reader) -> None:
        self._options = options
        self._settling = settling
        self._reader = reader
        self._consumer: Any = None
        self._asked_at = 0.0

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(**self._options)
        await self._consumer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def begin(self, starts: Mapping[TopicPartition, int]) -> None:
        """Read on from here; other partitions are no longer ours."""
        self._consumer.assign(list(starts))
        for place, start in starts.items():
            self._consumer.seek(place, start)
            self._settling.begin(tuple(place))
        self._asked_at = 0.0

    async def read_on(self) -> None:
        """Take in what has come."""
        places = self._consumer.assignment()
        if not places:
            return
        for place, records in (await self._consumer.getmany(max_records=AT_ONCE)).items():
            judgement = self._reader.judge(place.topic, records)
            for delivery in self._reader.read(place.topic, records, judgement):
                self._settling.hear(tuple(place), delivery.event, delivery.recorded_at)
        if time.monotonic() - self._asked_at < ASK_EVERY:
            return
        self._asked_at = time.monotonic()
        now = datetime.now(UTC)
        for place, end in (await self._consumer.end_offsets(places)).items():
            if await self._consumer.position(place) >= end:
                self._settling.reached(tuple(place), now)
