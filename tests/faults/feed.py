"""The sources of a deployment on a real broker: they publish from a seed until they are stopped."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from tests.faults.oracle import assert_same, expected, held
from tests.faults.traffic import SOURCES, TOPICS, Log, Place, Traffic
from tests.kafka.bus import Bus, Worker, until

HELD_MOST = 20_000  # records; the client takes 100,000
AT_ONCE = 20
BATCH_BYTES = 131_072  # a topic takes 262,144
PAUSE = 0.05  # seconds
ACKNOWLEDGED_WITHIN = 300.0  # seconds; a broker sleeps for up to two minutes

DECLARATION = """\
[system]
source = "{source}"
department = "An invented department"
title = "An invented register"
legal_basis = "none: it is invented"
contact = "nobody"

[input]
format = "json"
columns = ["id"]

[publishes]
families = ["death", "identity"]

[authority.death]
schemes = ["us-dc"]
fresh_for = "36500d"
settles_after = "0d"
"""


def declare(folder: Path) -> Path:
    """A folder of connectors in which the sources of the traffic are declared."""
    for source in SOURCES:
        place = folder / source.replace("-", "_")
        place.mkdir(parents=True)
        place.joinpath("connector.toml").write_text(DECLARATION.format(source=source), "utf-8")
    return folder


class Feed:
    """Publishes what the traffic makes, in its order in each partition, and remembers it."""

    def __init__(self, bus: Bus, seed: int) -> None:
        self._bus = bus
        self.log = Log()
        self._traffic = Traffic(seed, self.log, partitions=bus.partitions, holes=False)
        self._sent: dict[Place, int] = defaultdict(int)
        self._stop = threading.Event()
        self._undelivered: Counter[str] = Counter()
        self._producer: Any = Producer(
            {
                "bootstrap.servers": bus.broker,
                "enable.idempotence": True,
                # Of a producer that a new partition has not heard of, Kafka takes any batch as the
                # first. Were several under way, and the first refused while the partition has no
                # leader yet, librdkafka would hold it for delivered once the next one is.
                "max.in.flight.requests.per.connection": 1,
                # What waits while the broker sleeps must not become one batch too large for it.
                "batch.size": BATCH_BYTES,
                "message.timeout.ms": int(ACKNOWLEDGED_WITHIN * 1000),
            }
        )

    @contextmanager
    def running(self) -> Iterator[Feed]:
        """Publish while the block runs; afterwards everything is acknowledged."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()
        self.publish(AT_ONCE)

    def publish(self, records: int) -> None:
        """Publish so many records and each source's word, and wait until all is acknowledged."""
        self._traffic.put(records)
        self._traffic.watermarks()
        self._publish()
        assert self._producer.flush(ACKNOWLEDGED_WITHIN) == 0, "not everything was acknowledged"
        assert not self._undelivered, f"the client gave up: {dict(self._undelivered)}"

    def _run(self) -> None:
        while not self._stop.wait(PAUSE):
            # While the broker is silent a source waits, as any would, when it holds enough.
            if len(self._producer) < HELD_MOST:
                self._traffic.put(AT_ONCE)
                self._publish()
            self._producer.poll(0)

    def _publish(self) -> None:
        for (topic, partition), made in self.log.made.items():
            for one in made[self._sent[topic, partition] :]:
                self._producer.produce(
                    topic,
                    key=one.record.key,
                    value=one.record.value,
                    partition=partition,
                    on_delivery=self._delivered,
                )
            self._sent[topic, partition] = len(made)

    def _delivered(self, error: Any, _: Any) -> None:
        if error is not None:
            self._undelivered[error.str()] += 1


def as_on_the_broker(bus: Bus, log: Log) -> Log:
    """The same log with the offsets and times that the broker gave; NO-LOST-FACT on its side."""
    consumer: Any = Consumer(
        {"bootstrap.servers": bus.broker, "group.id": "oracle", "enable.auto.commit": False}
    )
    found = Log()
    for topic, partition in list(log.made):
        place = (topic, partition)
        consumer.assign([TopicPartition(topic, partition, 0)])
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)
        stand: list[Any] = []
        while not stand or stand[-1].offset() < end - 1:
            message = consumer.poll(30)
            if message is None:
                break
            if message.error() is None:  # the client gets over any other by itself
                stand.append(message)
        wanted = [(made.record.key, made.record.value) for made in log.made[place]]
        assert_the_same_records([(m.key(), m.value()) for m in stand], wanted, place)
        for one, message in zip(log.made[place], stand, strict=True):
            record = replace(one.record, offset=message.offset(), timestamp=message.timestamp()[1])
            found.made[place].append(replace(one, record=record))
            found.next_offset[place] = message.offset() + 1
    consumer.close()
    return found


def assert_the_same_records(found: list[Any], wanted: list[Any], place: Place) -> None:
    """The broker holds what was sent; else in what it differs."""
    if found == wanted:
        return
    stand, sent = Counter(found), Counter(wanted)
    both = zip(found, wanted, strict=False)
    first = next((at for at, (one, other) in enumerate(both) if one != other), len(found))
    raise AssertionError(
        f"NO-LOST-FACT: of {len(wanted)} records sent to {place} the broker holds {len(found)}: "
        f"{(sent - stand).total()} are missing, {(stand - sent).total()} too many, and the first "
        f"that differs is number {first}"
    )


def check_stores(bus: Bus, log: Log) -> None:
    """Every store of every worker is what the log says, as far as it has read; all is read once."""
    finished: set[int] = set()
    for data in {worker.data for worker in bus.workers}:
        for folder in sorted(data.glob("dossiers/partition-*")):
            partition = int(folder.name.rpartition("-")[2])
            found, offsets = held(folder)
            said = {topic: log.before((topic, partition), end) for topic, end in offsets.items()}
            wanted = expected(said)
            wanted.refused = set()
            assert_same(found, wanted, f"{data.name}, partition {partition}")
            if all(offsets.get(t, 0) == log.end((t, partition)) for t in TOPICS.values()):
                finished.add(partition)
    assert finished == set(range(bus.partitions)), "RECOVERS: not everything has been read"


def put_away(bus: Bus, log: Log) -> None:
    """Whatever was refused stands in the quarantine topic, and nothing else does."""
    wanted = {
        (topic, partition, offset)
        for partition in range(bus.partitions)
        for topic, offset in expected(
            {topic: log.made[topic, partition] for topic in TOPICS.values()}
        ).refused
    }
    consumer: Any = Consumer(
        {"bootstrap.servers": bus.broker, "group.id": "oracle", "enable.auto.commit": False,
         "enable.partition.eof": True}
    )  # fmt: skip
    found = set()
    for partition in range(bus.partitions):
        consumer.assign([TopicPartition("civic.quarantine.v1", partition, 0)])
        while (message := consumer.poll(30)) is not None and message.error() is None:
            headers = {name: value.decode() for name, value in message.headers()}
            origin = "__connect.errors."
            found.add(
                (headers[f"{origin}topic"], int(headers[f"{origin}partition"]),
                 int(headers[f"{origin}offset"]))
            )  # fmt: skip
    consumer.close()
    assert found == wanted, "ALL-ACCOUNTED: the quarantine is not what was refused"


def owned(worker: Worker) -> int:
    """How many partitions a worker owns."""
    return len((worker.snapshot() or {}).get("partitions", ()))


def read_all(workers: list[Worker]) -> bool:
    """Whether these workers own everything, and have read all of it."""
    shares = [share for worker in workers for share in worker.snapshot().get("partitions", ())]
    topics = [topic for share in shares for topic in share["topics"].values()]
    behind = any(topic["next_offset"] < topic["end_offset"] for topic in topics)
    return len(shares) == 8 and not behind and all(worker.ready() for worker in workers)


def settle_and_check(bus: Bus, feed: Feed, workers: list[Worker]) -> None:
    """RECOVERS, and then every invariant."""
    log = as_on_the_broker(bus, feed.log)
    until(lambda: read_all(workers), "everything is read", 120)
    for worker in workers:
        assert worker.stop() == 0
    check_stores(bus, log)
    put_away(bus, log)
