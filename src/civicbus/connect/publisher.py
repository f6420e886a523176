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
import functools
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, NoReturn, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from civicbus.broker.connection import check_reachable, client_options
from civicbus.connect.kafka import PublishError, broker_errors, find_partitions
from civicbus.connect.recount import Count, Recount
from civicbus.connect.stamping import stamp
from civicbus.domain.events import Annulment, Event, InvalidEventError, Refusal, SourceWatermark
from civicbus.domain.families import FAMILIES
from civicbus.registers.systems import System
from civicbus.settings import Settings
from civicbus.wire.codec import Codec
from civicbus.wire.guard_judge import CLOCK_TOLERANCE_MILLIS, MAX_VALUE_BYTES
from civicbus.wire.registry_client import configured_catalogue
from civicbus.wire.schemas import Catalogue
from civicbus.wire.topics import partition_of, watermark_key

RECORDS_BETWEEN_WATERMARKS = 10_000
LINGER_MS = 5
BATCH_BYTES = 128 * 1024
ACKNOWLEDGED_WITHIN = 60.0  # seconds; then the broker counts as lost
STOPPED_WITHIN = 5.0  # seconds
KEYS_REMEMBERED = 65_536


class Publisher:
    """Understands what one source has put on the bus. An asynchronous context manager.

    Raises:
        BrokerError: on entering, if the broker cannot be reached.
        PublishError: on entering, if a topic is missing; afterwards from every call, once a record
            was not acknowledged.
        CutLogError: on entering, if a topic has lost its beginning.
        SchemaError: on making, if the schemas or the registry are not as they must be.
    """

    def __init__(
        self, settings: Settings, system: System, catalogue: Catalogue | None = None
    ) -> None:
        self._settings = settings
        self._system = system
        self._codec = Codec(catalogue or configured_catalogue(settings.registry))
        self._watermark_key = watermark_key(system.source)
        self._counts: dict[TopicPartition, Count] = {}
        self._partitions = 0  # of each topic
        self._complete_through = Count().complete_through
        self._sequence = 0
        self._since_watermark = 0
        self._unacknowledged = 0
        self._all_acknowledged = asyncio.Event()
        self._all_acknowledged.set()
        self._failure: BaseException | None = None
        # A watermark must not slip between a record's counting and its sending.
        self._turn = asyncio.Lock()

    @property
    def sequence(self) -> int:
        """The highest source sequence that the source has ever published."""
        return self._sequence

    @property
    def complete_through(self) -> datetime:
        """The time up to which the source last said that it is complete; 1850 if it never did."""
        return self._complete_through

    async def __aenter__(self) -> Self:
        await check_reachable(self._settings)
        options = client_options(self._settings)
        with broker_errors(self._settings):
            async with AsyncExitStack() as stack:
                self._producer = AIOKafkaProducer(
                    **options,
                    enable_idempotence=True,
                    acks="all",
                    compression_type="lz4",
                    linger_ms=LINGER_MS,
                    max_batch_size=BATCH_BYTES,
                )
                stack.push_async_callback(self._producer.stop)
                await self._producer.start()
                await self._recount(options)
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
            with suppress(TimeoutError):
                async with asyncio.timeout(STOPPED_WITHIN):
                    await self._producer.stop()

    async def publish(self, event: Event, family: str | None = None) -> int:
        """Hand an event over to be sent; returns how many records that made.

        `family` says in which topic an Annulment or a Refusal belongs; other events know theirs.

        Raises:
            InvalidEventError: if the guard would refuse it: nobody concerned has an identifier, it
                is too large, or it was registered later than now.
            PublishError: if the source may not publish this, or as for the class.
        """
        topic = self._topic_of(event, family)
        check_not_ahead(event.header.registered_at, "header.registered_at")
        event = stamp(event, self._settings.environment, self._settings.secret_bytes())
        keys = event.header.keys()
        if not keys:
            rule = "nobody has an identifier, so no dossier can hold it"
            raise InvalidEventError("rule", "header.concerned", rule)
        value = self._codec.encode(event)
        if len(value) > MAX_VALUE_BYTES:
            raise InvalidEventError("size", "event", f"more than {MAX_VALUE_BYTES} bytes")
        async with self._turn:
            self._sequence = max(self._sequence, event.header.source_sequence)
            for key in keys:
                await self._send_record(topic, key.encode(), value)
            if self._since_watermark >= RECORDS_BETWEEN_WATERMARKS:
                await self._send_watermarks(self._complete_through)
        return len(keys)

    async def flush(self) -> None:
        """Wait until the broker has acknowledged every record that was handed over.

        Raises:
            PublishError: if it refused one, or stayed silent for a minute.
        """
        try:
            # Not wait_for: until Python 3.12 it can lose a cancellation, and a heartbeat goes on.
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                await self._all_acknowledged.wait()
        except TimeoutError as error:
            self._failure = self._failure or error
        self._check()

    async def watermark(self, complete_through: datetime) -> None:
        """Say that every act registered up to a time has been published; returns when it is said.

        Raises:
            InvalidEventError: if that time is yet to come.
            PublishError: as for the class. Then nothing can be said.
        """
        check_not_ahead(complete_through, "complete_through")
        async with self._turn:
            await self._send_watermarks(complete_through)
        await self.flush()

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

    def _topic_of(self, event: Event, family: str | None) -> str:
        kind = type(event).__name__
        own = None if isinstance(event, Annulment | Refusal) else event.family
        family = family or own
        if family is None:
            raise PublishError(f"{kind}: name the family of the topic in which it belongs")
        if own is not None and family != own:
            raise PublishError(f"{kind}: belongs in the family {own}, not in {family}")
        if family not in self._system.families:
            raise PublishError(
                f"{self._system.source} does not publish the family {family}; name it under "
                "publishes in its connector.toml"
            )
        if event.header.source != self._system.source:
            raise PublishError(f"{kind}: names another source than {self._system.source}")
        return FAMILIES[family].topic

    async def _send_record(self, topic: str, key: bytes, value: bytes) -> None:
        partition = TopicPartition(topic, _partition_of(key, self._partitions))
        await self._send(partition, key, value)
        count = self._counts[partition]
        self._counts[partition] = Count(count.records + 1, self._sequence)
        self._since_watermark += 1

    async def _send_watermarks(self, complete_through: datetime) -> None:
        await self.flush()
        for partition, count in self._counts.items():
            watermark = SourceWatermark(
                self._system.source,
                complete_through,
                self._sequence,
                count.records,
                self._settings.environment,
            )
            await self._send(partition, self._watermark_key, self._codec.encode(watermark))
        self._complete_through = complete_through
        self._since_watermark = 0

    async def _send(self, partition: TopicPartition, key: bytes, value: bytes) -> None:
        self._check()
        try:
            future = await self._producer.send(
                partition.topic, value, key, partition=partition.partition
            )
        except KafkaError as error:
            self._failure = self._failure or error
            self._check()
        self._unacknowledged += 1
        self._all_acknowledged.clear()
        future.add_done_callback(self._acknowledged)

    def _acknowledged(self, future: asyncio.Future[Any]) -> None:
        error = None if future.cancelled() else future.exception()
        self._failure = self._failure or error
        self._unacknowledged -= 1
        if self._unacknowledged == 0 or self._failure is not None:
            self._all_acknowledged.set()

    def _check(self) -> None:
        if self._failure is not None:
            with broker_errors(self._settings):
                raise self._failure

    async def _recount(self, options: dict[str, Any]) -> None:
        topics = [FAMILIES[family].topic for family in self._system.families]
        partitions = await find_partitions(self._producer, topics)
        self._partitions = len(partitions) // len(topics)
        recount = Recount(self._codec.catalogue, self._system, self._settings)
        async with AIOKafkaConsumer(**options, enable_auto_commit=False) as consumer:
            self._counts = await recount.read(consumer, partitions)
        self._sequence = max(count.sequence for count in self._counts.values())
        # A watermark is sent only after all partitions hold what it speaks of, so any one will do.
        self._complete_through = max(count.complete_through for count in self._counts.values())


def check_not_ahead(moment: datetime, where: str) -> None:
    """Refuse what the guard would refuse on arrival: a time that the bus has yet to see.

    Raises:
        InvalidEventError: with reason `rule`.
    """
    if (moment - datetime.now(UTC)).total_seconds() * 1000 > CLOCK_TOLERANCE_MILLIS:
        raise InvalidEventError("rule", where, "lies in the future; set the clock right")


@functools.lru_cache(maxsize=KEYS_REMEMBERED)
def _partition_of(key: bytes, partitions: int) -> int:
    return partition_of(key, partitions)
