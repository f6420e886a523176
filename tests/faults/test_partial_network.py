"""A worker that reaches the group's coordinator and not the leader of some of its partitions."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient

from civicbus.wire.records import to_millis
from civicbus.wire.topics import QUARANTINE_TOPIC, partition_of
from tests.faults.cluster import BROKERS, cluster
from tests.faults.feed import Feed, declare, settle_and_check
from tests.faults.traffic import PEOPLE, SOURCES, TOPICS, key
from tests.kafka.bus import Bus, Worker, bus_on, until
from tests.patience import TIMES

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

CUT_SECONDS = 20 * max(1.0, min(TIMES, 6.0))
GROUP = "civicbus-v1"
WAITED_FOR = (*TOPICS.values(), QUARANTINE_TOPIC)
SEED = 2031


def test_f24_a_worker_cut_off_from_a_leader_tells_only_what_it_has_read_and_catches_up(
    tmp_path: Path,
) -> None:
    with cluster(tmp_path) as brokers, bus_on(brokers.direct, tmp_path) as bus:
        bus.configured["CIVICBUS_BROKER"] = brokers.linked
        bus.configured["CIVICBUS_CONNECTORS"] = str(declare(tmp_path / "connectors"))
        with Feed(bus, SEED).running() as feed:
            workers = [bus.start_worker(name) for name in ("one", "two")]
            until(lambda: all(worker.ready() for worker in workers), "both are ready")
            cut, silent = leader_that_does_not_coordinate(bus)
            brokers.links[cut].cut()
            time.sleep(5)  # what was on its way has arrived
            since = read(workers)
            told = ask_for(CUT_SECONDS, workers)
            after = read(workers)
            brokers.links[cut].mend()
        settle_and_check(bus, feed, workers)
    assert silent & after.keys()
    assert all(after[place] == since[place] for place in silent & after.keys()), (
        "the link was not cut"
    )
    assert any(after[place] > since[place] for place in after.keys() - silent), (
        "nothing was read from the leaders that could be reached"
    )
    words = {made.word for own in feed.log.made.values() for made in own if made.word is not None}
    assert words >= set().union(*told.values()), "TOLD-IS-LOGGED: no source has given this word"
    for number, words_told in told.items():
        reached = [(topic, partition(number, bus)) not in silent for topic in WAITED_FOR]
        if not reached[0]:
            assert len(words_told) == 1, "an answer claims to be fresher than what was read"
        elif all(reached):
            assert len(words_told) > 1, "a partition that can be read is not"


def partition(number: int, bus: Bus) -> int:
    """The partition of one of the people."""
    return partition_of(key(number).encode(), bus.partitions)


def leader_that_does_not_coordinate(bus: Bus) -> tuple[int, set[tuple[str, int]]]:
    """A broker that is not the group's coordinator, and what it leads."""
    client: Any = AdminClient({"bootstrap.servers": bus.broker})
    (described,) = client.describe_consumer_groups([GROUP]).values()
    coordinator = described.result().coordinator.id
    topics = client.list_topics(timeout=10).topics
    led = {
        broker: {
            (topic, number)
            for topic in WAITED_FOR
            for number, partition in topics[topic].partitions.items()
            if partition.leader == broker
        }
        for broker in range(1, BROKERS + 1)
        if broker != coordinator
    }
    return max(led.items(), key=lambda item: len(item[1]))


def read(workers: list[Worker]) -> dict[tuple[str, int], int]:
    """How far each partition has been read, by whoever owns it."""
    return {
        (topic, share["partition"]): state["next_offset"]
        for worker in workers
        for share in worker.snapshot().get("partitions", ())
        for topic, state in share["topics"].items()
        if topic in TOPICS.values()
    }


def ask_for(seconds: float, workers: list[Worker]) -> dict[int, set[int]]:
    """How far the first source is known, in answers about each person, asked for so long."""
    told: dict[int, set[int]] = {}
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for number in range(PEOPLE):
            response = workers[number % 2].ask(f"us-dc:{number}")
            assert response.status_code in (200, 503), response.text
            if response.status_code == 200:
                through = response.json()["known_through"][SOURCES[0]]
                assert through is not None
                moment = datetime.fromisoformat(through)
                told.setdefault(number, set()).add(to_millis(moment))
        time.sleep(0.5)
    return told
