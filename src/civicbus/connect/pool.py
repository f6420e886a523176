"""Mapping in several processes: a mapping is a pure function, so it can run anywhere.

The file is read here and its stretches are handed out; what they come to is taken in their order.
At most two stretches for each process are on their way, so memory is bounded.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from concurrent.futures import BrokenExecutor
from datetime import datetime
from pathlib import Path

from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.kafka import PublishError
from civicbus.connect.packing import Packer
from civicbus.connect.rows import Record
from civicbus.connect.stretch import Stretch, stretch_of
from civicbus.processes import processes
from civicbus.settings import Settings
from civicbus.wire.schemas import Catalogue

AHEAD = 2  # stretches for each process


async def mapped_apart(
    settings: Settings,
    connector: Connector,
    catalogue: Catalogue,
    stretches: Iterable[Sequence[Record]],
    now: datetime,
    count: int,
) -> AsyncGenerator[Stretch]:
    """What stretches of a file come to, mapped and packed in so many processes; in their order.

    Raises:
        PublishError: if a process is lost.
        ValueError: as `stretch_of`.
    """
    executor = processes(count, _prepare, settings, connector.folder, catalogue)
    waiting: deque[asyncio.Future[Stretch]] = deque()
    try:
        for records in stretches:
            waiting.append(asyncio.wrap_future(executor.submit(_stretch, list(records), now)))
            if len(waiting) > AHEAD * count:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    except BrokenExecutor as error:
        raise PublishError(
            "a process that was mapping has ended (too little memory?); deliver the same file once "
            "more: nothing will count twice"
        ) from error
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


_here: tuple[Connector, Packer] | None = None  # of a mapping process, made once


def _prepare(settings: Settings, folder: Path, catalogue: Catalogue) -> None:
    global _here  # noqa: PLW0603 - the executor has no other place
    connector = load_connector(folder)
    _here = connector, Packer(settings, connector.system, catalogue)


def _stretch(records: Sequence[Record], now: datetime) -> Stretch:
    assert _here is not None
    connector, packer = _here
    return stretch_of(connector, packer, records, now)
