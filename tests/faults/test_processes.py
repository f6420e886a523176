"""Real workers on a real broker, killed, stopped, put to sleep and cut off while sources publish.

At the end of each test the stores are held to the log by the oracle of the simulation. `make soak`
does all of it many times as often.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from civicbus.broker.apache import ApacheKafka
from civicbus.settings import Settings
from tests.faults.feed import Feed, declare, owned, settle_and_check
from tests.faults.traffic import TOPICS
from tests.kafka.bus import Bus, Worker, bus_on, until
from tests.patience import TIMES

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(round(600 * max(1, TIMES)))]

KILLS = max(2, round(25 * TIMES))
STORM_SECONDS = 24 * TIMES
# What a kill does to the broker's own log is not certain enough for every run.
ENDS = [ApacheKafka.stop, *([ApacheKafka.kill] * round(TIMES) if TIMES > 1 else [])]
PAUSES = (1, 40, 120) if TIMES > 1 else (1,)  # seconds, once it is known that the broker is silent
SESSION = 6.0  # seconds; what the bus of the tests has
SEED = 2026


@pytest.fixture
def bus(kafka_settings: Settings, tmp_path: Path) -> Iterator[Bus]:
    assert kafka_settings.broker is not None
    with bus_on(kafka_settings.broker, tmp_path) as bus:
        bus.configured["CIVICBUS_CONNECTORS"] = str(declare(tmp_path / "connectors"))
        yield bus


def test_f1_f3_workers_killed_and_stopped_at_any_moment_lose_nothing_and_double_nothing(
    bus: Bus, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    takeovers = []
    with Feed(bus, SEED).running() as feed:
        running = [bus.start_ready_worker(name) for name in ("one", "two")]
        for kill in range(KILLS):
            time.sleep(chance.uniform(0.2, 2.5))
            place = chance.randrange(2)
            victim, other = running[place], running[1 - place]
            if kill % 8 == 0:
                until(lambda: all(owned(w) == 4 and w.ready() for w in running), "spread", 60)
                victim.kill()
                takeovers.append(_taken_over(bus, other))
            elif chance.random() < 0.7:
                victim.kill()
            else:
                victim.stop()
            running[place] = bus.start_worker(victim.data.name)
    with capsys.disabled():
        told = ", ".join(f"{seconds:.1f}" for seconds in takeovers)
        sys.stdout.write(f"\n{KILLS} ends of workers, seed {SEED}; taken over after {told} s\n")
    settle_and_check(bus, feed, running)


def _taken_over(bus: Bus, worker: Worker) -> float:
    """Seconds until a worker answers for everything."""
    began = time.monotonic()
    until(lambda: owned(worker) == bus.partitions and worker.ready(), "taken over", 60)
    return time.monotonic() - began


def test_f7_a_storm_of_rebalances_leaves_nothing_behind(bus: Bus) -> None:
    chance = random.Random(SEED)
    with Feed(bus, SEED + 1).running() as feed:
        first = bus.start_ready_worker("first")
        ends = time.monotonic() + STORM_SECONDS
        while time.monotonic() < ends:
            guest = bus.start_worker(f"guest-{chance.randrange(2)}")
            time.sleep(chance.uniform(1, 4))
            guest.process.send_signal(chance.choice([signal.SIGTERM, signal.SIGKILL]))
            guest.process.wait(timeout=30)
    settle_and_check(bus, feed, [first])


def test_f8_a_worker_that_slept_beyond_its_session_answers_nothing_until_it_has_joined_again(
    bus: Bus,
) -> None:
    with Feed(bus, SEED + 2).running() as feed:
        sleeper, other = (bus.start_worker(name) for name in ("sleeper", "other"))
        until(lambda: owned(sleeper) == owned(other) == 4, "the partitions are spread")
        until(lambda: sleeper.ready() and other.ready(), "both are ready")
        sleeper.process.send_signal(signal.SIGSTOP)
        until(lambda: owned(other) == 8 and other.ready(), "the other has taken over")
        sleeper.process.send_signal(signal.SIGCONT)
        assert not sleeper.ready(), "it must not answer before it has joined again"
        until(lambda: owned(sleeper) == owned(other) == 4, "it has joined again")
    settle_and_check(bus, feed, [sleeper, other])


def test_f5_f6_a_broker_that_stops_dies_or_sleeps_is_waited_for_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    broker = ApacheKafka(tmp_path / "kafka", port_of_its_own())
    try:
        with bus_on(broker.start(), tmp_path) as bus:
            bus.configured["CIVICBUS_CONNECTORS"] = str(declare(tmp_path / "connectors"))
            with Feed(bus, SEED + 3).running() as feed:
                worker = bus.start_ready_worker("one")
                for end in ENDS:
                    end(broker)
                    until(lambda: not worker.ready(), "a worker without its broker says so", 30)
                    broker.start()
                    until(worker.ready, "it has recovered", 60)
                for pause in PAUSES:
                    assert broker.pid is not None
                    os.kill(broker.pid, signal.SIGSTOP)
                    until(lambda: not worker.ready(), "a silent broker is noticed", 30)
                    time.sleep(pause)
                    assert not worker.ready()
                    os.kill(broker.pid, signal.SIGCONT)
                    until(worker.ready, "it has recovered", 60)
            settle_and_check(bus, feed, [worker])
    finally:
        broker.kill()


def port_of_its_own() -> int:
    """A port that no client is given while the broker is down: they take theirs from above."""
    for port in range(21_000, 31_000, 7):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("every port is taken")


@pytest.mark.parametrize("to", [0, 50])
def test_f22_offsets_of_the_group_that_are_lost_or_moved_change_nothing(bus: Bus, to: int) -> None:
    """A worker reads on where its stores stand, whatever the group says."""
    feed = Feed(bus, SEED + 4)
    feed.publish(1_000)
    worker = bus.start_ready_worker("one")
    assert worker.stop() == 0
    feed.publish(1_000)
    move_offsets(bus, to)
    worker = bus.start_ready_worker("one")
    settle_and_check(bus, feed, [worker])


def move_offsets(bus: Bus, to: int) -> None:
    """Set the offsets that the group has committed, in every partition of every topic."""
    places = [
        TopicPartition(topic, number, to)
        for topic in TOPICS.values()
        for number in range(bus.partitions)
    ]
    client: Any = AdminClient({"bootstrap.servers": bus.broker})
    asked = [ConsumerGroupTopicPartitions("civicbus-v1", places)]
    for done in client.alter_consumer_group_offsets(asked).values():
        done.result()
