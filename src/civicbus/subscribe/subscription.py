"""A subscription: the topics of some families, read on and on, or up to their present end.

Rule 1: asking for the next event is the receipt for the one before. A process that ends in between
is handed that one again; of a group each partition is read by one member.
Rule 2: whoever is in a group reads on where the group's receipts end. Where there is none yet, and
for whoever is in no group, reading begins at `since`, or with the oldest event.
Rule 3: what the guard refuses is not handed on; it is counted by reason.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from civicbus.broker.connection import BrokerError, consumer_options
from civicbus.broker.topics import list_topics
from civicbus.domain.families import FAMILIES
from civicbus.settings import Settings
from civicbus.subscribe.ahead import Ahead
from civicbus.subscribe.delivery import Delivery, Reader
from civicbus.subscribe.settling import Settling
from civicbus.wire.records import EPOCH, from_millis, to_millis
from civicbus.wire.registry_client import configured_catalogue

log = structlog.get_logger()

POLL_MS = 200
AT_ONCE = 500  # records
RECEIPT_EVERY = 1.0  # seconds

Divert = Callable[[Delivery], Awaitable[None]]


class Subscription:
    """Understands how far somebody has read. An asynchronous context manager; iterate it once.

    `group` names those who share the work and the receipts. `only` are record types, such as
    `Death`; `settled` is how long an event must have stood (`settling`). `each_person` hands an
    event on once for each person concerned. What comes of loads and migrations goes to `divert`
    where one is given. Without `follow` it ends at what was the end when it began. `publishers`
    says for each source in which families it may publish; without it the broker's access lists do.

    Raises:
        BrokerError: on entering, if the broker cannot be reached or a topic is missing.
        SchemaError: on making, if the schemas or the registry are not as they must be.
        ValueError: on making, for a family that does not exist.
    """

    def __init__(  # noqa: PLR0913 - each is a choice of the subscriber's
        self,
        settings: Settings,
        families: Collection[str],
        *,
        group: str | None = None,
        since: datetime = EPOCH,
        only: Collection[str] = (),
        settled: timedelta | None = None,
        divert: Divert | None = None,
        each_person: bool = False,
        follow: bool = True,
        publishers: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        if unknown := sorted(set(families) - FAMILIES.keys()):
            raise ValueError(f"no such family: {', '.join(unknown)}; {', '.join(FAMILIES)} are")
        self._settings = settings
        self._topics = [FAMILIES[name].topic for name in families]
        self._group = group
        self._since = since
        self._only = frozenset(only)
        self._divert = divert
        self._follow = follow
        self._reader = Reader(
            configured_catalogue(settings.registry),
            settings.environment,
            publishers,
            each_person=each_person,
        )
        self._settled_after = settled
        self._settling = None if settled is None else Settling(settled)
        self._ahead: Ahead | None = None
        self._consumer: Any = None
        self._ends: dict[TopicPartition, int] = {}
        self._receipts: dict[TopicPartition, int] = {}
        self._receipt_at = time.monotonic()
        self._idle = False  # what was polled has not settled yet
        self.refused: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        partitions = await list_topics(self._settings)
        if missing := [topic for topic in self._topics if topic not in partitions]:
            raise BrokerError(f"no topic {', '.join(missing)}; run `civicbus topics create`")
        options = consumer_options(self._settings)
        async with AsyncExitStack() as stack:
            self._consumer = AIOKafkaConsumer(**options, group_id=self._group)
            await self._consumer.start()
            stack.push_async_callback(self._consumer.stop)
            if self._settling is not None:
                self._ahead = Ahead(options, self._settling, self._reader)
                await stack.enter_async_context(self._ahead)
            if self._group is None:
                places = [
                    TopicPartition(topic, number)
                    for topic in self._topics
                    for number in range(partitions[topic])
                ]
                self._consumer.assign(places)
                await self._begin(places)
            else:
                self._consumer.subscribe(self._topics, listener=_Listener(self))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Hand in the receipts; the last one only if whoever had it has asked for more."""
        try:
            await self._hand_in()
        finally:
            await self._stack.aclose()

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        """The events, in the order of each partition."""
        async with aclosing(self._new()) as deliveries:
            async for delivery in deliveries:
                if delivery.is_bulk and self._divert is not None:
                    await self._divert(delivery)
                else:
                    yield delivery

    async def _new(self) -> AsyncGenerator[Delivery]:
        while not await self._is_over():
            if self._ahead is not None:
                await self._ahead.read_on()
            self._idle = False
            polled = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=AT_ONCE)
            for place, records in polled.items():
                async with aclosing(self._of(place, records)) as deliveries:
                    async for delivery in deliveries:
                        yield delivery
                        self._receipts[place] = delivery.offset + 1
                        await self._hand_in_if_due()
            await self._hand_in_if_due()
            if self._idle:
                await asyncio.sleep(POLL_MS / 1000)

    async def _of(self, place: TopicPartition, records: list[Any]) -> AsyncGenerator[Delivery]:
        """What a subscriber is to have of records of one partition."""
        records = [record for record in records if record.offset < self._end(place)]
        if self._settling is not None:
            records = self._settled(place, records)
        judgement = self._reader.judge(place.topic, records)
        for item in judgement.refused:
            self.refused[item.reason] += 1
            log.warning(
                "record_not_handed_on", topic=place.topic, partition=place.partition,
                offset=records[item.index].offset, reason=item.reason,
            )  # fmt: skip
        for delivery in self._reader.read(place.topic, records, judgement):
            is_new = self._reader.is_new(place.topic, delivery)
            holds = self._settling is None or self._settling.holds(tuple(place), delivery)
            wanted = not self._only or type(delivery.event).__name__ in self._only
            if is_new and holds and wanted:
                yield delivery
        if records:
            self._receipts[place] = records[-1].offset + 1

    def _settled(self, place: TopicPartition, records: list[Any]) -> list[Any]:
        """Those that have settled; the consumer goes back to the first that has not."""
        assert self._settling is not None
        for count, record in enumerate(records):
            if not self._settling.has_settled(tuple(place), from_millis(record.timestamp)):
                self._consumer.seek(place, record.offset)
                self._idle = not count
                return records[:count]
        return records

    async def _is_over(self) -> bool:
        if self._follow or not self._ends:
            return False  # in a group nothing may have been assigned yet
        for place in self._consumer.assignment():
            if await self._consumer.position(place) < self._end(place):
                return False
        return True

    def _end(self, place: TopicPartition) -> int:
        """Before which offset a subscription that does not follow ends."""
        return 2**63 - 1 if self._follow else self._ends.get(place, 0)

    async def _begin(self, places: Collection[TopicPartition]) -> None:
        """Seek to where reading begins, in the partitions that have just become ours."""
        if not places:
            return
        ends = await self._consumer.end_offsets(places)
        self._ends = ends
        if self._settled_after is not None and not self._follow:
            self._ends = await self._offsets_at(datetime.now(UTC) - self._settled_after, ends)
        starts = await self._offsets_at(self._since, ends)
        for place in places:
            if self._group is not None:
                committed = await self._consumer.committed(place)
                starts[place] = starts[place] if committed is None else committed
            self._consumer.seek(place, starts[place])
        if self._ahead is not None:
            await self._ahead.begin(starts)

    async def _offsets_at(
        self, moment: datetime, ends: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """The first offset recorded at a time or later, in each partition; its end if none is."""
        if moment <= EPOCH:
            return dict(await self._consumer.beginning_offsets(ends))
        found = await self._consumer.offsets_for_times(dict.fromkeys(ends, to_millis(moment)))
        return {place: end if found[place] is None else found[place].offset
                for place, end in ends.items()}  # fmt: skip

    async def _hand_in_if_due(self) -> None:
        if time.monotonic() - self._receipt_at >= RECEIPT_EVERY:
            await self._hand_in()

    async def _hand_in(self) -> None:
        self._receipt_at = time.monotonic()
        ours = self._consumer.assignment()
        due = {place: offset for place, offset in self._receipts.items() if place in ours}
        self._receipts.clear()
        if due and self._group is not None:
            try:
                await self._consumer.commit(due)
            except KafkaError as error:
                # Whoever has the partitions now is handed the same events again.
                log.warning("receipts_not_taken", error=type(error).__name__)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka gives it no type
    """Hands receipts in before partitions go, and begins where those that come were left."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    async def on_partitions_revoked(self, _revoked: Collection[TopicPartition]) -> None:
        await self._subscription._hand_in()  # noqa: SLF001 - it is the subscription's own

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self._subscription._begin(assigned)  # noqa: SLF001
