"""Offsets at the very end of a topic that hold nothing, such as the mark that ends a transaction.

No record comes for them, so a store never reaches such an end by what it reads. Whether it is one,
only the broker can tell: it is asked once a topic has not moved for a while. As long as others
move, it may only be waiting for its turn, so then only short stretches are asked about.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog
from aiokafka.errors import KafkaError

from civicbus.engine.probe import Place

log = structlog.get_logger()

PATIENCE = 5.0  # seconds
ASKED_AT_ONCE = 10  # topic partitions
SHORT = 100  # offsets

Span = tuple[int, int]  # the offset that the store reads next, the end


@dataclass(slots=True)
class _Seen:
    span: Span
    since: float


class Tails:
    """Understands which stores have read all that there is, although their topics go on.

    `is_empty` asks the broker whether a topic's partition holds no record from one offset on and
    before another.
    """

    def __init__(
        self,
        is_empty: Callable[[str, int, int, int], Awaitable[bool]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_empty = is_empty
        self._clock = clock
        self._seen: dict[Place, _Seen] = {}
        self._moved_at = clock()
        self._empty: dict[Place, Span] = {}

    def reached(self, topic: str, partition: int, next_offset: int) -> int:
        """How far a store has got that reads this offset next: further, if nothing lies there."""
        start, end = self._empty.get((topic, partition), (-1, -1))
        return end if start == next_offset else next_offset

    async def look(self, lacking: Mapping[Place, Span]) -> None:
        """Look at what stores lack; of what has not moved for a while, ask."""
        now = self._clock()
        if any(
            place in lacking and lacking[place][0] != seen.span[0]
            for place, seen in self._seen.items()
        ):
            self._moved_at = now
        self._seen = {
            place: seen
            if (seen := self._seen.get(place)) is not None and seen.span == span
            else _Seen(span, now)
            for place, span in lacking.items()
        }
        rests = now - self._moved_at >= PATIENCE
        stuck = [
            place
            for place, seen in self._seen.items()
            if now - seen.since >= PATIENCE and (rests or seen.span[1] - seen.span[0] <= SHORT)
        ]
        for place in stuck[:ASKED_AT_ONCE]:
            self._seen[place].since = now
            await self.holds_records(place, self._seen[place].span)

    async def holds_records(self, place: Place, span: Span) -> bool:
        """Ask whether a store has still something to read; False also if nobody can tell now."""
        try:
            empty = await self._is_empty(*place, *span)
        except (KafkaError, OSError) as error:
            log.warning("end_cannot_be_asked_about", error=type(error).__name__)
            return False
        if empty:
            start, end = self._empty.get(place, span)
            # A stretch behind one that is known to be empty makes it longer.
            self._empty[place] = (start if end == span[0] else span[0], span[1])
            log.info("nothing_at_the_end", topic=place[0], partition=place[1])
        return not empty
