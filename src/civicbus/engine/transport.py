"""Faust in blocks: a transport that hands Faust many records as one.

Faust pays about 0.2 ms for each message that it carries. Here it carries one block of up to
`broker_max_poll_records` records of one partition; the block's offset is that of its last record,
and Faust already understands offset gaps. Agents, flow control, rebalancing, sensors and the web
site stay Faust's own.

After an assignment the consumer seeks to the store's offsets, never to the group's: those are for
lag displays only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from civicbus.broker.connection import READ_COMMITTED
from civicbus.engine.ownership import Lease
from civicbus.wire.judgement import Judgement
from civicbus.wire.topics import PERSON_TOPICS

NextOffset = Callable[[str, int], int]
Ahead = Callable[["Block"], None]

# How long a broker may hold an empty answer back. Apache Kafka answers at once when a record comes;
# the built-in broker only when this time is over, and Faust would ask for a second and a half.
FETCH_MAX_WAIT_MS = 100


class HasStores(Protocol):
    """The app as the consumer sees it; `ahead` is told of each block when it comes."""

    next_offset: NextOffset
    lease: Lease
    ahead: Ahead


class Block:
    """Records of one partition, in order, dressed as the one record that Faust carries.

    `fetched_at` is in seconds of the monotonic clock. `verdict` is the guard's, where it has been
    asked already.
    """

    headers: tuple[()] = ()
    key = b""
    checksum = None
    serialized_key_size = 0
    serialized_value_size = 0

    def __init__(self, records: Sequence[Any]) -> None:
        last = records[-1]
        self.topic: str = last.topic
        self.partition: int = last.partition
        self.offset: int = last.offset
        self.timestamp: int = last.timestamp
        self.timestamp_type: int = last.timestamp_type
        self.records = records
        self.fetched_at = time.monotonic()
        self.verdict: Future[Judgement] | None = None

    @property
    def value(self) -> Block:
        """What Faust hands to the agent: the block itself."""
        return self


class PromptThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread, which hears of new records without delay from any broker.

    It renews the worker's lease with each heartbeat that the coordinator has answered.
    """

    async def on_start(self) -> None:
        await super().on_start()
        coordinator = cast(Any, self._consumer)._coordinator  # noqa: SLF001 - aiokafka tells nobody
        lease = cast(HasStores, self.app).lease
        beat = coordinator._do_heartbeat  # noqa: SLF001

        async def renewing() -> bool:
            asked = time.monotonic()
            heard: bool = await beat()
            # Also heard while the group rebalances; but then the partitions may be on their way.
            if heard and not coordinator._rejoin_needed_fut.done():  # noqa: SLF001
                lease.renew(asked)
            return heard

        coordinator._do_heartbeat = renewing  # noqa: SLF001

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Faust has no settings for these.
        consumer._fetch_max_wait_ms = FETCH_MAX_WAIT_MS  # noqa: SLF001
        consumer._isolation_level = READ_COMMITTED  # noqa: SLF001
        return consumer


class BlockConsumer(driver.Consumer):
    """Faust's consumer, with blocks for the person topics and the store's offsets."""

    def _new_consumer_thread(self) -> PromptThread:
        return PromptThread(self, loop=self.loop, beacon=self.beacon)

    async def _getmany(
        self,
        active_partitions: set[TP] | None,
        timeout: float,  # noqa: ASYNC109 - Faust's own signature
    ) -> Mapping[TP, list[Any]]:
        fetched = await super()._getmany(active_partitions=active_partitions, timeout=timeout)
        return {
            tp: [self._block(records)] if tp.topic in PERSON_TOPICS else records
            for tp, records in fetched.items()
            if records
        }

    def _block(self, records: Sequence[Any]) -> Block:
        block = Block(records)
        cast(HasStores, self.app).ahead(block)
        return block

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Nothing: Faust would note every offset before a block's last as one that is missing."""

    def _new_offset(self, tp: TP) -> int | None:
        """The offset to commit: behind the last block that was handed on, for lag displays only."""
        acked = self._acked[tp]
        newest: int | None = max(acked, default=None)
        acked.clear()
        self._acked_index[tp].clear()
        return None if newest is None else newest + 1

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek to where the stores want to read on; returns the offsets."""
        offsets = dict(await super().seek_to_committed())
        app = cast(HasStores, self.app)
        own = {
            TP(*tp): app.next_offset(tp.topic, tp.partition)
            for tp in self.assignment()
            if tp.topic in PERSON_TOPICS
        }
        if own:
            await self.seek_wait(own)
        return offsets | own


class BlockTransport(driver.Transport):
    """Faust's aiokafka transport with our consumer."""

    Consumer = BlockConsumer
