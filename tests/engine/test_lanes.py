"""A partition that cannot go on waits alone, loses nothing, and goes on where its store stands."""

from __future__ import annotations

import asyncio

import pytest

from civicbus.engine.lanes import Lanes
from civicbus.engine.transport import Block
from tests.engine.samples import Record

PATIENCE = 0.02


class Consumer:
    """Blocks of a few partitions, of which some cannot be stored yet; notes what happens."""

    def __init__(self) -> None:
        self.may_go: dict[int, asyncio.Event] = {}
        self.error: Exception | None = None
        self.stored: list[tuple[int, int]] = []
        self.paused: set[int] = set()
        self.went_on: list[int] = []
        self.has_gone_on = asyncio.Event()
        self.has_given_up = asyncio.Event()
        self.let_go: list[int] = []
        self.given_up: list[BaseException] = []
        self.lanes = Lanes(self._store, self._pause, self._go_on, self._give_up, PATIENCE)

    def hold(self, partition: int) -> None:
        self.may_go[partition] = asyncio.Event()

    async def take(self, partition: int, offset: int) -> None:
        record = Record(offset, b"", None, partition=partition)
        await self.lanes.take(Block([record]))

    async def _store(self, block: Block) -> None:
        try:
            if block.partition in self.may_go:
                await self.may_go[block.partition].wait()
        except asyncio.CancelledError:
            self.let_go.append(block.partition)
            raise
        if self.error is not None:
            raise self.error
        self.stored.append((block.partition, block.offset))

    def _pause(self, _topic: str, partition: int) -> None:
        self.paused.add(partition)

    async def _go_on(self, _topic: str, partition: int) -> None:
        await asyncio.sleep(0)
        self.went_on.append(partition)
        self.paused.discard(partition)
        self.has_gone_on.set()

    async def _give_up(self, error: BaseException) -> None:
        self.given_up.append(error)
        self.has_given_up.set()


async def test_blocks_are_stored_one_after_the_other_while_nothing_has_to_wait() -> None:
    consumer = Consumer()
    for offset in range(3):
        await consumer.take(offset % 2, offset)
    assert consumer.stored == [(0, 0), (1, 1), (0, 2)]
    assert not consumer.paused
    assert not consumer.went_on


async def test_a_partition_that_has_to_wait_does_not_hold_up_the_others() -> None:
    consumer = Consumer()
    consumer.hold(0)
    await consumer.take(0, 0)
    assert consumer.paused == {0}
    await consumer.take(1, 0)
    await consumer.take(0, 1)  # it was on its way; it is read again later
    assert consumer.stored == [(1, 0)]
    consumer.may_go[0].set()
    await consumer.has_gone_on.wait()
    assert consumer.stored == [(1, 0), (0, 0)]
    assert not consumer.paused
    await consumer.take(0, 1)
    assert consumer.stored[-1] == (0, 1)


async def test_a_partition_may_have_to_wait_again_and_again() -> None:
    consumer = Consumer()
    for offset in range(3):
        consumer.hold(0)
        await consumer.take(0, offset)
        assert consumer.paused == {0}
        consumer.may_go[0].set()
        await consumer.has_gone_on.wait()
        consumer.has_gone_on.clear()
    assert consumer.stored == [(0, 0), (0, 1), (0, 2)]


async def test_partitions_that_are_no_longer_ours_are_let_go() -> None:
    consumer = Consumer()
    consumer.hold(0)
    consumer.hold(1)
    await consumer.take(0, 0)
    await consumer.take(1, 0)
    await consumer.lanes.stop()
    assert sorted(consumer.let_go) == [0, 1]
    assert not consumer.went_on
    assert not consumer.given_up
    consumer.may_go.clear()
    await consumer.take(0, 0)  # it has come back
    assert consumer.stored == [(0, 0)]


async def test_an_agent_that_is_stopped_leaves_nothing_under_way() -> None:
    consumer = Consumer()
    consumer.hold(0)
    agent = asyncio.create_task(consumer.take(0, 0))
    await asyncio.sleep(PATIENCE / 4)
    agent.cancel()
    with pytest.raises(asyncio.CancelledError):
        await agent
    assert consumer.let_go == [0]
    assert not consumer.paused


@pytest.mark.parametrize("waits", [False, True])
async def test_an_error_is_heard_of_sooner_or_later(waits: bool) -> None:
    consumer = Consumer()
    consumer.error = RuntimeError("a mistake of ours")
    if not waits:
        with pytest.raises(RuntimeError):
            await consumer.take(0, 0)
        return
    consumer.hold(0)
    await consumer.take(0, 0)
    consumer.may_go[0].set()
    await consumer.has_given_up.wait()
    assert consumer.given_up == [consumer.error]
    assert not consumer.went_on
