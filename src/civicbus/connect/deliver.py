"""From a department's file onto the bus: map, publish, and say what became of every row."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from civicbus.connect.connector import Connector
from civicbus.connect.publisher import Publisher
from civicbus.connect.rows import RefusedRow
from civicbus.connect.runner import run
from civicbus.domain.events import InvalidEventError
from civicbus.domain.families import FAMILIES

MAX_REFUSED_KEPT = 10_000
TURN = 50  # events; then others on the loop have theirs, the sending of batches among them


@dataclass(slots=True)
class Delivery:
    """What became of a file. `records` counts by topic; one event is one record a person.

    Of the refused rows at most 10,000 are kept; `refused_count` has them all.
    """

    events: int = 0
    records: Counter[str] = field(default_factory=Counter)
    refused: list[RefusedRow] = field(default_factory=list)
    refused_count: int = 0

    def refuse(self, row: RefusedRow) -> None:
        """Count a refused row."""
        self.refused_count += 1
        if len(self.refused) < MAX_REFUSED_KEPT:
            self.refused.append(row)


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
    events have been published.

    Raises:
        UnreadableFileError: if nothing of the file can be read.
        PublishError: if a record was not acknowledged; the file can be delivered again.
    """
    delivery = Delivery()
    for mapped in run(connector, stream, name, now):
        for row in mapped.refused:
            delivery.refuse(row)
        for filed in mapped.filed:
            try:
                records = await publisher.publish(filed.event, filed.family)
            except InvalidEventError as error:
                remedy = f"{error}; correct it in the register"
                delivery.refuse(RefusedRow(mapped.line, error.field, error.reason, remedy))
                continue
            delivery.events += 1
            delivery.records[FAMILIES[filed.family].topic] += records
            if delivery.events % TURN == 0:
                progress(delivery.events)
                await asyncio.sleep(0)
    await publisher.flush()
    return delivery
