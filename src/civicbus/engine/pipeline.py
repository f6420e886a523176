"""Two blocks at a time: while one is stored, the next is judged on the other core.

The guard's native part works outside Python's global lock, RocksDB's writes inside it. Blocks of
one partition keep their order; those of different partitions need none. Faust takes a block for
done as soon as it has a place here, which is harmless: the stores, not the group's offsets, say
where reading goes on.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

from civicbus.engine.transport import Block

BLOCKS_AT_ONCE = 3

Take = Callable[[Block], Awaitable[None]]
GiveUp = Callable[[BaseException], Awaitable[None]]


class Pipeline:
    """Hands blocks on, a bounded number at once, those of a partition one after the other."""

    def __init__(self, take: Take, give_up: GiveUp) -> None:
        self._take = take
        self._give_up = give_up
        self._room = asyncio.Semaphore(BLOCKS_AT_ONCE)
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._running: set[asyncio.Task[None]] = set()

    async def put(self, block: Block) -> None:
        """Return when the block has a place; its work goes on."""
        await self._room.acquire()
        task = asyncio.create_task(self._run(block))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self) -> None:
        """Return when nothing is under way."""
        while self._running:
            await asyncio.wait(self._running)

    async def _run(self, block: Block) -> None:
        try:
            async with self._turns[block.partition]:  # a lock serves in the order of asking
                await self._take(block)
        except Exception as error:  # noqa: BLE001 - nobody waits for this task; fail aloud
            await self._give_up(error)
        finally:
            self._room.release()
