"""Each partition at its own pace: one that cannot go on does not hold up the others.

A block may have to wait, for a broker that cannot be reached or a disk that is full. One agent
hands on all blocks; so it waits for each only for a moment and then leaves it to end by itself.
Until then its partition is not fetched, and what was on its way already is dropped: afterwards the
consumer goes back to where the store stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from civicbus.engine.probe import Place
from civicbus.engine.transport import Block

log = structlog.get_logger()

PATIENCE = 0.5  # seconds


class Lanes:
    """Understands which partitions have a block under way that takes long.

    `pause` stops the fetching of a partition, `go_on` has it begun again where the store stands, in
    its last step: what is fetched then is taken.
    """

    def __init__(
        self,
        take: Callable[[Block], Awaitable[None]],
        pause: Callable[[str, int], None],
        go_on: Callable[[str, int], Awaitable[None]],
        give_up: Callable[[BaseException], Awaitable[None]],
        patience: float = PATIENCE,
    ) -> None:
        self._take = take
        self._pause = pause
        self._go_on = go_on
        self._give_up = give_up
        self._patience = patience
        self._busy: dict[Place, asyncio.Future[None]] = {}
        self._watching: set[asyncio.Task[None]] = set()

    async def take(self, block: Block) -> None:
        """Have a block stored; come back when it is, or when it takes too long."""
        place = (block.topic, block.partition)
        if place in self._busy:
            return
        storing = asyncio.ensure_future(self._take(block))
        try:
            done, _ = await asyncio.wait([storing], timeout=self._patience)
        except asyncio.CancelledError:
            storing.cancel()
            await asyncio.wait([storing])
            raise
        if done:
            storing.result()
            return
        self._pause(*place)
        log.warning("partition_waits", topic=block.topic, partition=block.partition)
        self._busy[place] = storing
        watching = asyncio.create_task(self._see_to(place, storing))
        self._watching.add(watching)
        watching.add_done_callback(self._watching.discard)

    async def stop(self) -> None:
        """Let go of whatever is under way: the partitions are no longer ours."""
        for storing in self._busy.values():
            storing.cancel()
        if self._watching:
            await asyncio.wait(self._watching)

    async def _see_to(self, place: Place, storing: asyncio.Future[None]) -> None:
        """Wait until a block is stored, and read on in its partition."""
        try:
            await asyncio.wait([storing])
            if not storing.cancelled():
                storing.result()
                await self._go_on(*place)
                log.info("partition_goes_on", topic=place[0], partition=place[1])
        except Exception as error:  # noqa: BLE001 - else nobody would hear of it
            await self._give_up(error)
        finally:
            del self._busy[place]
