"""Subscribers of real topics: ours, any Kafka client with any Avro library, Kafka's own tool."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import avro.io
import avro.schema
import httpx
import pytest
from confluent_kafka import Consumer

from civicbus.broker.jars import jars_of
from civicbus.domain.vocabulary import Change
from civicbus.settings import Settings
from civicbus.subscribe import Subscription
from tests.connect.publishing import death, log_of
from tests.kafka.bus import ROOT, SECRET, Bus, until
from tests.subscribe.test_subscription import (
    all_of,
    annulment,
    naming,
    numbers,
    published,
)

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

CONNECTOR = ROOT / "connectors" / "us_deaths"
TOPIC = "civic.death.v1"
DEATHS = 5  # in the sample file
CONSOLE = Path(__file__).parent / "console" / "pom.xml"
AS_BYTES = "org.apache.kafka.common.serialization.BytesDeserializer"
SOON = timedelta(seconds=4)


async def test_reading_begins_at_a_time_of_the_bus(kafka_settings: Settings) -> None:
    await published(kafka_settings, death(1))
    await asyncio.sleep(0.05)
    between = datetime.now(UTC)
    await asyncio.sleep(0.05)
    await published(kafka_settings, death(2))
    found = await all_of(Subscription(kafka_settings, ["death"], since=between, follow=False))
    assert numbers(found) == [2]


async def test_only_what_has_stood_for_a_while_is_handed_on(kafka_settings: Settings) -> None:
    await published(kafka_settings, death(1), death(2), death(3), death(4))
    await published(kafka_settings, annulment(death(1), 11), naming(death(2), Change.CORRECTED, 12))
    lifted = annulment(death(3), 13)
    await published(kafka_settings, lifted, naming(death(3), Change.REINSTATED, 14))
    assert await all_of(settled(kafka_settings)) == []
    await asyncio.sleep(SOON.total_seconds() + 0.2)
    found = numbers(await all_of(settled(kafka_settings)))
    # The first was withdrawn in time, the second corrected, the third lifted again.
    assert found == [3, 4, 12, 13, 14]
    assert numbers(await all_of(Subscription(kafka_settings, ["death"], follow=False))) == [
        1, 2, 3, 4, 11, 12, 13, 14,
    ]  # fmt: skip


async def test_a_withdrawal_of_what_had_settled_is_handed_on(kafka_settings: Settings) -> None:
    await published(kafka_settings, death(1))
    await asyncio.sleep(SOON.total_seconds() + 0.2)
    await published(kafka_settings, annulment(death(1), 11))
    await asyncio.sleep(SOON.total_seconds() + 0.2)
    assert numbers(await all_of(settled(kafka_settings))) == [1, 11]


def settled(settings: Settings) -> Subscription:
    return Subscription(settings, ["death"], settled=SOON, follow=False)


class Registry:
    """What a stranger knows of our schemas: what the registry read API of a worker tells."""

    def __init__(self, worker: str) -> None:
        self._address = f"{worker}/registry"
        self._schema = cache(self._asked)

    def _asked(self, schema_id: int) -> Any:
        answer = httpx.get(f"{self._address}/schemas/ids/{schema_id}").raise_for_status()
        return avro.schema.parse(answer.json()["schema"])

    def read(self, framed: bytes) -> tuple[str, dict[str, Any]]:
        """The record's name and what it says, by the Apache project's own Avro library."""
        assert framed[0] == 0
        schema = self._schema(int.from_bytes(framed[1:5], "big"))
        found: dict[str, Any] = avro.io.DatumReader(schema).read(
            avro.io.BinaryDecoder(io.BytesIO(framed[5:]))
        )
        return schema.name, found


@pytest.fixture
def filled(bus: Bus) -> Registry:
    """The topics with the sample file of a register in them."""
    bus.run("connect", str(CONNECTOR), "--input", str(CONNECTOR / "sample.csv"))
    return Registry(bus.start_ready_worker("one").url)


def places(records: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Who died, by the numbers in the records that are deaths."""
    return sorted(
        record["header"]["concerned"][0]["identifiers"][0]["value"]
        for name, record in records
        if name == "Death"
    )


def expected() -> list[str]:
    lines = (CONNECTOR / "sample.csv").read_text(encoding="utf-8").splitlines()
    return sorted(line.split(",")[0] for line in lines[1:])


def test_any_kafka_client_with_any_avro_library_reads_the_events(
    bus: Bus, filled: Registry
) -> None:
    consumer = Consumer(
        {"bootstrap.servers": bus.broker, "group.id": "stranger", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([TOPIC])
    found: list[tuple[str, dict[str, Any]]] = []
    try:
        while sum(name == "Death" for name, _ in found) < DEATHS:
            message = consumer.poll(30)
            assert message is not None, "nothing more came"
            assert message.error() is None
            found.append(filled.read(message.value() or b""))
    finally:
        consumer.close()
    assert places(found) == expected()


ESCAPED = re.compile(r"\\x([0-9A-F]{2})")


def bytes_of(shown: str) -> bytes:
    """The bytes that Kafka's `Bytes` shows as printable characters and `\\xNN`."""
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), shown)
    return plain.encode("latin-1")


def test_kafkas_own_console_consumer_and_an_avro_decoder_read_the_events(
    bus: Bus, filled: Registry
) -> None:
    java = shutil.which("java")
    assert java is not None
    shown = subprocess.run(
        [
            java, "-cp", f"{jars_of(CONSOLE, lambda _: None)}/*",
            "org.apache.kafka.tools.consumer.ConsoleConsumer",
            "--bootstrap-server", bus.broker, "--topic", TOPIC, "--from-beginning",
            "--timeout-ms", "15000", "--property", "print.key=true",
            "--property", f"value.deserializer={AS_BYTES}",
        ],
        capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    lines = [line.partition("\t")[2] for line in shown.stdout.splitlines() if "\t" in line]
    assert len(lines) >= DEATHS, shown.stderr[-2000:]
    assert places([filled.read(bytes_of(line)) for line in lines]) == expected()


def test_the_command_prints_each_event_once_and_says_which_are_settled(
    bus: Bus, filled: Registry
) -> None:
    del filled
    told = bus.run("subscribe", "death", "--since", "beginning", "--no-follow", "--json")
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert [one["record"] for one in found] == ["Death"] * DEATHS
    fields = ("--fields", "record,header.source,offset")
    again = ("subscribe", TOPIC, "--since", "beginning", "--no-follow", *fields)
    (title, *rows) = bus.run(*again, "--only", "death").stdout.splitlines()
    assert title.split("\t") == ["record", "header.source", "offset"]
    assert {row.split("\t")[0] for row in rows} == {"Death"}
    assert len(rows) == DEATHS
    assert bus.run(*again, "--only", "annulment").stdout.splitlines() == [title]
    assert bus.run(*again, "--settled", "5d").stdout.splitlines() == [title]


async def test_the_status_page_shows_how_far_each_group_has_acknowledged(
    bus: Bus, kafka_settings: Settings
) -> None:
    await published(kafka_settings, *map(death, range(1, 11)))
    async with Subscription(kafka_settings, ["death"], group="pension-office") as subscription:
        had = 0
        async for _ in subscription:
            had += 1
            if had == 5:  # four are acknowledged, and the rest of what was read is not
                break
    worker = bus.start_ready_worker("one")

    def found() -> list[dict[str, Any]]:
        return worker.snapshot(SECRET.encode()).get("receipts") or []

    await asyncio.to_thread(until, lambda: bool(found()), "the broker has told the receipts", 60)
    (receipt,) = found()
    assert (receipt["group"], receipt["topic"]) == ("pension-office", TOPIC)
    log = await log_of(kafka_settings, TOPIC)
    everything = sum(len(records) for records in log.values())
    assert 0 < receipt["behind"] < everything
    assert 0 < receipt["partitions"] <= kafka_settings.partitions


async def test_members_of_a_group_share_the_partitions_and_lose_nothing(
    kafka_settings: Settings,
) -> None:
    await published(kafka_settings, *map(death, range(1, 101)))
    had: list[int] = []

    async def member(most: int) -> None:
        async with Subscription(kafka_settings, ["death"], group="office") as subscription:
            async for delivery in subscription:
                had.append(delivery.event.header.source_sequence)
                if most == len(had):
                    return

    await asyncio.wait_for(member(30), 60)  # it ends in the middle; the last one was not finished
    members = [asyncio.create_task(member(0)) for _ in range(2)]
    async with asyncio.timeout(60):
        while set(had) != set(range(1, 101)):  # noqa: ASYNC110 - nobody tells; it is asked
            await asyncio.sleep(0.1)
    for task in members:
        task.cancel()
    await asyncio.gather(*members, return_exceptions=True)
    assert len(had) <= 102
