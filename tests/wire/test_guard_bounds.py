"""BOUNDED: no block costs the guard more than a fixed time and memory, whatever it declares.

The time limit is far above what the blocks take (the worst about half a second for 256 KiB), and
far below what the sizes that they declare would.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from civicbus.wire.guard import WORTH_SCREENING, Guard, Mode
from civicbus.wire.guard_judge import MAX_VALUE_BYTES
from civicbus.wire.guard_screen import MAX_SCREENED_BYTES, Screen
from tests.wire.corpus import PUBLISHERS, catalogue, good_records
from tests.wire.hostile import FETCH_BYTES, hostile_blocks
from tests.wire.makers import ENVIRONMENT

REASONS = {
    "continuation bits": {"varint"},
    "all bits": {"varint"},
    "zeros": {"not_canonical"},
    "endless text": {"length"},
    "endless list": {"collection"},
    "thirteen thousand persons": {"collection"},
    "a block each": {"not_canonical"},
    "negative blocks": {"collection"},
    "nested lists": {"collection"},
    "thirty thousand numbers": {"collection"},
    "as full as allowed": set(),
    "as full as allowed, of no type": {"rule"},
    "as full as allowed, cut": {"truncated"},
    "many cut records": {"truncated"},
    "many under a wrong key": {"key_mismatch"},
}
GROWTH_MIB_MAX = 256


@pytest.mark.timeout(30)
@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("name", REASONS)
def test_a_hostile_block_is_judged_in_bounded_time(name: str, mode: Mode) -> None:
    block = hostile_blocks(FETCH_BYTES // 4)[name]
    assert all(len(record.value or b"") <= MAX_VALUE_BYTES for record in block)
    guard = Guard(catalogue(), PUBLISHERS, ENVIRONMENT, mode)
    judgement = guard.judge("civic.birth.v1", [*block, *good_records("Birth", 20)])
    assert {item.reason for item in judgement.refused} == REASONS[name]
    assert all(judgement.event_ids[-20:])


def test_every_hostile_block_has_its_reason() -> None:
    assert set(REASONS) == set(hostile_blocks(FETCH_BYTES))


def test_a_block_that_is_too_large_is_screened_in_parts() -> None:
    full = hostile_blocks(FETCH_BYTES)["as full as allowed"][0]
    fits = MAX_SCREENED_BYTES // len(full.value or b"")
    screen = Screen.of(catalogue().latest("Birth"), PUBLISHERS, ENVIRONMENT)
    assert screen is not None
    assert screen.passes("birth", [full] * fits) is not None
    assert screen.passes("birth", [full] * (fits + 1)) is None
    guard = Guard(catalogue(), PUBLISHERS, ENVIRONMENT, "native")
    judgement = guard.judge("civic.birth.v1", [full] * 2 * fits)
    assert judgement.refused == []
    assert judgement.one_by_one < WORTH_SCREENING


@pytest.mark.parametrize("mode", get_args(Mode))
def test_hostile_blocks_are_judged_in_bounded_memory(mode: Mode) -> None:
    program = "from tests.wire.test_guard_bounds import growth_mib; print(growth_mib({mode!r}))"
    done = subprocess.run(
        [sys.executable, "-c", program.format(mode=mode)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert int(done.stdout) < GROWTH_MIB_MAX


def growth_mib(mode: Mode) -> int:
    """By how many MiB a process grows that judges every hostile block."""
    guard = Guard(catalogue(), PUBLISHERS, ENVIRONMENT, mode)
    blocks = hostile_blocks(FETCH_BYTES // 2)
    guard.judge("civic.birth.v1", good_records("Birth", 200))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for block in blocks.values():
        guard.judge("civic.birth.v1", block)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
