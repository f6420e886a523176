"""Offsets at a topic's end that hold nothing: a store that has read all there is has caught up."""

from __future__ import annotations

from pathlib import Path

import pytest
from faust.types import TP

from civicbus.engine.ownership import Lease, Ownership
from civicbus.engine.probe import Place, Probe
from civicbus.engine.store import DossierStore
from civicbus.engine.tails import ASKED_AT_ONCE, PATIENCE, SHORT, Span, Tails
from civicbus.settings import load_settings
from tests.engine.test_ownership import SESSION, Clock

DEATHS: Place = ("civic.death.v1", 0)


class Broker:
    """Says of what it is asked about that it is empty, or not; notes the questions."""

    def __init__(self, empty: bool = True) -> None:
        self.empty = empty
        self.error: Exception | None = None
        self.asked: list[tuple[str, int, int, int]] = []
        self.clock = Clock()
        self.tails = Tails(self._is_empty, self.clock)

    async def _is_empty(self, topic: str, partition: int, offset: int, end: int) -> bool:
        self.asked.append((topic, partition, offset, end))
        if self.error is not None:
            raise self.error
        return self.empty

    async def look(self, *spans: Span) -> None:
        """Look at what each of these partitions lacks, and let the patience pass."""
        await self.tails.look({(DEATHS[0], number): span for number, span in enumerate(spans)})
        self.clock.now += PATIENCE


async def test_what_has_not_moved_for_a_while_is_asked_about() -> None:
    broker = Broker()
    await broker.look((4, 5))
    assert broker.asked == []
    await broker.look((4, 5))
    assert broker.asked == [(*DEATHS, 4, 5)]
    assert broker.tails.reached(*DEATHS, 4) == 5


async def test_what_moves_or_holds_records_is_not_taken_for_empty() -> None:
    broker = Broker(empty=False)
    for offset in range(3):
        await broker.look((offset, 9))
    assert broker.asked == []
    await broker.look((2, 9))
    assert broker.tails.reached(*DEATHS, 2) == 2


async def test_while_others_are_read_only_short_stretches_are_asked_about() -> None:
    broker = Broker()
    for offset in range(4):
        await broker.look((offset, 10**6), (0, SHORT + 1), (7, 8))
    assert {partition for _, partition, _, _ in broker.asked} == {2}
    for _ in range(2):
        await broker.look((4, 10**6), (0, SHORT + 1), (7, 8))
    assert {partition for _, partition, _, _ in broker.asked} == {0, 1, 2}


async def test_only_the_offset_that_was_asked_about_counts_as_the_end() -> None:
    broker = Broker()
    await broker.look((4, 5))
    await broker.look((4, 5))
    assert broker.tails.reached(*DEATHS, 3) == 3
    assert broker.tails.reached(*DEATHS, 7) == 7
    assert broker.tails.reached(DEATHS[0], 1, 4) == 4


async def test_a_further_mark_behind_the_first_takes_nothing_back() -> None:
    broker = Broker()
    for end in (5, 9):
        reached = broker.tails.reached(*DEATHS, 4)
        await broker.look((reached, end))
        await broker.look((reached, end))
        assert broker.tails.reached(*DEATHS, 4) == end


async def test_a_broker_that_does_not_answer_is_asked_again_later() -> None:
    broker = Broker()
    broker.error = TimeoutError()
    await broker.look((4, 5))
    await broker.look((4, 5))
    assert broker.tails.reached(*DEATHS, 4) == 4
    broker.error = None
    await broker.look((4, 5))
    assert broker.tails.reached(*DEATHS, 4) == 5


async def test_of_many_a_few_are_asked_about_at_once_and_each_in_the_end() -> None:
    broker = Broker(empty=False)
    spans = [(4, 5)] * (ASKED_AT_ONCE * 2)
    await broker.look(*spans)
    await broker.look(*spans)
    assert len(broker.asked) == ASKED_AT_ONCE
    broker.clock.now -= PATIENCE / 2
    await broker.look(*spans)
    assert {partition for _, partition, _, _ in broker.asked} == set(range(len(spans)))


async def test_a_worker_is_ready_when_nothing_is_left_to_be_read(tmp_path: Path) -> None:
    async def ends(_: object) -> dict[TP, int]:
        return {TP(*DEATHS): 5}

    broker, store = Broker(), DossierStore(tmp_path)
    lease = Lease(SESSION, broker.clock)
    ownership = Ownership(store, ends, lease, broker.tails.reached)
    await ownership.assign([TP(*DEATHS)])
    assert ownership.behind() == 5
    await broker.look((0, 5))
    await broker.look((0, 5))
    lease.renew()
    assert ownership.behind() == 0
    assert ownership.all_ready()
    store.close_all()


async def test_records_are_found_where_there_are_any(builtin_broker: str) -> None:
    from aiokafka import AIOKafkaProducer  # noqa: PLC0415

    async with AIOKafkaProducer(bootstrap_servers=builtin_broker) as producer:
        for _ in range(3):
            await producer.send_and_wait(DEATHS[0], b"an event", partition=0)
    probe = Probe(load_settings(broker=builtin_broker))
    assert not await probe.is_empty(*DEATHS, 0, 3)
    assert not await probe.is_empty(*DEATHS, 2, 3)
    assert await probe.is_empty(*DEATHS, 3, 3)
    await probe.close()


@pytest.mark.parametrize("looks", [1, 5])
async def test_who_has_read_everything_costs_no_question(looks: int) -> None:
    broker = Broker()
    for _ in range(looks):
        await broker.look()
    assert broker.asked == []
