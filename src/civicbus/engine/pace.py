"""How fast a worker catches up, and how long that will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 30.0  # seconds over which the pace is taken


class Pace:
    """Understands from looks at how many records are left how fast they become fewer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looks: deque[tuple[float, int]] = deque()

    def look(self, left: int) -> None:
        """So many records are left at this moment."""
        now = self._clock()
        if self._looks and left > self._looks[-1][1]:
            self._looks.clear()  # partitions have come: what was before says nothing
        self._looks.append((now, left))
        while len(self._looks) > 2 and now - self._looks[1][0] >= WINDOW:
            self._looks.popleft()

    @property
    def per_second(self) -> float | None:
        """Records read each second; None if that is not known yet."""
        if len(self._looks) < 2:
            return None
        (since, more), (until, fewer) = self._looks[0], self._looks[-1]
        return (more - fewer) / (until - since) if until > since else None

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at this pace; None if that is not known or nothing moves."""
        if not self._looks:
            return None
        left = self._looks[-1][1]
        if left == 0:
            return 0.0
        return left / self.per_second if self.per_second else None

    def told(self) -> dict[str, int | None]:
        """For a log: records left, records a second, seconds left."""
        rate, left = self.per_second, self.seconds_left
        return {
            "behind": self._looks[-1][1] if self._looks else None,
            "per_second": None if rate is None else round(rate),
            "seconds_left": None if left is None else round(left),
        }
