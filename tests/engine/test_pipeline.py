"""Blocks of one partition keep their order, those of several are worked on at once."""

from __future__ import annotations

import asyncio

from civicbus.engine.pipeline import BLOCKS_AT_ONCE, Pipeline
from civicbus.engine.transport import Block
from tests.engine.samples import death_record


def block(offset: int, partition: int = 0) -> Block:
    return Block([death_record(offset, 1, partition=partition)])


async def test_the_blocks_of_a_partition_are_taken_in_order() -> None:
    taken: list[int] = []

    async def take(block: Block) -> None:
        await asyncio.sleep(0.01 if block.offset % 2 else 0)
        taken.append(block.offset)

    pipeline = Pipeline(take, _never)
    for offset in range(20):
        await pipeline.put(block(offset))
    await pipeline.drain()
    assert taken == list(range(20))


async def test_no_more_blocks_are_under_way_than_there_is_room_for() -> None:
    under_way, most = 0, 0

    async def take(_: Block) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1

    pipeline = Pipeline(take, _never)
    for number in range(30):
        await pipeline.put(block(number, partition=number))
    await pipeline.drain()
    assert most == BLOCKS_AT_ONCE


async def test_an_error_that_nobody_foresaw_stops_the_worker_aloud() -> None:
    failures: list[BaseException] = []

    async def take(_: Block) -> None:
        raise AttributeError("a mistake of ours")

    async def give_up(error: BaseException) -> None:
        failures.append(error)

    pipeline = Pipeline(take, give_up)
    await pipeline.put(block(0))
    await pipeline.drain()
    assert [type(error) for error in failures] == [AttributeError]


async def _never(error: BaseException) -> None:
    raise AssertionError(error)
