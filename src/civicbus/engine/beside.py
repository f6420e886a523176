"""What runs beside Faust's app in a worker's process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any

import mode

Call = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Something that is done again and again, with so many seconds before each time."""

    pause: float
    call: Call


class Beside(mode.Service):
    """Starts before Faust's app and ends after it: health is told while it still starts.

    `serve` runs all the time; `close` is called at the end, before what is `held` is left.
    """

    def __init__(
        self,
        held: AbstractAsyncContextManager[Any],
        serve: Call,
        close: Call,
        repeated: Sequence[Repeated] = (),
    ) -> None:
        super().__init__()
        self._held = held
        self._served = serve
        self._close = close
        self._repeated = repeated
        self._stack = AsyncExitStack()

    async def on_start(self) -> None:
        await self._stack.enter_async_context(self._held)
        for one in self._repeated:
            self.add_future(self._repeat(one))

    @mode.Service.task
    async def _serve(self) -> None:
        await self._served()

    async def _repeat(self, one: Repeated) -> None:
        while not self.should_stop:
            await self.sleep(one.pause)
            if not self.should_stop:
                await one.call()

    async def on_stop(self) -> None:
        await self._close()
        await self._stack.aclose()
