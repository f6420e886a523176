"""Python's garbage collector, for commands that handle small values by the million.

By default it looks at everything that lives again and again while events or questions come and go,
which took three tenths of a sweep. What is there before the work begins is left out, and it looks
more seldom; not much more, since aiokafka leaves whole fetches of megabytes behind for it.
"""

from __future__ import annotations

import gc

BETWEEN_LOOKS = (20_000, 10, 10)  # by default 700, 10, 10


def calm_collector() -> None:
    """Have it look less often. Call it when everything that stays has been built."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*BETWEEN_LOOKS)
