"""The checks can fail: every mistake that is put into the engine is found by some seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.bugs import BUGS, Patch
from tests.faults.schedule import run
from tests.faults.test_simulation import STEPS
from tests.faults.traffic import Traffic
from tests.faults.world import World

SEEDS = 12


def test_there_are_enough_mistakes() -> None:
    assert len(BUGS) >= 20


@pytest.mark.parametrize("mistake", BUGS, ids=lambda mistake: mistake.__name__)
async def test_a_mistake_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mistake: Callable[[Patch], None]
) -> None:
    mistake(monkeypatch)
    for seed in range(SEEDS):
        world = World(tmp_path / str(seed), seed, monkeypatch)
        try:
            await run(world, Traffic(seed, world.log), STEPS)
        except AssertionError:
            strange = [e for e in world.given_up if isinstance(e, TypeError | AttributeError)]
            assert not strange, "the mistake no longer fits the engine's code"
            return
        finally:
            world.close()
    pytest.fail(f"nothing was found with {SEEDS} seeds")
