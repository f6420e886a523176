"""Connectors as processes that can be killed at once, hundreds of times: forked, not started anew.

This program imports all that a connector needs, has no thread and no connection, and forks a child
for each line on its standard input, whose process id it prints. In a byte of a file the child marks
how far it is (`Phase`), so that the test knows in which moment it was killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from civicbus.connect.connector import load_connector
from civicbus.connect.deliver import Delivery
from civicbus.connect.inputs.batches import Batch, Taken
from civicbus.connect.inputs.opening import opener
from civicbus.connect.packing import Packed
from civicbus.connect.publisher import Publisher
from civicbus.connect.runner import Pause, Runner
from civicbus.settings import Settings, load_settings


class Phase(IntEnum):
    """What a connector has done last, between a database's commit and the next batch."""

    BEGUN = 0
    CONNECTED = 1
    PUBLISHING = 2  # some of a batch's events have been handed over
    ACKNOWLEDGED = 3  # all of them are on the bus, the position is not
    KEPT = 4  # the position is, the source's word is not
    SAID = 5


class MarkingPublisher(Publisher):
    """The publisher, which marks how far it is."""

    def __init__(self, settings: Settings, system: Any, marks: int) -> None:
        super().__init__(settings, system)
        self._marks = marks

    def _mark(self, phase: Phase) -> None:
        os.pwrite(self._marks, bytes([phase]), 0)

    async def __aenter__(self) -> Any:
        await super().__aenter__()
        self._mark(Phase.CONNECTED)
        return self

    async def publish_block(self, events: Sequence[Packed]) -> None:
        await super().publish_block(events)
        if events:
            self._mark(Phase.PUBLISHING)

    async def flush(self) -> None:
        await super().flush()
        self._mark(Phase.ACKNOWLEDGED)

    async def keep(self, position: Any) -> None:
        await super().keep(position)
        self._mark(Phase.KEPT)

    async def watermark(self, complete_through: datetime) -> None:
        await super().watermark(complete_through)
        self._mark(Phase.SAID)


class Unwatched:
    """Nobody looks."""

    def took(self, batch: Batch, taken: Taken, delivery: Delivery) -> None:
        """Nothing to do."""

    def said(self, complete_through: datetime) -> None:
        """Nothing to do."""

    def failed(self, error: Exception, pause: float) -> None:
        """Told to whoever reads the test's output."""
        told = f"{type(error).__name__}: {error}; again in {pause:.2f} s"
        sys.stderr.write(f"{os.getpid()}: {told}\n")


def work(order: dict[str, str]) -> None:
    """Be a connector until killed."""
    settings = load_settings(
        broker=order["broker"], input_database=order["database"], data=Path(order["data"])
    )
    connector = load_connector(Path(order["connector"]))
    marks = os.open(order["marks"], os.O_WRONLY)
    runner = Runner(
        lambda: MarkingPublisher(settings, connector.system, marks),
        connector,
        opener(connector, settings),
        Unwatched(),
        pause=Pause(longest=0.1, first=0.02),
    )
    asyncio.run(runner.run())


def main() -> None:
    """Fork a child for each order."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work(json.loads(line))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
