"""What tests of publishing share: a small source, its events, and what a log holds of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.connection import client_options
from civicbus.domain.events import Birth, Concerned, Death, Event, Header, SourceWatermark, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role
from civicbus.registers.systems import CsvInput, System
from civicbus.settings import Settings
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue

CODEC = Codec(load_catalogue())
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

Log = dict[TopicPartition, list[Any]]


def register(source: str = "test-register", *families: str) -> System:
    """A system that publishes births and deaths, or the families named."""
    return System(
        source=source,
        department="A department",
        title="A register",
        legal_basis="A law",
        contact="A person",
        families=families or ("birth", "death"),
        input=CsvInput(",", "utf-8", ("id",)),
    )


def death(number: int, source: str = "test-register", at: datetime = NOON) -> Death:
    """The death of person `number`."""
    person = Concerned(Role.DECEASED, (Identifier("us-dc", str(number)),))
    id_ = event_id(source, "death", str(number))
    return Death(Header(id_, source, (person,), at, source_sequence=number))


def birth(number: int, source: str = "test-register") -> Birth:
    """The birth of person `number`, whose mother is `number` + 1000 and whose father is unknown."""
    concerned = (
        Concerned(Role.CHILD, (Identifier("us-dc", str(number)),)),
        Concerned(Role.MOTHER, (Identifier("us-dc", str(number + 1000)),)),
        Concerned(Role.FATHER, name="A name"),
    )
    id_ = event_id(source, "birth", str(number))
    return Birth(Header(id_, source, concerned, NOON, source_sequence=number))


async def log_of(settings: Settings, *topics: str) -> Log:
    """Every record that some topics hold now."""
    consumer = AIOKafkaConsumer(**client_options(settings), enable_auto_commit=False)
    async with consumer:
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in await consumer._client._wait_on_metadata(topic)
        ]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: Log = {partition: [] for partition in partitions}
        while [key for key, end in ends.items() if await consumer.position(key) < end]:
            for partition, records in (await consumer.getmany(timeout_ms=200)).items():
                found[partition] += records
    return found


def events_in(log: Log) -> list[tuple[str, Event]]:
    """The key and the event of each record that is one."""
    decoded = [
        (record.key.decode(), CODEC.decode(record.value))
        for records in log.values()
        for record in records
    ]
    return [(key, event) for key, event in decoded if isinstance(event, Event)]


def check_counts(log: Log, source: str = "test-register") -> int:
    """Assert that each watermark of a source counts what stands before it; returns how many."""
    watermarks = 0
    for partition, records in log.items():
        seen: Counter[str] = Counter()
        for record in records:
            event = CODEC.decode(record.value)
            if isinstance(event, Event):
                seen[event.header.source] += 1
            elif isinstance(event, SourceWatermark) and event.source == source:
                watermarks += 1
                assert event.partition_records == seen[source], partition
    return watermarks
