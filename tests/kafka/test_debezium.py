"""Changes that the real Debezium writes, from a department's PostgreSQL to our events.

Goal: what `connect.inputs.debezium` believes of the envelope, the heartbeats and a crash is so.
Method: Kafka Connect with Debezium's connector, in a role that may read the register and beat.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka.admin import AdminClient
from psycopg.conninfo import conninfo_to_dict

from civicbus.broker.connection import consumer_options
from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.inputs import debezium as debezium_module
from civicbus.connect.inputs.batches import Position
from civicbus.connect.inputs.debezium import debezium
from civicbus.connect.inputs.opening import opener
from civicbus.connect.publisher import Publisher
from civicbus.connect.rows import Row
from civicbus.connect.runner import Runner
from civicbus.demo.postgres import PostgresCluster
from civicbus.domain.events import Event, event_id
from civicbus.domain.vocabulary import Change
from civicbus.registers.inputs import DebeziumInput
from civicbus.registers.systems import JsonInput
from civicbus.settings import Settings, load_settings
from tests.connect.inputs.death_changes import DeathChanges
from tests.connect.inputs.outboxes import ROOT, Reader
from tests.connect.inputs.taking import Nobody
from tests.connect.publishing import events_in, log_of
from tests.kafka.bus import until
from tests.kafka.connect_worker import ConnectWorker

pytestmark = [pytest.mark.kafka, pytest.mark.java, pytest.mark.postgres, pytest.mark.timeout(300)]

SOON = 60.0  # seconds
DEATHS = load_connector(ROOT / "tests" / "connect" / "inputs" / "death_table")
MAPPING = DeathChanges("death-table", told_at="source.ts_ms")
COLUMNS = (
    "op", "source.ts_ms", "after.entered_on", "after.registered_at", "before.entry", "after.entry",
    "before.person", "after.person", "before.died_on", "after.died_on",
)  # fmt: skip
LONGEST = timedelta(minutes=10)
PASSWORD = "a password of the tests"
TABLES = f"""
CREATE TABLE deaths (
  entry integer PRIMARY KEY, person text, died_on text,
  entered_on date NOT NULL DEFAULT '2026-02-02',
  registered_at timestamptz NOT NULL DEFAULT '2026-02-02T09:00:00Z'
);
ALTER TABLE deaths REPLICA IDENTITY FULL;
INSERT INTO deaths (entry, person) VALUES (1, '101'), (2, '102');
CREATE TABLE heartbeat (id integer PRIMARY KEY, at timestamptz NOT NULL);
INSERT INTO heartbeat VALUES (1, now());
CREATE PUBLICATION town FOR TABLE deaths, heartbeat;
CREATE ROLE debezium LOGIN REPLICATION PASSWORD '{PASSWORD}';
GRANT SELECT ON deaths TO debezium;
GRANT SELECT, UPDATE ON heartbeat TO debezium;
"""


def connect_options(cluster: PostgresCluster, prefix: str) -> dict[str, str]:
    """What the department writes into Kafka Connect."""
    server = conninfo_to_dict(cluster.network_conninfo)
    return {
        "name": "town",
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "database.hostname": str(server["host"]),
        "database.port": str(server["port"]),
        "database.dbname": str(server["dbname"]),
        "database.user": "debezium",
        "database.password": PASSWORD,
        "topic.prefix": prefix,
        "plugin.name": "pgoutput",
        "slot.name": "town",
        "publication.name": "town",
        "publication.autocreate.mode": "disabled",
        "table.include.list": "public.deaths,public.heartbeat",
        "skipped.operations": "none",  # or nothing is told of a table that was emptied at once
        "heartbeat.interval.ms": "500",
        "heartbeat.action.query": "UPDATE heartbeat SET at = now()",
        "producer.override.delivery.timeout.ms": "120000",
        "topic.creation.default.partitions": "1",
        "topic.creation.default.replication.factor": "1",
    }


@dataclass(frozen=True)
class Department:
    """A department's database, its Kafka Connect, and what we know of both."""

    conninfo: str
    worker: ConnectWorker
    settings: Settings
    connector: Connector
    rules: DebeziumInput

    def do(self, *statements: str) -> None:
        """Do something in one transaction."""
        with psycopg.connect(self.conninfo) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @asynccontextmanager
    async def reading(self, position: Position | None = None) -> AsyncIterator[Reader]:
        batches = debezium(self.rules, self.connector, self.settings, position)
        try:
            yield Reader(batches)
        finally:
            await batches.aclose()


@pytest.fixture(scope="module")
def department(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Department]:
    """A department whose Kafka Connect has begun with what stood in its tables."""
    prefix = f"town-{uuid.uuid4().hex[:8]}"  # a broker may outlive its tests
    topics = (f"{prefix}.public.deaths", f"{prefix}.public.heartbeat")
    rules = DebeziumInput(*topics, LONGEST)
    system = replace(DEATHS.system, input=JsonInput(COLUMNS), live=rules)
    connector = Connector(DEATHS.folder, system, MAPPING.events, MAPPING.subject)
    client = AdminClient({"bootstrap.servers": kafka})
    with PostgresCluster(wal_level="logical") as cluster:
        with psycopg.connect(cluster.conninfo, autocommit=True) as connection:
            connection.execute(TABLES.encode())
        options = connect_options(cluster, prefix)
        worker = ConnectWorker(tmp_path_factory.mktemp("connect"), kafka, options)
        try:
            worker.start()
            until(lambda: client.list_topics().topics.keys() >= set(topics), "both topics are made")
            settings = load_settings(broker=kafka)
            yield Department(cluster.conninfo, worker, settings, connector, rules)
        finally:
            worker.kill()


def insert(*entries: int) -> str:
    rows = ", ".join(f"({entry}, '{100 + entry}')" for entry in entries)
    return f"INSERT INTO deaths (entry, person) VALUES {rows}"


def rows_of(reader: Reader) -> list[Row]:
    return [row for record in reader.records for row in record.rows]


async def test_a_mapping_sees_what_stood_there_and_each_change_with_what_was_before(
    department: Department,
) -> None:
    department.do(
        insert(3),
        "UPDATE deaths SET person = '111' WHERE entry = 1",
        "DELETE FROM deaths WHERE entry = 2",
    )
    department.do(insert(4), "DELETE FROM deaths WHERE entry = 1", "ROLLBACK")
    department.do(insert(5))
    async with department.reading() as reader, asyncio.timeout(SOON):
        while "5" not in [row["after.entry"] for row in rows_of(reader)]:
            await reader.next()
    rows = rows_of(reader)
    assert [(row["op"], row["before.person"], row["after.person"]) for row in rows] == [
        ("r", "", "101"),
        ("r", "", "102"),
        ("c", "", "103"),
        ("u", "101", "111"),
        ("d", "102", ""),
        ("c", "", "105"),
    ]
    # What follows a deletion for the topic's compaction has a place there and is no record.
    assert reader.ids == ["0:0", "0:1", "0:2", "0:3", "0:4", "0:6"]
    assert {row["after.entered_on"] for row in rows if row["op"] != "d"} == {"20486"}  # since 1970
    assert rows[0]["after.registered_at"] == "2026-02-02T09:00:00.000000Z"


async def test_heartbeats_say_how_far_what_was_read_is_complete(
    department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debezium_module, "SETTLED_AFTER", timedelta(0))
    department.do(insert(21))
    last = datetime.now(UTC) - LONGEST
    async with department.reading() as reader, asyncio.timeout(SOON):
        for _ in range(2):  # each time something later
            while reader.complete_through is None or reader.complete_through <= last:
                await reader.next()
            last = reader.complete_through
    assert "21" in [row["after.entry"] for row in rows_of(reader)]
    assert last < datetime.now(UTC) - LONGEST


async def test_what_stood_in_the_table_of_heartbeats_looks_like_one_and_is_none(
    department: Department,
) -> None:
    partition = TopicPartition(department.rules.heartbeat_topic, 0)
    async with AIOKafkaConsumer(**consumer_options(department.settings)) as consumer:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        found = [await consumer.getone(), await consumer.getone()]
    payloads = [json.loads(record.value)["payload"] for record in found]
    assert [payload["op"] for payload in payloads] == ["r", "u"]
    assert all(payload["source"]["ts_ms"] > 0 for payload in payloads)
    assert len(list(debezium_module._beats(found))) == 1


async def publish(department: Department, settings: Settings, last: int) -> dict[str, set[Event]]:
    """Run the connector until the death of an entry is published; all events by their ids."""
    events: dict[str, set[Event]] = {}
    while event_id("death-table", "death", str(last)) not in events:
        await Runner(
            lambda: Publisher(settings, department.connector.system),
            department.connector,
            opener(department.connector, settings),
            Nobody(),
        ).run(once=True)
        events = defaultdict(set)
        for _, event in events_in(await log_of(settings, "civic.death.v1")):
            events[event.header.event_id].add(event)
    return events


async def test_what_is_committed_while_kafka_connect_is_dead_is_not_lost_and_all_counts_once(
    department: Department, kafka_settings: Settings
) -> None:
    department.worker.keep_positions()
    department.do(insert(31, 32, 33))
    department.do("UPDATE deaths SET died_on = '2026-02-01' WHERE entry = 31")
    department.do("DELETE FROM deaths WHERE entry = 32", insert(34))
    async with asyncio.timeout(SOON):
        before = await publish(department, kafka_settings, 34)
    department.worker.kill()
    department.do("UPDATE deaths SET died_on = '2026-02-02' WHERE entry = 31")
    department.do("DELETE FROM deaths WHERE entry = 33", insert(35))
    department.do(insert(36), "ROLLBACK")
    department.worker.start()
    department.do(insert(37))
    async with asyncio.timeout(SOON):
        events = await publish(department, kafka_settings, 37)
    assert before.keys() < events.keys()
    assert {len(contents) for contents in events.values()} == {1}
    entries = {event_id("death-table", "death", str(entry)): entry for entry in range(31, 38)}
    acts = [
        (entries[about], type(event).__name__, event.header.change)
        for (event,) in events.values()
        if (about := event.header.target_event_id or event.header.event_id) in entries
    ]
    assert sorted(acts) == [
        (31, "Death", Change.CORRECTED),
        (31, "Death", Change.CORRECTED),
        (31, "Death", Change.CREATED),
        (32, "Annulment", Change.CREATED),
        (32, "Death", Change.CREATED),
        (33, "Annulment", Change.CREATED),
        (33, "Death", Change.CREATED),
        (34, "Death", Change.CREATED),
        (35, "Death", Change.CREATED),
        (37, "Death", Change.CREATED),
    ]


async def test_a_table_that_is_emptied_at_once_makes_nobody_vanish(department: Department) -> None:
    async with department.reading() as reader:
        await reader.catch_up()
    department.do("TRUNCATE deaths")
    async with department.reading(reader.position) as again, asyncio.timeout(SOON):
        while not again.records:
            await again.next()
    (record,) = again.records
    assert [row.reason for row in record.refused] == ["mass_change"]
