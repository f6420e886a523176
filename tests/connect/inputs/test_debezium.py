"""Changes in Debezium's envelope, on a topic that Kafka Connect writes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from civicbus.broker.connection import client_options
from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.inputs import debezium as debezium_module
from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError, Position
from civicbus.connect.inputs.debezium import debezium
from civicbus.registers.inputs import DebeziumInput
from civicbus.registers.systems import JsonInput
from civicbus.settings import ConfigurationError, Settings
from tests.connect.inputs.outboxes import Reader

REGISTRAR = load_connector(Path(__file__).parents[2] / "faults" / "registrar")
COLUMNS = ("op", "source.ts_ms", "before.name", "after.name")
CHANGES = Connector(
    REGISTRAR.folder,
    replace(REGISTRAR.system, input=JsonInput(COLUMNS)),
    REGISTRAR.events,
    REGISTRAR.subject,
)
TOPIC, BEATS = "town.public.persons", "town.public.heartbeat"
RULES = DebeziumInput(TOPIC, BEATS, timedelta(minutes=10))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("topics")


@pytest.fixture
async def topics(settings: Settings) -> None:
    """Both topics, made as the built-in broker makes them."""
    await send(settings, TOPIC, None)
    await send(settings, BEATS, None)


async def send(settings: Settings, topic: str, *values: Any) -> None:
    async with AIOKafkaProducer(**client_options(settings)) as producer:
        for value in values:
            raw = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
            await producer.send_and_wait(topic, raw, key=b"a key", partition=0)


def change(op: str, before: str | None = None, after: str | None = None) -> dict[str, Any]:
    rows = {"before": before, "after": after}
    told = {name: None if value is None else {"name": value} for name, value in rows.items()}
    return {**told, "op": op, "ts_ms": 1, "source": {"ts_ms": 1_772_000_000_000}}


def beat(committed: datetime, op: str = "u") -> dict[str, Any]:
    return {"op": op, "source": {"ts_ms": int(committed.timestamp() * 1000)}}


@asynccontextmanager
async def reading(
    settings: Settings, position: Position | None = None, rules: DebeziumInput = RULES
) -> AsyncIterator[Reader]:
    batches = debezium(rules, CHANGES, settings, position)
    try:
        yield Reader(batches)
    finally:
        await batches.aclose()


def cells(reader: Reader) -> list[tuple[str, ...]]:
    return [tuple(record.rows[0][name] for name in COLUMNS) for record in reader.records]


async def test_a_mapping_sees_what_was_and_what_is(settings: Settings) -> None:
    wrapped = {"schema": {"type": "struct"}, "payload": change("d", before="B")}
    await send(
        settings, TOPIC, change("c", after="A"), change("u", "A", "B"), wrapped, None,
        change("r", after="C"),
    )  # fmt: skip
    async with reading(settings) as reader:
        await reader.catch_up()
        assert cells(reader) == [
            ("c", "1772000000000", "", "A"),
            ("u", "1772000000000", "A", "B"),
            ("d", "1772000000000", "B", ""),
            ("r", "1772000000000", "", "C"),
        ]
        absent = [record.rows[0].absent for record in reader.records]
        assert [sorted(names) for names in absent] == [
            ["before.name"], [], ["after.name"], ["before.name"],
        ]  # fmt: skip


async def test_it_goes_on_behind_what_was_read(settings: Settings) -> None:
    await send(settings, TOPIC, change("c", after="A"))
    async with reading(settings) as reader:
        await reader.catch_up()
    await send(settings, TOPIC, change("c", after="B"))
    async with reading(settings, reader.position) as again:
        await again.catch_up()
    assert [len(reader.ids), len(again.ids)] == [1, 1]
    assert reader.ids != again.ids


async def test_what_is_no_change_is_refused_and_takes_no_other_with_it(settings: Settings) -> None:
    await send(
        settings, TOPIC, change("c", after="A"), b"\x00\x00\x00\x00\x01avro", b"[]",
        {"op": {"x": 1}}, change("c", after="B"),
    )  # fmt: skip
    async with reading(settings) as reader:
        await reader.catch_up()
    reasons = [[row.reason for row in record.refused] for record in reader.records]
    assert reasons == [[], ["json"], ["json"], ["json"], []]


async def test_a_table_that_was_emptied_at_once_makes_nobody_vanish(settings: Settings) -> None:
    await send(settings, TOPIC, change("t"))
    async with reading(settings) as reader:
        await reader.catch_up()
    (record,) = reader.records
    assert [row.reason for row in record.refused] == ["mass_change"]


async def test_a_placeholder_for_what_was_not_logged_is_no_name(settings: Settings) -> None:
    await send(settings, TOPIC, change("u", before="A", after="__debezium_unavailable_value"))
    async with reading(settings) as reader:
        await reader.catch_up()
    (record,) = reader.records
    assert [(row.field, row.reason) for row in record.refused] == [("after.name", "not_logged")]


async def test_a_heartbeat_counts_when_it_is_old_enough_and_less_the_longest_transaction(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(settings, TOPIC, change("c", after="A"))
    await send(settings, BEATS, beat(NOON), None, b"no json", b"[]", {"op": "u"})
    await send(settings, BEATS, {"op": "u", "source": {"ts_ms": 10**18}})
    async with reading(settings) as reader:
        batch = await reader.catch_up()
        assert batch.complete_through is None, "a change may still be on its way"
        monkeypatch.setattr(debezium_module, "SETTLED_AFTER", timedelta(0))
        batch = await reader.catch_up()
        assert batch.complete_through == NOON - timedelta(minutes=10)
        await send(settings, BEATS, beat(NOON + timedelta(hours=1)))
        async with asyncio.timeout(30):
            while batch.complete_through != NOON + timedelta(minutes=50):
                batch = await reader.catch_up()


async def test_nothing_is_said_of_what_a_dead_kafka_connect_may_still_have_to_send(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = timedelta(milliseconds=200)
    monkeypatch.setattr(debezium_module, "SETTLED_AFTER", ahead)
    await send(settings, BEATS, beat(NOON))
    async with reading(settings) as reader, asyncio.timeout(30):
        while (batch := await reader.catch_up()).complete_through is None:
            pass
    assert batch.complete_through == NOON - timedelta(minutes=10) - ahead


async def test_a_row_of_the_snapshot_is_no_heartbeat_since_the_others_may_take_hours(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debezium_module, "SETTLED_AFTER", timedelta(0))
    await send(settings, BEATS, beat(NOON + timedelta(hours=1), "r"), beat(NOON))
    async with reading(settings) as reader, asyncio.timeout(30):
        while (batch := await reader.catch_up()).complete_through is None:
            pass
    assert batch.complete_through == NOON - timedelta(minutes=10)


async def test_while_changes_wait_nothing_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debezium_module, "SETTLED_AFTER", timedelta(0))
    monkeypatch.setattr(debezium_module, "AT_ONCE", 2)
    await send(settings, BEATS, beat(NOON))
    await send(settings, TOPIC, *(change("c", after=str(n)) for n in range(7)))
    async with reading(settings) as reader:
        while not (batch := await reader.next()).caught_up:
            assert batch.complete_through is None
    assert len(reader.ids) == 7


async def test_without_heartbeats_nothing_is_ever_said(settings: Settings) -> None:
    await send(settings, TOPIC, change("c", after="A"))
    async with reading(settings, rules=DebeziumInput(TOPIC, None, timedelta(0))) as reader:
        batch = await reader.catch_up()
    assert batch.complete_through is None


async def test_a_topic_that_has_lost_changes_or_was_made_anew_stops_it(settings: Settings) -> None:
    await send(settings, TOPIC, change("c", after="A"))
    position = {"input": "debezium", "topic": TOPIC, "offsets": {"0": 99}}
    with pytest.raises(InputChangedError, match="was read up to offset 99"):
        async with reading(settings, position) as reader:
            await reader.next()


async def test_the_position_of_another_topic_is_none(settings: Settings) -> None:
    with pytest.raises(InputChangedError, match="--anew"):
        async with reading(settings, {"input": "outbox"}) as reader:
            await reader.next()


async def test_a_topic_that_is_not_there_is_waited_for(settings: Settings) -> None:
    rules = DebeziumInput("town.public.nothing", None, timedelta(0))
    with pytest.raises(InputUnavailableError, match=r"no topic town\.public\.nothing"):
        async with reading(settings, rules=rules) as reader:
            await reader.next()


async def test_a_connector_that_does_not_look_at_what_a_change_is_is_not_run(
    settings: Settings,
) -> None:
    with pytest.raises(ConfigurationError, match="op is missing"):
        await anext(debezium(RULES, REGISTRAR, settings, None))


async def test_a_connector_that_looks_at_what_differs_when_a_change_is_sent_again_is_not_run(
    settings: Settings,
) -> None:
    system = replace(CHANGES.system, input=JsonInput(("op", "ts_ms")))
    with pytest.raises(ConfigurationError, match=r"list source\.ts_ms"):
        await anext(debezium(RULES, replace(CHANGES, system=system), settings, None))
