"""Whatever befalls the workers, in whatever order: the invariants hold.

The seed stands in the name of the test; `make soak` tries many more.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.schedule import run
from tests.faults.traffic import Traffic
from tests.faults.world import World
from tests.patience import TIMES

SEEDS = round(12 * TIMES)
STEPS = 400


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_the_invariants_hold_whatever_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    world = World(tmp_path, seed, monkeypatch)
    await run(world, Traffic(seed, world.log), STEPS)
