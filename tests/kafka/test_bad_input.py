"""F13: bad records among good ones on real Apache Kafka. All are accounted for, nothing stops."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Concerned, Death, Header, Union, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import Role, UnionKind
from civicbus.engine.quarantine import LARGEST_VALUE
from civicbus.wire.codec import FRAME, Codec
from civicbus.wire.schemas import load_catalogue
from civicbus.wire.topics import QUARANTINE_TOPIC
from tests.kafka.bus import SECRET, Bus, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

TOPIC = "civic.death.v1"
SOURCE = "us-deaths"  # the authority for deaths of those known by certificate
GOOD_FOR_EACH_BAD = 100
CODEC = Codec(load_catalogue())

Bad = tuple[bytes, bytes | None, str]


def key_of(number: int) -> bytes:
    return person_key(Identifier("us-dc", str(number)), SECRET.encode()).encode()


def death(number: int) -> Death:
    person = Identifier("us-dc", str(number))
    return Death(
        Header(
            event_id=event_id(SOURCE, str(number)),
            source=SOURCE,
            concerned=(Concerned(Role.DECEASED, (person,), key_of(number).decode()),),
            registered_at=datetime(2026, 5, 2, tzinfo=UTC),
            occurred=PartialDate.of(date(2026, 5, 1)),
        )
    )


def union(number: int) -> Union:
    header = death(number).header
    partner = replace(header.concerned[0], role=Role.PARTNER)
    return Union(replace(header, concerned=(partner,)), UnionKind.MARRIAGE)


def changed(number: int, **header: Any) -> bytes:
    event = death(number)
    return CODEC.encode(replace(event, header=replace(event.header, **header)))


def bad_records() -> list[Bad]:
    """Key, value and reason; the persons are numbered from 900,000."""
    key, good = key_of(900_000), CODEC.encode(death(900_000))
    unknown_id = FRAME.pack(0, 999_999) + good[FRAME.size :]
    wrong_magic = b"\x01" + good[1:]
    used_id = changed(1, occurred=PartialDate(2026, 4, 1))
    return [
        (key, b"", "empty"),
        (key, None, "tombstone_not_allowed"),
        (key, b"\x07", "bad_envelope"),
        (key, good[:20], "truncated"),
        (key, good + b"\x00", "not_canonical"),
        (key, unknown_id, "framing"),
        (key, wrong_magic, "framing"),
        (key, CODEC.encode(union(900_000)), "schema"),
        (key_of(900_001), good, "key_mismatch"),
        (key, changed(900_000, source="nobody"), "authority"),
        (key, changed(900_000, environment="elsewhere"), "environment"),
        (key, changed(900_000, registered_at=datetime(2090, 1, 1, tzinfo=UTC)), "rule"),
        (key, good.replace(SOURCE.encode(), b"\xff" * len(SOURCE)), "text"),
        (key, b"\x00" + b"\x00" * 70_000, "size"),
        (key_of(1), used_id, "id_conflict"),
    ]


def quarantined(broker: str, partitions: int, expected: int) -> list[tuple[str, bytes | None]]:
    """Reason and value of each record in the quarantine topic."""
    consumer: Any = Consumer(
        {"bootstrap.servers": broker, "group.id": "a reader of the quarantine"}
    )
    consumer.assign([TopicPartition(QUARANTINE_TOPIC, p, 0) for p in range(partitions)])
    found: list[tuple[str, bytes | None]] = []
    while len(found) < expected:
        message = consumer.poll(20)
        assert message is not None, f"only {len(found)} of {expected} are in quarantine"
        headers = dict(message.headers())
        assert headers["__connect.errors.topic"] == TOPIC.encode()
        found.append((headers["x-reason"].decode(), message.value()))
    assert consumer.poll(1) is None
    consumer.close()
    return found


def test_every_bad_record_is_in_quarantine_with_its_reason_and_every_good_one_is_stored(
    bus: Bus,
) -> None:
    bad = bad_records()
    good = GOOD_FOR_EACH_BAD * len(bad)
    producer: Any = Producer({"bootstrap.servers": bus.broker, "partitioner": "murmur2_random"})
    for number in range(good):
        producer.produce(TOPIC, key=key_of(number), value=CODEC.encode(death(number)))
        if number % GOOD_FOR_EACH_BAD == GOOD_FOR_EACH_BAD - 1:
            producer.flush(30)  # the event whose id is used again must have been first
            key, value, _ = bad[number // GOOD_FOR_EACH_BAD]
            producer.produce(TOPIC, key=key, value=value)
    producer.flush(30)
    worker = bus.start_ready_worker("one")

    found = quarantined(bus.broker, bus.partitions, len(bad))
    assert Counter(found) == Counter((reason, value) for _, value, reason in bad)
    accounts = [part["topics"][TOPIC] for part in worker.snapshot()["partitions"]]
    assert sum(account["stored"] for account in accounts) == good
    assert sum(account["quarantined"] for account in accounts) == len(bad)
    for account in accounts:
        assert account["consumed"] == account["stored"] + account["quarantined"]
    counts = Counter({item["reason"]: item["count"] for item in worker.snapshot()["quarantined"]})
    assert counts == Counter(reason for _, _, reason in bad)

    answer = worker.ask("us-dc:900000").json()
    assert (answer["outcome"], answer["reason"]) == ("unknown", "quarantined")
    assert worker.ask("us-dc:2").json()["outcome"] == "no"
    assert worker.stop() == 0


def test_a20_a_record_too_large_for_the_quarantine_topic_is_cut_and_the_worker_goes_on(
    bus: Bus,
) -> None:
    """A megabyte of zeros passes the broker as a few kilobytes, and unpacks to a megabyte."""
    options = {
        "bootstrap.servers": bus.broker,
        "partitioner": "murmur2_random",
        "compression.type": "lz4",
        "message.max.bytes": 4 * 1024 * 1024,
    }
    producer: Any = Producer(options)
    bomb = bytes(1024 * 1024 + 1)
    producer.produce(TOPIC, key=key_of(900_000), value=bomb)
    producer.flush(30)
    producer.produce(TOPIC, key=key_of(5), value=CODEC.encode(death(5)))
    producer.flush(30)
    worker = bus.start_ready_worker("one")
    ((reason, kept),) = quarantined(bus.broker, bus.partitions, 1)
    assert reason == "size"
    assert kept == bomb[:LARGEST_VALUE]
    assert worker.ask("us-dc:900000").json()["reason"] == "quarantined"
    assert worker.ask("us-dc:5").json()["outcome"] == "no"


def test_a_record_that_arrives_after_bad_ones_is_answered_from_at_once(bus: Bus) -> None:
    worker = bus.start_ready_worker("one")
    producer: Any = Producer({"bootstrap.servers": bus.broker, "partitioner": "murmur2_random"})
    for key, value, _ in bad_records():
        producer.produce(TOPIC, key=key, value=value)
    producer.produce(TOPIC, key=key_of(5), value=CODEC.encode(death(5)))
    producer.flush(30)
    until(lambda: worker.ask("us-dc:5").json()["outcome"] == "no", "the death is known", 10)
