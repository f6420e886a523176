"""From a department's file onto the bus: map, publish, and say what became of every row."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from civicbus.connect.ceiling import Ceiling
from civicbus.connect.connector import Connector
from civicbus.connect.mapped import records_in
from civicbus.connect.packing import Packed
from civicbus.connect.pool import mapped_apart
from civicbus.connect.publisher import Publisher
from civicbus.connect.rows import Record, RefusedRow
from civicbus.connect.settling import Settling
from civicbus.connect.stretch import RECORDS, Stretch, stretch_of

MAX_REFUSED_KEPT = 10_000


@dataclass(slots=True)
class Delivery:
    """What became of a file. `records` counts by topic; one event is one record a person.

    Of the refused rows at most 10,000 are kept; `refused_count` has them all, and `reasons` all by
    their reason. `settled` counts the refusals of before that ended. `elapsed` is in
    seconds; `seconds` says how long it took to map, to encode, and to send, over all processes; the
    broker works beside.
    """

    events: int = 0
    records: Counter[str] = field(default_factory=Counter)
    refused: list[RefusedRow] = field(default_factory=list)
    refused_count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    settled: int = 0
    elapsed: float = 0.0
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def enter(self, stretch: Stretch) -> None:
        """Count what became of a stretch of the file."""
        self.count(stretch.packed)
        self.refused_count += len(stretch.refused)
        self.reasons.update(row.reason for row in stretch.refused)
        self.refused += stretch.refused[: MAX_REFUSED_KEPT - len(self.refused)]
        self.seconds["mapping"] += stretch.mapping
        self.seconds["encoding"] += stretch.encoding

    def add(self, other: Delivery) -> None:
        """Count what became of more of the same source."""
        self.events += other.events
        self.records += other.records
        self.refused_count += other.refused_count
        self.reasons += other.reasons
        self.refused += other.refused[: MAX_REFUSED_KEPT - len(self.refused)]
        self.settled += other.settled
        self.elapsed += other.elapsed
        for work, seconds in other.seconds.items():
            self.seconds[work] += seconds

    def count(self, published: Sequence[Packed]) -> None:
        """Count events."""
        self.events += len(published)
        for event in published:
            self.records[event.topic] += len(event.keys)


def ignore(events: int) -> None:
    """Progress that nobody watches."""


async def deliver(
    connector: Connector,
    stream: BinaryIO,
    name: str,
    publisher: Publisher,
    now: datetime,
    progress: Callable[[int], None] = ignore,
    processes: int = 1,
    whole_at: datetime | None = None,
) -> Delivery:
    """Publish what a file holds; returns when every record is acknowledged.

    `name` stands for the file in errors. `progress` is told from time to time how many events have
    been published. With more than one process, rows are mapped in so many beside this one.
    `whole_at` is given if the file holds the whole register, as it was at that time or later.
    Refusals of before that the file shows to be over are annulled (`connect.refusals`).

    Raises:
        UnreadableFileError: if nothing of the file can be read.
        PublishError: if a record was not acknowledged; the file can be delivered again.
        BurstError: if more acts of a day come than expected; what stood before is published.
    """
    delivery = Delivery()
    settling = Settling(publisher)
    ceiling = Ceiling(connector.system.source, connector.system.ceilings)
    started = time.perf_counter()
    records = _stretches(records_in(stream, name, connector.system.input))
    if processes > 1:
        catalogue = publisher.packer.codec.catalogue
        stretches = mapped_apart(publisher.settings, connector, catalogue, records, now, processes)
    else:
        stretches = _mapped_here(connector, publisher, records, now)
    async with aclosing(stretches):
        async for stretch in stretches:
            ceiling.check(stretch.days)
            delivery.enter(stretch)
            sent = time.perf_counter()
            await publisher.publish_block(stretch.packed)
            delivery.count(await settling.take(stretch))
            delivery.seconds["sending"] += time.perf_counter() - sent
            progress(delivery.events)
            await asyncio.sleep(0)  # others on the loop have their turn, the sending among them
    sent = time.perf_counter()
    if whole_at is not None:
        delivery.count(await settling.whole(whole_at))
    await publisher.flush()
    await settling.close()
    delivery.settled = len(settling.over)
    delivery.elapsed = time.perf_counter() - started
    delivery.seconds["sending"] += time.perf_counter() - sent
    return delivery


def _stretches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while stretch := list(islice(records, RECORDS)):
        yield stretch


async def _mapped_here(
    connector: Connector, publisher: Publisher, stretches: Iterable[list[Record]], now: datetime
) -> AsyncGenerator[Stretch]:
    for records in stretches:
        yield stretch_of(connector, publisher.packer, records, now)
