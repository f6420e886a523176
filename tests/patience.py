"""How laws are tried: with no deadline, on the same examples in each run.

A test that turns red is of the change that was made, on a slow machine as well. New examples are
drawn by `make laws`, which tries each law CIVICBUS_LAWS times as often. Where that is less than
once nobody reads the example that fails, so none is made smaller.
"""

from __future__ import annotations

import os

from hypothesis import Phase, settings

TIMES = float(os.environ.get("CIVICBUS_LAWS", "1"))
LEAST = 5

settings.register_profile(
    "patient", deadline=None, derandomize=TIMES <= 1, print_blob=True,
    max_examples=max(LEAST, round(TIMES * 100)),
    phases=(Phase.explicit, Phase.generate) if TIMES < 1 else tuple(Phase),
)  # fmt: skip
settings.load_profile("patient")


def tried(times: int) -> settings:
    """A law that is tried so often; as often as CIVICBUS_LAWS says, times that."""
    return settings(max_examples=max(LEAST, round(TIMES * times)))
