"""A connector at work for as long as it is let: what it shows, and how it is stopped."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from civicbus.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from rich.progress import Progress, TaskID

    from civicbus.connect.connector import Connector
    from civicbus.connect.deliver import Delivery
    from civicbus.connect.inputs.batches import Batch, Taken
    from civicbus.connect.runner import Watcher
    from civicbus.settings import Settings

TOLD_EVERY = 60.0  # seconds; in the log

log = structlog.get_logger()


class Watchers:
    """Several at once."""

    def __init__(self, *watchers: Watcher) -> None:
        self._watchers = watchers

    def took(self, batch: Batch, taken: Taken, delivery: Delivery) -> None:
        """A batch is on the bus."""
        for watcher in self._watchers:
            watcher.took(batch, taken, delivery)

    def said(self, complete_through: datetime) -> None:
        """The source's word was published."""
        for watcher in self._watchers:
            watcher.said(complete_through)

    def failed(self, error: Exception, pause: float) -> None:
        """It is tried again after a pause, in seconds."""
        for watcher in self._watchers:
            watcher.failed(error, pause)


class Console:
    """Shows how a connector fares: a line on a terminal, a log line a minute elsewhere."""

    def __init__(self, source: str, progress: Progress) -> None:
        self._source = source
        self._progress = progress
        self._task: TaskID = progress.add_task(source, total=None, count=0, rate=0)
        self._told_at = -TOLD_EVERY
        self._began = time.monotonic()
        self._complete_through: datetime | None = None

    def took(self, batch: Batch, taken: Taken, delivery: Delivery) -> None:
        """A batch is on the bus."""
        rate = delivery.events / max(time.monotonic() - self._began, 1)
        self._progress.update(self._task, count=delivery.events, rate=rate)
        self._tell_refused(taken)
        if time.monotonic() - self._told_at >= TOLD_EVERY:
            self._told_at = time.monotonic()
            log.info(
                "connector_at_work",
                source=self._source,
                events=delivery.events,
                refused=delivery.refused_count,
                complete_through=_iso(self._complete_through),
                caught_up=batch.caught_up,
            )

    def _tell_refused(self, taken: Taken) -> None:
        for row in taken.refused:
            log.warning(
                "row_refused",
                source=self._source,
                row=row.line,
                field=row.field,
                reason=row.reason,
                remedy=row.remedy,
            )

    def said(self, complete_through: datetime) -> None:
        """The source's word was published."""
        self._complete_through = complete_through
        self._progress.update(
            self._task, description=f"{self._source}, complete through {_iso(complete_through)}"
        )

    def failed(self, error: Exception, pause: float) -> None:
        """It is tried again after a pause, in seconds."""
        log.warning(
            "connector_tries_again", source=self._source, told=str(error), seconds=round(pause, 1)
        )


@dataclass(frozen=True, slots=True)
class Way:
    """How it is to work: until nothing more waits, from the beginning, with a burst accepted."""

    once: bool
    anew: bool
    accepted: bool


async def work(
    settings: Settings, connector: Connector, way: Way
) -> tuple[Delivery, datetime | None]:
    """Publish what comes in until a signal ends it, or once until nothing more waits.

    Returns what was published, and how far the source was last said to be complete.
    """
    from civicbus.connect.ceiling import without_ceilings
    from civicbus.connect.door import door
    from civicbus.connect.inputs.opening import opener
    from civicbus.connect.meter import Meter
    from civicbus.connect.publisher import Publisher
    from civicbus.connect.runner import Runner

    source = connector.system.source
    if way.accepted:
        connector = without_ceilings(connector)
    meter = Meter(source)
    with progress_bar("events", paced=True) as progress:
        async with door(settings, connector, meter) as opened:
            runner = Runner(
                lambda: Publisher(settings, connector.system),
                connector,
                opener(connector, settings, opened.intake, accept_mass_change=way.accepted),
                Watchers(meter, Console(source, progress)),
                anew=way.anew,
            )
            if opened.port is not None:
                log.info("connector_answers", source=source, port=opened.port)
            with _stopped_by_signals(runner.stop):
                delivery = await runner.run(once=way.once)
    return delivery, runner.complete_through


@contextmanager
def _stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """The first signal ends the work after the batch under way, the second one at once."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def first() -> None:
        for number in signals:
            loop.remove_signal_handler(number)
        stop()

    for number in signals:
        loop.add_signal_handler(number, first)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _iso(moment: datetime | None) -> str | None:
    from civicbus.domain.answer import iso

    return None if moment is None else iso(moment)
