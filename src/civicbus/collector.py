"""Python's garbage collector, for commands that handle small values by the million.

By default it looks at everything that lives again and again while events or questions come and go,
which took three tenths of a sweep. What is there before the work begins is left out, and it looks
more seldom.
"""

from __future__ import annotations

import gc

BETWEEN_LOOKS = (100_000, 50, 100)  # by default 700, 10, 10


def calm_collector() -> None:
    """Have it look less often. Call it when everything that stays has been built."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*BETWEEN_LOOKS)
