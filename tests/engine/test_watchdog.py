"""A worker that has records to read and stores none is found out; a busy or an idle one is not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from civicbus.engine.pace import WINDOW, Pace
from civicbus.engine.probe import Probe
from civicbus.engine.watchdog import PATIENCE_WITH_ONE, Stall, Stalled, StalledError, Watchdog
from civicbus.settings import load_settings
from tests.engine.test_ownership import Clock

LIMIT = 60.0
DEATHS, BIRTHS = ("civic.death.v1", 0), ("civic.birth.v1", 3)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stall(clock: Clock) -> Stall:
    return Stall(LIMIT, clock)


def told(stalled: Stalled | None) -> str:
    return "" if stalled is None else stalled.what


async def does_hold(_place: object, _span: object) -> bool:
    return True


def test_a_worker_that_stores_nothing_while_records_wait_has_stalled(
    stall: Stall, clock: Clock
) -> None:
    assert stall.look({DEATHS: 5}, {DEATHS: 9}) is None
    clock.now += LIMIT - 1
    assert stall.look({DEATHS: 5}, {DEATHS: 20}) is None
    clock.now += 1
    assert "nothing stored" in told(stall.look({DEATHS: 5}, {DEATHS: 30}))


def test_a_worker_that_has_read_everything_may_rest_as_long_as_it_likes(
    stall: Stall, clock: Clock
) -> None:
    for _ in range(5):
        assert stall.look({DEATHS: 9, BIRTHS: 0}, {DEATHS: 9, BIRTHS: 0}) is None
        clock.now += LIMIT


def test_the_time_runs_from_when_records_began_to_wait(stall: Stall, clock: Clock) -> None:
    stall.look({DEATHS: 9}, {DEATHS: 9})
    clock.now += 10 * LIMIT
    assert stall.look({DEATHS: 9}, {DEATHS: 10}) is None


def test_whoever_stores_something_has_not_stalled(stall: Stall, clock: Clock) -> None:
    for offset in range(5):
        assert stall.look({DEATHS: offset, BIRTHS: 1}, {DEATHS: 9, BIRTHS: 2}) is None
        clock.now += LIMIT - 1


def test_one_topic_that_never_moves_while_others_do_is_found_as_well(
    stall: Stall, clock: Clock
) -> None:
    found = []
    for offset in range(PATIENCE_WITH_ONE + 1):
        found.append(stall.look({DEATHS: offset, BIRTHS: 1}, {DEATHS: 99, BIRTHS: 2}))
        clock.now += LIMIT
    assert found[:-1] == [None] * PATIENCE_WITH_ONE
    assert "civic.birth.v1, partition 3" in told(found[-1])


def test_a_partition_that_has_gone_elsewhere_is_forgotten(stall: Stall, clock: Clock) -> None:
    stall.look({DEATHS: 5}, {DEATHS: 9})
    clock.now += LIMIT
    assert stall.look({}, {}) is None
    assert stall.look({DEATHS: 5}, {DEATHS: 9}) is None


async def test_a_broker_that_does_not_answer_is_no_reason_to_stop() -> None:
    given_up: list[BaseException] = []

    async def give_up(error: BaseException) -> None:
        given_up.append(error)

    probe = Probe(load_settings(broker="127.0.0.1:1"))
    watchdog = Watchdog(0.01, lambda: {DEATHS: 5}, probe.ends, does_hold, give_up)
    await watchdog.look()
    await asyncio.sleep(0.02)
    await watchdog.look()
    assert given_up == []


async def test_the_watchdog_asks_the_broker_itself_and_gives_a_stalled_worker_up(
    builtin_broker: str,
) -> None:
    from aiokafka import AIOKafkaProducer  # noqa: PLC0415

    async with AIOKafkaProducer(bootstrap_servers=builtin_broker) as producer:
        await producer.send_and_wait("civic.death.v1", b"an event", partition=0)
    given_up: list[BaseException] = []

    async def give_up(error: BaseException) -> None:
        given_up.append(error)

    probe = Probe(load_settings(broker=builtin_broker))
    watchdog = Watchdog(0.01, lambda: {DEATHS: 0}, probe.ends, does_hold, give_up)
    await watchdog.look()
    assert given_up == []
    await asyncio.sleep(0.02)
    await watchdog.look()
    await probe.close()
    assert [type(error) for error in given_up] == [StalledError]


async def test_a_mark_at_a_topics_end_is_no_record_that_waits() -> None:
    given_up: list[BaseException] = []
    asked: list[Any] = []

    async def ends(_: object) -> dict[tuple[str, int], int]:
        return {DEATHS: 6, BIRTHS: 2}

    async def holds(place: object, span: object) -> bool:
        asked.append((place, span))
        return False

    async def give_up(error: BaseException) -> None:
        given_up.append(error)

    watchdog = Watchdog(0.01, lambda: {DEATHS: 5, BIRTHS: 1}, ends, holds, give_up)
    await watchdog.look()
    await asyncio.sleep(0.02)
    await watchdog.look()
    assert given_up == []
    assert sorted(asked) == [(BIRTHS, (1, 2)), (DEATHS, (5, 6))]


def test_a_pace_is_known_from_the_second_look_on() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.seconds_left is None
    pace.look(1000)
    assert pace.per_second is None
    clock.now += 2
    pace.look(600)
    assert [pace.per_second, pace.seconds_left] == [200, 3]
    clock.now += 1
    pace.look(0)
    assert pace.seconds_left == 0


def test_a_pace_forgets_what_was_long_ago_and_before_partitions_came() -> None:
    clock = Clock()
    pace = Pace(clock)
    for left in (10_000, 1_000, 900, 800):
        pace.look(left)
        clock.now += WINDOW
    assert pace.per_second == pytest.approx(100 / WINDOW)
    pace.look(5_000)
    assert pace.per_second is None


def test_what_does_not_move_has_no_end_in_sight() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.look(10)
    clock.now += 5
    pace.look(10)
    assert pace.seconds_left is None
