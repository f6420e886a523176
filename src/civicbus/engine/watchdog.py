"""Stops a worker that has records to read and stores none of them.

Clients of a broker have been seen to fall silent after an outage, with no error and for ever. A
worker that is stopped is started again by whatever supervises it; one that only sleeps is not. So
the watchdog has the broker itself asked how far the topics go.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog
from aiokafka.errors import KafkaError

from civicbus.engine.probe import Place

log = structlog.get_logger()

LOOKS = 6  # how often it looks within the time after which it stops a worker
# One topic may have to wait while others are read: it is given this much longer than the worker.
PATIENCE_WITH_ONE = 10

Offsets = Mapping[Place, int]


class StalledError(RuntimeError):
    """Records wait and none is stored; the text names topics and partitions."""


@dataclass(slots=True)
class _Seen:
    """How far a topic has been stored, and since when it has not moved although records wait."""

    stored: int
    since: float


@dataclass(frozen=True, slots=True)
class Stalled:
    """What is stuck: in words, and which topic partitions."""

    what: str
    places: tuple[Place, ...]


class Stall:
    """Understands from looks at the offsets whether a worker still gets on.

    `limit` is in seconds: how long records may wait while nothing at all is stored.
    """

    def __init__(self, limit: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._seen: dict[Place, _Seen] = {}

    def look(self, stored: Offsets, ends: Offsets) -> Stalled | None:
        """What is stuck, if something is. `stored` are the offsets to read next of what is owned.

        A topic whose end is not known counts as read.
        """
        now = self._clock()
        waiting = {place for place, offset in stored.items() if ends.get(place, 0) > offset}
        self._seen = {
            place: seen
            if (seen := self._seen.get(place)) is not None and seen.stored == stored[place]
            else _Seen(stored[place], now)
            for place in waiting
        }
        if not waiting:
            return None
        ages = {place: now - seen.since for place, seen in self._seen.items()}
        if min(ages.values()) >= self._limit:
            what = f"nothing stored while {len(waiting)} topic partitions have records to be read"
            return Stalled(what, tuple(sorted(waiting)))
        topic, partition = max(ages, key=lambda place: ages[place])
        if ages[topic, partition] >= self._limit * PATIENCE_WITH_ONE:
            what = f"nothing stored of {topic}, partition {partition}, which has records to be read"
            return Stalled(what, ((topic, partition),))
        return None


class Watchdog:
    """Looks at a worker every so often, and gives it up when it has stalled.

    `limit` is as for `Stall`. `ends` asks the broker how far topics go, and what it said last is
    kept; `holds_records` asks whether there is a record between two offsets.
    """

    def __init__(
        self,
        limit: float,
        stored: Callable[[], Offsets],
        ends: Callable[[Iterable[Place]], Awaitable[Offsets]],
        holds_records: Callable[[Place, tuple[int, int]], Awaitable[bool]],
        give_up: Callable[[BaseException], Awaitable[None]],
    ) -> None:
        self.pause = limit / LOOKS  # seconds between two looks
        self._stored = stored
        self._ends = ends
        self._holds_records = holds_records
        self._give_up = give_up
        self._stall = Stall(limit)
        self.ends: Offsets = {}

    async def look(self) -> None:
        """Look once; a broker that does not answer is a reason to wait, not to stop."""
        stored = self._stored()
        try:
            self.ends = await self._ends(stored) if stored else {}
        except (KafkaError, OSError) as error:
            log.warning("watchdog_cannot_ask_the_broker", error=type(error).__name__)
            return
        stalled = self._stall.look(stored, self.ends)
        if stalled is None:
            return
        for place in stalled.places:
            # At its very end a topic can have offsets that hold nothing.
            if await self._holds_records(place, (stored[place], self.ends[place])):
                log.error("worker_stalled", what=stalled.what)
                await self._give_up(StalledError(stalled.what))
                return
