"""Records on their way to the broker: sent, in flight, acknowledged.

Rule 1: the producer is idempotent. It numbers the batches of a partition and has one of them in
flight, so a batch that is sent again after an error stands in the log once and in order. That holds
for batches that are built here as well: aiokafka numbers each when it first sends it.
Rule 2: once a record was not acknowledged nobody knows what the log holds, and everything after it
is refused.
Rule 3: memory is bounded. At most `BATCHES_IN_FLIGHT` full batches wait for the broker, beside one
that is being filled for each partition.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from civicbus.broker.connection import client_options
from civicbus.connect.kafka import broker_errors, find_partitions
from civicbus.settings import Settings

LINGER_MS = 5
BATCH_BYTES = 128 * 1024
BATCHES_IN_FLIGHT = 64
# aiokafka asks lz4 for its slowest level: 2.0 ms for a batch that zstd packs a quarter smaller in
# 0.3 ms. The broker keeps what it gets in its topics' own form.
COMPRESSION = "zstd"
ACKNOWLEDGED_WITHIN = 60.0  # seconds; then the broker counts as lost
STOPPED_WITHIN = 5.0  # seconds

KeyAndValue = tuple[bytes, bytes]


class InterruptedSendError(KafkaError):  # type: ignore[misc]  # aiokafka gives it no type
    """Some records of a piece were sent, and others not."""


class Sender:
    """Understands which records the broker has yet to acknowledge.

    Raises:
        PublishError: from every call, once a record was not acknowledged.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: dict[TopicPartition, Any] = {}
        self._unacknowledged = 0
        self._all_acknowledged = asyncio.Event()
        self._all_acknowledged.set()
        self._room = asyncio.Semaphore(BATCHES_IN_FLIGHT)
        self._failure: BaseException | None = None

    async def start(self) -> None:
        """Connect."""
        self._producer = AIOKafkaProducer(
            **client_options(self._settings),
            enable_idempotence=True,
            acks="all",
            compression_type=COMPRESSION,
            linger_ms=LINGER_MS,
            max_batch_size=BATCH_BYTES,
        )
        try:
            await self._producer.start()
        except BaseException:
            await self._producer.stop()
            raise

    async def stop(self) -> None:
        """Disconnect; a broker that is lost is not waited for, and is sent nothing later."""
        try:
            async with asyncio.timeout(STOPPED_WITHIN):
                await self._producer.stop()
        except TimeoutError:
            await self._abandon()

    async def _abandon(self) -> None:
        """Give up what the broker has not acknowledged.

        The client, which has no way of its own to do so, would go on beside us and send it when the
        broker is back: records that whoever publishes next has not counted.
        """
        sends = self._producer._sender.sender_task  # noqa: SLF001 - as told
        sends.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOPPED_WITHIN):
                await self._producer.client.close()  # what is in flight fails, and goes no more
                await asyncio.wait({sends})

    async def partitions(self, topics: Iterable[str]) -> list[TopicPartition]:
        """Every partition of some topics; errors as for `find_partitions`."""
        return await find_partitions(self._producer, topics)

    async def send(
        self,
        partition: TopicPartition,
        key: bytes,
        value: bytes,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Send a record at once, behind whatever was put for its partition before."""
        self._check()
        if partition in self._open:
            await self._dispatch(partition)
        with self._noticing():
            self._expect(
                await self._producer.send(
                    partition.topic,
                    value,
                    key,
                    partition=partition.partition,
                    headers=list(headers),
                )
            )

    async def put(self, partition: TopicPartition, records: Iterable[KeyAndValue]) -> None:
        """Put records into the partition's batch, which goes when it is full; see `push`."""
        self._check()
        now = int(time.time() * 1000)
        batch = self._open.get(partition)
        for key, value in records:
            if batch is None or batch.append(timestamp=now, key=key, value=value) is None:
                if batch is not None:
                    await self._dispatch(partition)
                batch = self._open[partition] = self._producer.create_batch()
                batch.append(timestamp=now, key=key, value=value)

    async def push(self) -> None:
        """Send the batches that are not full."""
        for partition in list(self._open):
            await self._dispatch(partition)

    async def acknowledged(self) -> None:
        """Return when the broker has acknowledged whatever was sent."""
        try:
            # Not wait_for: until Python 3.12 it can lose a cancellation, and a heartbeat goes on.
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                await self._all_acknowledged.wait()
        except TimeoutError as error:
            self._failure = self._failure or error
        self._check()

    @contextmanager
    def wholly(self) -> Iterator[None]:
        """Whoever is cancelled in here has sent a part, so nothing may follow it."""
        try:
            yield
        except BaseException:
            self._failure = self._failure or InterruptedSendError()
            raise

    async def _dispatch(self, partition: TopicPartition) -> None:
        """Send a batch; one that could not be handed over, since we were cancelled, stays here."""
        batch = self._open[partition]
        batch.close()
        with self._noticing():
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                await self._room.acquire()
            try:
                future = await self._producer.send_batch(
                    batch, partition.topic, partition=partition.partition
                )
            except BaseException:
                self._room.release()
                raise
            del self._open[partition]
            future.add_done_callback(lambda _: self._room.release())
            self._expect(future)

    def _expect(self, future: asyncio.Future[Any]) -> None:
        self._unacknowledged += 1
        self._all_acknowledged.clear()
        future.add_done_callback(self._acknowledged)

    def _acknowledged(self, future: asyncio.Future[Any]) -> None:
        error = None if future.cancelled() else future.exception()
        self._failure = self._failure or error
        self._unacknowledged -= 1
        if self._unacknowledged == 0 or self._failure is not None:
            self._all_acknowledged.set()

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except (KafkaError, TimeoutError) as error:
            self._failure = self._failure or error
            self._check()

    def _check(self) -> None:
        if self._failure is not None:
            with broker_errors(self._settings):
                raise self._failure
