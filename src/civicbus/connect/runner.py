"""The runner: what comes in by itself goes onto the bus, for as long as nobody stops it.

For each batch, in this order: its events, acknowledged; the position behind them; the source's word
on how far it is complete. A crash between any two of these is made good by reading on from the
position that was kept. What cannot be read or sent just now is tried again, ever later; meanwhile
the source says nothing, so whatever rests on its silence goes stale. What needs somebody to look
ends the connector, aloud.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import structlog

from civicbus.broker.connection import BrokerError
from civicbus.connect.ceiling import Ceiling
from civicbus.connect.connector import Connector
from civicbus.connect.deliver import Delivery
from civicbus.connect.inputs.batches import Batch, Batches, InputUnavailableError, Opener, Taken
from civicbus.connect.kafka import PublishError
from civicbus.connect.publisher import Publisher
from civicbus.connect.rows import RefusedRow
from civicbus.connect.settling import Settling
from civicbus.connect.stretch import RECORDS, Stretch, stretch_of

log = structlog.get_logger()

FIRST_PAUSE = 1.0  # seconds
LONGEST_PAUSE = 60.0
WORD_EVERY = 5.0  # seconds; the bus expects one every ten at least
MARKED_WITHIN = 1.0  # seconds


class Watcher(Protocol):
    """Whoever shows how a connector fares."""

    def took(self, batch: Batch, taken: Taken, delivery: Delivery) -> None:
        """A batch is on the bus; `delivery` counts all so far."""

    def said(self, complete_through: datetime) -> None:
        """The source's word was published."""

    def failed(self, error: Exception, pause: float) -> None:
        """Nothing could be read or sent; it is tried again after a pause, in seconds."""


@dataclass(slots=True)
class Pause:
    """Understands how long to wait before the next attempt: ever longer, until one succeeds."""

    longest: float = LONGEST_PAUSE
    first: float = FIRST_PAUSE
    _next: float = field(default=0.0)

    def seconds(self) -> float:
        """How long this time. Chance is in it, so that connectors do not all come back at once."""
        self._next = min(self.longest, max(self.first, self._next * 2))
        return self._next * random.uniform(0.5, 1)  # noqa: S311 - to spread, not to hide

    def succeeded(self) -> None:
        """Something went well: the next pause is short again."""
        self._next = 0.0


class Runner:
    """Understands the order in which a batch becomes the bus's.

    `opener` makes the way in, from a position on. With `anew` the position on the bus is not
    heeded: all that the way in still holds is published once more.
    """

    def __init__(
        self,
        publisher: Callable[[], Publisher],
        connector: Connector,
        opener: Opener,
        watcher: Watcher,
        *,
        anew: bool = False,
        pause: Pause | None = None,
        word_every: float = WORD_EVERY,
    ) -> None:
        self._make_publisher = publisher
        self._connector = connector
        self._opener = opener
        self._watcher = watcher
        self._anew = anew
        self._ceiling = Ceiling(connector.system.source, connector.system.ceilings)
        self._pause = pause or Pause()
        self._stopping = asyncio.Event()
        self._word_every = word_every  # seconds
        self._word_at = -word_every
        self.delivery = Delivery()
        self.complete_through: datetime | None = None  # as last said

    def stop(self) -> None:
        """End after the batch under way."""
        self._stopping.set()

    async def run(self, *, once: bool = False) -> Delivery:
        """Publish until `stop`; with `once` until nothing more waits, and then nothing is retried.

        Raises:
            InputChangedError, BurstError, ConfigurationError, SchemaError, CutLogError,
            UnreadablePositionError: if somebody must look.
            InputUnavailableError, BrokerError, PublishError: with `once`, if it cannot be done now.
        """
        while not self._stopping.is_set():
            try:
                await self._work(once=once)
            except (InputUnavailableError, BrokerError, PublishError) as error:
                if once:
                    raise
                await self._wait(error)
            else:
                if once:
                    break
        return self.delivery

    async def _wait(self, error: Exception) -> None:
        pause = self._pause.seconds()
        self._watcher.failed(error, pause)
        try:
            async with asyncio.timeout(pause):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def _work(self, *, once: bool) -> None:
        """Publish batches until stopped, or until something fails."""
        async with self._make_publisher() as publisher:
            position = None if self._anew else publisher.position
            async with aclosing(self._opener(position)) as batches:
                taken: Taken | None = None
                while (batch := await self._next(batches, taken)) is not None:
                    taken = await self._take(batch, publisher, is_last=once and batch.caught_up)
                    if once and batch.caught_up:
                        await self._settle(batches, taken)
                        return

    async def _next(self, batches: Batches, taken: Taken | None) -> Batch | None:
        """The next batch; `None` once stopped, or when there is an end to them.

        Who is stopped lets the way in mark the batch before, which stands behind its `yield`.
        """
        asking = asyncio.ensure_future(anext(batches) if taken is None else batches.asend(taken))
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({asking, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not self._stopping.is_set():
                return asking.result()
            await asyncio.wait({asking}, timeout=MARKED_WITHIN)
        except StopAsyncIteration:
            return None
        finally:
            for task in (asking, stopped):
                task.cancel()
            await asyncio.gather(asking, stopped, return_exceptions=True)
        return None

    async def _settle(self, batches: Batches, taken: Taken) -> None:
        """Let the way in mark its last batch: that stands behind its `yield`."""
        asking = asyncio.ensure_future(batches.asend(taken))
        try:
            async with asyncio.timeout(MARKED_WITHIN):
                await asking
        except (TimeoutError, StopAsyncIteration):
            pass

    async def _take(self, batch: Batch, publisher: Publisher, *, is_last: bool) -> Taken:
        started = time.perf_counter()
        delivery, refused = await self._publish(batch, publisher)
        if batch.position is not None:
            if batch.position != publisher.position:
                await publisher.keep(batch.position)
            self._anew = False
        await self._say(batch, publisher, is_last=is_last)
        self._pause.succeeded()
        delivery.elapsed = time.perf_counter() - started
        self.delivery.add(delivery)  # not before: a batch that failed comes again
        taken = Taken(delivery.events, refused)
        self._watcher.took(batch, taken, self.delivery)
        return taken

    async def _publish(
        self, batch: Batch, publisher: Publisher
    ) -> tuple[Delivery, list[RefusedRow]]:
        """Put a batch's events on the bus; returns what became of it, and all refused rows."""
        delivery, settling = Delivery(), Settling(publisher)
        refused: list[RefusedRow] = []
        for stretch in await self._mapped(batch, publisher):
            delivery.enter(stretch)
            refused += stretch.refused
            sent = time.perf_counter()
            await publisher.publish_block(stretch.packed)
            delivery.count(await settling.take(stretch))
            delivery.seconds["sending"] += time.perf_counter() - sent
            await asyncio.sleep(0)
        if batch.whole_at is not None:
            delivery.count(await settling.whole(batch.whole_at))
        if batch.records or batch.whole_at is not None:
            await publisher.flush()
            await settling.close()
            delivery.settled += len(settling.over)
        return delivery, refused

    async def _mapped(self, batch: Batch, publisher: Publisher) -> list[Stretch]:
        """A batch mapped and packed, all of it, before anything of it goes."""
        now = datetime.now(UTC)
        found = []
        for start in range(0, len(batch.records), RECORDS):
            records = batch.records[start : start + RECORDS]
            found.append(stretch_of(self._connector, publisher.packer, records, now))
            await asyncio.sleep(0)
        self._ceiling.check(sum((stretch.days for stretch in found), start=Counter()))
        return found

    async def _say(self, batch: Batch, publisher: Publisher, *, is_last: bool) -> None:
        """The source's word, behind the events; as often as the bus expects it, and no oftener."""
        if batch.complete_through is None:
            return
        is_due = time.monotonic() - self._word_at >= self._word_every
        if not (batch.records or is_due or is_last):
            return
        # A department's clock may be ahead of ours; our own time is all that we can speak for.
        through = min(batch.complete_through, datetime.now(UTC))
        if through < publisher.complete_through:
            return
        await publisher.watermark(through)
        self._word_at = time.monotonic()
        self.complete_through = through
        self._watcher.said(through)
