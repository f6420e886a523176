"""The lines of a body as they arrive: read ahead within a bound, however long the body is.

Whoever sends a list and does not read before all of it is sent would wait for ever if nothing were
read while answers are written. So up to `READ_AHEAD_BYTES` are read whatever becomes of the answers
(such a list may be sent by any client); beyond that the sender has to read while it writes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType
from typing import NamedTuple, Self

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

READ_AHEAD_BYTES = 4 * 1024 * 1024
LINE_BYTES_MAX = 64 * 1024
LINE_COSTS = 128  # bytes that a line takes beside its text
IDLE_SECONDS_MAX = 30.0


class Line(NamedTuple):
    """A line that says something: its number, from 1, and its bytes; none if it is too long."""

    number: int
    text: bytes | None


class TooIdleError(Exception):
    """Nothing has arrived for a long time, and the body is not at its end."""


class Lines:
    """Understands a body that arrives; an `async with` reads ahead meanwhile."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._found: deque[Line] = deque()
        self._held = 0
        self._begun = bytearray()
        self._too_long = False
        self._number = 0
        self._end: Exception | None = None
        self._has_ended = False
        self._more = asyncio.Event()
        self._room = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._reading is not None
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    @property
    def number(self) -> int:
        """How many lines have arrived."""
        return self._number

    async def take(self, lines_max: int, bytes_max: int) -> list[Line]:
        """Some of the next lines, at least one; none at the end of the body.

        Raises:
            ClientDisconnect: if nobody is there any more.
            TooIdleError: if the body stops in its middle.
        """
        while not self._found and not self._has_ended:
            self._more.clear()
            await self._more.wait()
        if isinstance(self._end, ClientDisconnect) or (self._end and not self._found):
            raise self._end
        taken: list[Line] = []
        size = 0
        while self._found and len(taken) < lines_max and size < bytes_max:
            line = self._found.popleft()
            size += _cost(line)
            taken.append(line)
        self._held -= size
        self._room.set()
        return taken

    async def _read(self) -> None:
        try:
            while message := await self._next():
                self._split(message.get("body", b""))
                if not message.get("more_body", False):
                    break
                while self._held > READ_AHEAD_BYTES:
                    self._room.clear()
                    await self._room.wait()
            self._split(b"\n")
            self._finish(None)
            # Only a disconnect can follow.
            await self._next(awaited=False)
        except (ClientDisconnect, TooIdleError) as error:
            self._finish(error)

    def _finish(self, error: Exception | None) -> None:
        self._has_ended = True
        self._end = error
        self._more.set()

    async def _next(self, *, awaited: bool = True) -> Message:
        try:
            async with asyncio.timeout(IDLE_SECONDS_MAX if awaited else None):
                message = await self._receive()
        except TimeoutError:
            raise TooIdleError from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        return message

    def _split(self, arrived: bytes) -> None:
        """Take in bytes; of a line that is too long nothing is kept."""
        *complete, begun = (bytes(self._begun) + arrived).split(b"\n")
        self._begun = bytearray(begun)
        for text in complete:
            self._number += 1
            is_too_long = self._too_long or len(text) > LINE_BYTES_MAX
            self._too_long = False
            if is_too_long or text.strip():
                line = Line(self._number, None if is_too_long else text)
                self._found.append(line)
                self._held += _cost(line)
        if len(self._begun) > LINE_BYTES_MAX:
            self._too_long = True
            self._begun.clear()
        self._more.set()


def _cost(line: Line) -> int:
    return len(line.text or b"") + LINE_COSTS
