"""Who is answered when more ask than can be: a few in each turn of the loop, the rest in order.

A worker reads events and answers questions on one loop. Were all questions that have come in
answered in one turn, a flood of them would hold up the reading, and answers would be old.
"""

from __future__ import annotations

import asyncio
from collections import deque

from civicbus.api.problems import ProblemError

AT_A_TURN = 4  # questions: some milliseconds
WAITING_MAX = 1_000  # questions: about a second
RETRY_AFTER_SECONDS = 1


class Turns:
    """Understands who may go on now, and who waits."""

    def __init__(self, at_a_turn: int = AT_A_TURN, waiting_max: int = WAITING_MAX) -> None:
        self._at_a_turn = at_a_turn
        self._waiting_max = waiting_max
        self._left = at_a_turn
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_over_soon = False

    async def take(self) -> None:
        """Come back when it is the caller's turn.

        Raises:
            ProblemError: 503, if too many wait already.
        """
        self._see_to_the_next()
        if self._left > 0:
            self._left -= 1
            return
        if len(self._waiting) >= self._waiting_max:
            raise too_busy()
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        await place

    def _see_to_the_next(self) -> None:
        if not self._is_over_soon:
            self._is_over_soon = True
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._is_over_soon = False
        self._left = self._at_a_turn
        while self._waiting and self._left > 0:
            place = self._waiting.popleft()
            if not place.done():  # else whoever asked has gone
                place.set_result(None)
                self._left -= 1
        if self._waiting:
            self._see_to_the_next()


def too_busy() -> ProblemError:
    """More questions have come in than can be answered soon."""
    return ProblemError(
        "too-busy",
        detail="too many questions wait for an answer",
        remedy=f"ask again in {RETRY_AFTER_SECONDS} s, or ask about many persons in one sweep",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
