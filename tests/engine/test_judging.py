"""Blocks judged in a process of their own: the same verdicts, and nothing lost with the process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from civicbus.domain.families import FAMILIES
from civicbus.engine import judging as judging_module
from civicbus.engine.indexer import Indexer
from civicbus.engine.judging import WORTH_SENDING, Judging
from civicbus.engine.store import DossierStore
from civicbus.engine.transport import Block
from tests.engine.samples import Record, death_record, guard, watermark_record
from tests.engine.test_indexer import Shelf

DEATH = FAMILIES["death"].number


def block_of(count: int = WORTH_SENDING, first: int = 0) -> Block:
    return Block([death_record(first + number, first + number) for number in range(count)])


async def judges_apart(judging: Judging) -> None:
    """Return when a process has begun and judges."""
    async with asyncio.timeout(60):
        while True:
            block = block_of()
            judging.ahead(block)
            assert all((await judging.judge(block, block.records)).event_ids)
            if block.verdict is not None:
                return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def apart() -> AsyncIterator[Judging]:
    """With its process begun."""
    judging = Judging(guard(), 1)
    try:
        await judges_apart(judging)
        yield judging
    finally:
        judging.stop()


async def test_a_block_judged_apart_has_the_verdict_that_it_would_have_here() -> None:
    records: list[Record] = [death_record(number, number) for number in range(WORTH_SENDING)]
    records[3] = Record(3, b"key", None)
    records[5] = Record(5, records[5].key, b"\0\0\0\0\1no event")
    records[7] = watermark_record(7, 7)
    records[9] = Record(9, b"key", records[9].value, headers=[("a", b"header")])
    block = Block(records)
    async with apart() as judging:
        judging.ahead(block)
        assert block.verdict is not None
        found = await judging.judge(block, records)
    expected = guard().judge(block.topic, records)
    assert found == expected
    assert (len(found.refused), len(found.watermarks)) == (3, 1)


async def test_small_blocks_and_very_large_ones_are_judged_where_they_are_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with apart() as judging:
        small, large = block_of(WORTH_SENDING - 1), block_of()
        judging.ahead(small)
        monkeypatch.setattr(judging_module, "MOST_SENT", 1_000)
        judging.ahead(large)
        assert (small.verdict, large.verdict) == (None, None)
        assert all((await judging.judge(large, large.records)).event_ids)


async def test_without_processes_everything_is_judged_here() -> None:
    judging, block = Judging(guard(), 0), block_of()
    judging.ahead(block)
    assert block.verdict is None
    assert all((await judging.judge(block, block.records)).event_ids)


async def test_what_of_a_block_is_still_to_be_stored_is_judged_for_itself() -> None:
    block = block_of()
    async with apart() as judging:
        judging.ahead(block)
        assert len((await judging.judge(block, block.records[50:])).event_ids) == WORTH_SENDING - 50


async def test_blocks_whose_process_is_lost_are_judged_here_and_another_is_started() -> None:
    async with apart() as judging:
        assert judging._apart is not None
        (process,) = judging._apart._processes  # their numbers
        os.kill(process, signal.SIGSTOP)
        blocks = [block_of(first=first * WORTH_SENDING) for first in range(3)]
        for block in blocks:
            judging.ahead(block)
        assert all(block.verdict is not None for block in blocks)
        os.kill(process, signal.SIGKILL)
        for block in blocks:
            assert all((await judging.judge(block, block.records)).event_ids)
        await judges_apart(judging)


async def test_a_partition_revoked_while_a_block_is_judged_stores_nothing(tmp_path: Path) -> None:
    async def never(*_: object) -> Any:
        raise AssertionError("nothing is missing")

    store = DossierStore(tmp_path)
    store.open(0)
    async with apart() as judging:
        indexer = Indexer(store, judging, Shelf(), never, never, never)
        block = block_of()
        judging.ahead(block)
        taking = asyncio.create_task(indexer.take(block))
        await asyncio.sleep(0)
        store.close(0)
        await taking
    assert store.open(0).state(DEATH).consumed == 0
    store.close_all()


PARENT = """
import os, time
from civicbus.processes import processes
if __name__ == "__main__":
    begun = processes(1, int)
    print(begun.submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


def test_a_process_ends_with_the_one_that_started_it_however_that_ends(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, signal.SIGTERM)  # as a supervisor sends it to all; the parent decides
        time.sleep(0.2)
        assert Path(f"/proc/{child}").exists()
        parent.kill()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{child}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
