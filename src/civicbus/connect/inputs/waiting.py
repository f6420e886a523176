"""Work and waits that take longer than a way in may be silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from civicbus.connect.inputs.batches import AT_LEAST_EVERY

T = TypeVar("T")


@asynccontextmanager
async def under_way(work: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
    """Work in a task of its own, which is over when this is left."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ended(task: asyncio.Task[Any]) -> bool:
    """True once it has ended; false when it is time for an empty batch."""
    done, _ = await asyncio.wait({task}, timeout=AT_LEAST_EVERY)
    return bool(done)


def steps(seconds: float) -> Iterator[float]:
    """A wait in steps, one at least, none of which is longer than a way in may be silent."""
    left = max(0.0, seconds)
    while True:
        step = min(left, AT_LEAST_EVERY)
        yield step
        left -= step
        if left <= 0:
            return
