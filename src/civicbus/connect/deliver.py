"""From a department's file onto the bus: map, publish, and say what became of every row."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from civicbus.connect.connector import Connector
from civicbus.connect.mapping import Filed
from civicbus.connect.packing import Packed
from civicbus.connect.publisher import Publisher
from civicbus.connect.rows import RefusedRow
from civicbus.connect.runner import run
from civicbus.domain.events import InvalidEventError

MAX_REFUSED_KEPT = 10_000
TURN = 50  # events; then others on the loop have theirs, the sending of batches among them
BLOCK = 4_096  # events; they are encoded together

Waiting = tuple[int, Filed]  # the line that it comes from, and the event


@dataclass(slots=True)
class Delivery:
    """What became of a file. `records` counts by topic; one event is one record a person.

    Of the refused rows at most 10,000 are kept; `refused_count` has them all. `seconds` says how
    long it took to map, to encode, and to send; the broker works beside all three.
    """

    events: int = 0
    records: Counter[str] = field(default_factory=Counter)
    refused: list[RefusedRow] = field(default_factory=list)
    refused_count: int = 0
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def refuse(self, row: RefusedRow) -> None:
        """Count a refused row."""
        self.refused_count += 1
        if len(self.refused) < MAX_REFUSED_KEPT:
            self.refused.append(row)

    def enter(
        self, waiting: Sequence[Waiting], packed: Iterable[Packed | InvalidEventError]
    ) -> list[Packed]:
        """Count what became of some events; returns those that go onto the bus."""
        going = []
        for (line, _), outcome in zip(waiting, packed, strict=True):
            if isinstance(outcome, InvalidEventError):
                remedy = f"{outcome}; correct it in the register"
                self.refuse(RefusedRow(line, outcome.field, outcome.reason, remedy))
                continue
            going.append(outcome)
            self.records[outcome.topic] += len(outcome.keys)
        self.events += len(going)
        return going

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Count the time that a piece of work takes."""
        started = time.perf_counter()
        yield
        self.seconds[what] += time.perf_counter() - started


def ignore(events: int) -> None:
    """Progress that nobody watches."""


async def deliver(
    connector: Connector,
    stream: BinaryIO,
    name: str,
    publisher: Publisher,
    now: datetime,
    progress: Callable[[int], None] = ignore,
) -> Delivery:
    """Publish what a file holds; returns when every record is acknowledged.

    `name` stands for the file in errors. `progress` is told from time to time how many
    events have been mapped.

    Raises:
        UnreadableFileError: if nothing of the file can be read.
        PublishError: if a record was not acknowledged; the file can be delivered again.
    """
    delivery = Delivery()
    started = time.perf_counter()
    waiting: list[Waiting] = []
    mapped_events = 0
    for mapped in run(connector, stream, name, now):
        for row in mapped.refused:
            delivery.refuse(row)
        for filed in mapped.filed:
            waiting.append((mapped.line, filed))
            mapped_events += 1
            if mapped_events % TURN == 0:
                progress(mapped_events)
                await asyncio.sleep(0)
        if len(waiting) >= BLOCK:
            await _publish(publisher, waiting, delivery)
            waiting = []
    await _publish(publisher, waiting, delivery)
    with delivery.timed("sending"):
        await publisher.flush()
    delivery.seconds["mapping"] = time.perf_counter() - started - sum(delivery.seconds.values())
    return delivery


async def _publish(publisher: Publisher, waiting: Sequence[Waiting], delivery: Delivery) -> None:
    with delivery.timed("encoding"):
        packed = publisher.packer.pack([filed for _, filed in waiting])
        going = delivery.enter(waiting, packed)
    with delivery.timed("sending"):
        await publisher.publish_block(going)
