"""The publisher: a source's events onto the bus, and its word on how far they are complete.

Rule 1: an event goes, with the same bytes, once under the key of each person concerned.
Rule 2: a watermark counts every record of the source before it in its partition. The counts come
from the log at each start (`recount`), so a crash between records and watermark does no harm.
Rule 3: when one record was not acknowledged nobody knows what the log holds, so the publisher
refuses everything after it; a new one counts again.

A source has one publisher at a time. Two at once would each count only their own records.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, NoReturn, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.connection import check_reachable, consumer_options
from civicbus.connect.kafka import broker_errors
from civicbus.connect.kept_position import encode_position, read_position
from civicbus.connect.packing import Packed, Packer, check_not_ahead
from civicbus.connect.recount import Count, Recount
from civicbus.connect.refusals import Refusals, read_refusals
from civicbus.connect.sender import KeyAndValue, Sender
from civicbus.domain.events import Event, Refusal, SourceWatermark
from civicbus.domain.families import FAMILIES
from civicbus.registers.systems import System
from civicbus.settings import Settings
from civicbus.wire.registry_client import configured_catalogue
from civicbus.wire.row_notes import RowNote
from civicbus.wire.schemas import Catalogue
from civicbus.wire.topics import (
    POSITION_TOPIC,
    REFUSED_ROW_TOPIC,
    partition_of,
    partitions_of,
    watermark_key,
)

RECORDS_BETWEEN_WATERMARKS = 100_000


class Publisher:
    """Understands what one source has put on the bus. An asynchronous context manager.

    `recount_all` counts what the log holds from its beginning, in place of believing the source's
    last watermark (`recount` says when).

    Raises:
        BrokerError: on entering, if the broker cannot be reached.
        PublishError: on entering, if a topic is missing; afterwards from every call, once a record
            was not acknowledged.
        CutLogError: on entering, if a topic has lost its beginning.
        SchemaError: on making, if the schemas or the registry are not as they must be.
    """

    def __init__(
        self,
        settings: Settings,
        system: System,
        catalogue: Catalogue | None = None,
        *,
        recount_all: bool = False,
    ) -> None:
        self.settings = settings
        self._system = system
        self._recount_all = recount_all
        catalogue = catalogue or configured_catalogue(settings.registry)
        self.packer = Packer(settings, system, catalogue)
        self._sender = Sender(settings)
        self._watermark_key = watermark_key(system.source)
        self._counts: dict[TopicPartition, Count] = {}
        self._partitions = 0  # of each topic
        self._complete_through = Count().complete_through
        self._sequence = 0
        self._since_watermark = 0
        # A watermark must not slip between a record's counting and its sending.
        self._turn = asyncio.Lock()
        self.refusals = Refusals()
        self.position: Mapping[str, Any] | None = None  # where to read on, as last kept

    @property
    def source(self) -> str:
        """The name of the source."""
        return self._system.source

    @property
    def sequence(self) -> int:
        """The highest source sequence that the source has ever published."""
        return self._sequence

    @property
    def complete_through(self) -> datetime:
        """The time up to which the source last said that it is complete; 1850 if it never did."""
        return self._complete_through

    async def __aenter__(self) -> Self:
        await check_reachable(self.settings)
        with broker_errors(self.settings):
            async with AsyncExitStack() as stack:
                await self._sender.start()
                stack.push_async_callback(self._sender.stop)
                await self._recount()
                stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Wait for the acknowledgements, unless something has failed already; then disconnect."""
        try:
            if error is None:
                await self.flush()
        finally:
            await self._sender.stop()

    async def publish(self, event: Event, family: str | None = None) -> int:
        """Hand an event over to be sent soon; returns how many records that made.

        `family` says in which topic an Annulment or a Refusal belongs; other events know theirs.

        Raises:
            InvalidEventError: if the guard would refuse it: nobody concerned has an identifier, it
                is too large, or it was registered later than now.
            PublishError: if the source may not publish this, or as for the class.
        """
        packed = self.packer.pack_one(event, family)
        async with self._turn:
            with self._sender.wholly():
                for partition, records in self._counted([packed]).items():
                    for key, value in records:
                        await self._sender.send(partition, key, value)
            await self._count_aloud_if_due()
        return len(packed.keys)

    async def publish_block(self, events: Sequence[Packed]) -> None:
        """Hand over events that `packer` has packed; they go in whole batches, or at `flush`.

        Raises:
            PublishError: as for the class.
        """
        async with self._turn:
            with self._sender.wholly():
                for partition, records in self._counted(events).items():
                    await self._sender.put(partition, records)
            await self._count_aloud_if_due()

    async def note(self, notes: Sequence[tuple[RowNote, Refusal]]) -> None:
        """Note that refusals are raised or settled; returns when the broker has it.

        Raises:
            PublishError: as for the class.
        """
        if not notes:
            return
        for note, refusal in notes:
            value = b"" if note.settled else self.packer.codec.encode(refusal)
            key = note.refusal.encode()
            await self._sender.send(self._own(REFUSED_ROW_TOPIC), key, value, note.headers())
        await self._sender.acknowledged()
        now = datetime.now(UTC)
        for note, refusal in notes:
            self.refusals.take(note, refusal, now)

    async def keep(self, position: Mapping[str, Any]) -> None:
        """Keep where to read on, once all that was handed over is acknowledged.

        Raises:
            PublishError: as for the class.
        """
        await self.flush()
        key = self._system.source.encode()
        await self._sender.send(self._own(POSITION_TOPIC), key, encode_position(position))
        await self._sender.acknowledged()
        self.position = position

    async def flush(self) -> None:
        """Wait until the broker has acknowledged every record that was handed over.

        Raises:
            PublishError: if it refused one, or stayed silent for a minute.
        """
        async with self._turn:
            await self._sender.push()
        await self._sender.acknowledged()

    async def watermark(self, complete_through: datetime) -> None:
        """Say that every act registered up to a time has been published; returns when it is said.

        Raises:
            InvalidEventError: if that time is yet to come.
            PublishError: as for the class. Then nothing can be said.
        """
        check_not_ahead(complete_through, "complete_through")
        async with self._turn:
            await self._send_watermarks(complete_through)
        await self._sender.acknowledged()

    async def heartbeat(self, every: float, complete_through: Callable[[], datetime]) -> NoReturn:
        """Say every so many seconds how far the source is complete; run it as a task.

        `complete_through` must not run ahead: what was registered up to the time it returns must
        have been handed to `publish` before it is called.

        Raises:
            PublishError: as for the class.
        """
        while True:
            await self.watermark(complete_through())
            await asyncio.sleep(every)

    def _counted(self, events: Sequence[Packed]) -> dict[TopicPartition, list[KeyAndValue]]:
        """The records of some events by partition; from here on they count as published."""
        numbers = iter(
            partitions_of([key for event in events for key in event.keys], self._partitions)
        )
        found: defaultdict[tuple[str, int], list[KeyAndValue]] = defaultdict(list)
        for topic, keys, value, _ in events:
            for key in keys:
                found[topic, next(numbers)].append((key, value))
        self._sequence = max(self._sequence, *(event.sequence for event in events), 0)
        by_partition = {TopicPartition(*place): records for place, records in found.items()}
        for partition, records in by_partition.items():
            before = self._counts[partition].records
            self._counts[partition] = Count(before + len(records), self._sequence)
            self._since_watermark += len(records)
        return by_partition

    async def _count_aloud_if_due(self) -> None:
        if self._since_watermark >= RECORDS_BETWEEN_WATERMARKS:
            await self._send_watermarks(self._complete_through)

    async def _send_watermarks(self, complete_through: datetime) -> None:
        await self._sender.push()
        await self._sender.acknowledged()
        for partition, count in self._counts.items():
            watermark = SourceWatermark(
                self._system.source,
                complete_through,
                self._sequence,
                count.records,
                self.settings.environment,
            )
            value = self.packer.codec.encode(watermark)
            await self._sender.send(partition, self._watermark_key, value)
        self._complete_through = complete_through
        self._since_watermark = 0

    def _own(self, topic: str) -> TopicPartition:
        """Where the source has what it keeps for itself."""
        number = partition_of(self._system.source.encode(), self._partitions)
        return TopicPartition(topic, number)

    async def _recount(self) -> None:
        topics = [FAMILIES[family].topic for family in self._system.families]
        partitions = await self._sender.partitions(topics)
        self._partitions = len(partitions) // len(topics)
        recount = Recount(
            self.packer.codec.catalogue, self._system, self.settings, anew=self._recount_all
        )
        options = consumer_options(self.settings)
        async with AIOKafkaConsumer(**options) as consumer:
            self._counts = await recount.read(consumer, partitions)
        source = self._system.source
        await self._sender.partitions([REFUSED_ROW_TOPIC, POSITION_TOPIC])
        async with AIOKafkaConsumer(**options) as consumer:
            self.refusals = await read_refusals(
                consumer, self._own(REFUSED_ROW_TOPIC), source, self.packer.codec
            )
            self.position = await read_position(consumer, self._own(POSITION_TOPIC), source)
        self._sequence = max(count.sequence for count in self._counts.values())
        # A watermark is sent only after all partitions hold what it speaks of, so any one will do.
        self._complete_through = max(count.complete_through for count in self._counts.values())
