"""Changes of a table as Debezium writes them to Kafka, for departments that run Kafka Connect.

A record's value is JSON, with its schema beside it or without (`JsonConverter`): `op`, `before`,
`after`, `source`. A mapping sees what its connector lists: `op`, `after.number`, `before.number`.
PostgreSQL tells `before` where the table has REPLICA IDENTITY FULL, else of a deletion the key
alone, and of a long text that did not change a placeholder, with which the row is refused. What
follows a deletion for the topic's compaction holds nothing and is passed over. A table that was
emptied at once (`op` is `t`, told with `skipped.operations=none`) is refused: a register does not
lose everybody in one act.

A Kafka Connect that was killed sends changes again, each with another `ts_ms`. What stays the same
is `source.ts_ms`, when a change was committed, and of PostgreSQL `source.lsn`, where it stands in
the log: an event's id and times are made of these. Two changes of one row in one transaction have
the first alike and the second not.

How far the register is complete is told by a row that Debezium writes into a table of its own
(`heartbeat.action.query`) and reads back from the database's log like any other: whatever was
committed before it stands in the log before it. But it comes on another topic, which may be ahead:
a producer of Kafka Connect sends again for up to two minutes, where the connector's configuration
has `producer.override.delivery.timeout.ms=120000`; for weeks where it has not. So a heartbeat
counts once it is older than `SETTLED_AFTER` and the changes have then been read to their end; and
only up to as long before it, since a Kafka Connect that has died meanwhile sends the changes that
it was ahead of once it is back; and less the longest transaction, since a row is registered when
its transaction begins. A row of that table's snapshot is none: the changes' snapshot may take hours
more. An incremental snapshot runs beside heartbeats: whoever takes one names no `heartbeat_topic`
until it is over.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from civicbus.broker.connection import BrokerError, consumer_options
from civicbus.broker.topics import partition_numbers
from civicbus.connect.connector import Connector
from civicbus.connect.inputs.batches import (
    Batch,
    Batches,
    InputChangedError,
    InputUnavailableError,
    Position,
)
from civicbus.connect.json_records import Paths, paths_of, record_of
from civicbus.connect.rows import Record, RefusedRow, Row
from civicbus.registers.inputs import DebeziumInput
from civicbus.registers.systems import DECLARATION
from civicbus.settings import ConfigurationError, Settings
from civicbus.wire import strict_json
from civicbus.wire.records import from_millis

AT_ONCE = 2_000  # records
POLL_MS = 1_000
SETTLED_AFTER = timedelta(seconds=130)  # delivery.timeout.ms must be two minutes
HEARTBEATS_KEPT = 1_000
SNAPSHOT = "r"
TRUNCATED = "t"
NOT_LOGGED = "__debezium_unavailable_value"  # Debezium's unavailable.value.placeholder
REMEDY = (
    "let Debezium take a new snapshot into the topic, then run civicbus connect with --anew: what "
    "the topic holds is published, and counts once; no snapshot tells of rows that were deleted "
    "meanwhile, so the register has to annul what it had said of them"
)


async def debezium(
    rules: DebeziumInput, connector: Connector, settings: Settings, position: Position | None
) -> Batches:
    """The changes on a topic from a position on, for ever.

    Raises:
        InputUnavailableError: if the broker does not answer.
        InputChangedError: if the topic is not the one that was read, or has lost changes.
        ConfigurationError: if the connector does not look at `op`, or looks at `ts_ms`.
    """
    paths = paths_of(connector.system.input)
    if "op" not in paths:
        raise ConfigurationError(
            f"{connector.folder / DECLARATION}: input.columns: op is missing; without it nobody "
            "can tell what is new from what is gone"
        )
    if "ts_ms" in paths:
        raise ConfigurationError(
            f"{connector.folder / DECLARATION}: input.columns: ts_ms is another one whenever a "
            "change is sent again; list source.ts_ms, when it was committed"
        )
    async with _consumer(settings) as consumer:
        with _kafka_errors():
            partitions = await _partitions(settings, rules)
            reader = _Changes(consumer, rules, paths, partitions)
            await reader.seek(position)
        while True:
            with _kafka_errors():
                batch = await reader.next()
            yield batch


@asynccontextmanager
async def _consumer(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(**consumer_options(settings), auto_offset_reset="none")
    try:
        with _kafka_errors():
            await consumer.start()
        yield consumer
    finally:
        await asyncio.sleep(0)  # a task of its own that has not begun would cancel ours
        await consumer.stop()


async def _partitions(settings: Settings, rules: DebeziumInput) -> list[TopicPartition]:
    topics = [topic for topic in (rules.topic, rules.heartbeat_topic) if topic is not None]
    found = await partition_numbers(settings, topics)
    for topic in topics:
        if topic not in found:
            raise InputUnavailableError(
                f"the broker has no topic {topic}; let Kafka Connect write it, or correct "
                "input.debezium in connector.toml"
            )
    return [TopicPartition(topic, number) for topic in topics for number in found[topic]]


@contextmanager
def _kafka_errors() -> Iterator[None]:
    try:
        yield
    except OffsetOutOfRangeError as error:
        raise InputChangedError(f"changes were deleted before they were read; {REMEDY}") from error
    except (KafkaError, BrokerError) as error:
        raise InputUnavailableError(
            f"the broker does not give Debezium's changes ({type(error).__name__})"
        ) from error


class _Changes:
    """Understands which changes are new, and which heartbeats have settled."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        rules: DebeziumInput,
        paths: Paths,
        partitions: Sequence[TopicPartition],
    ) -> None:
        self._consumer = consumer
        self._rules = rules
        self._paths = paths
        self._changes = [found for found in partitions if found.topic == rules.topic]
        self._beats = [found for found in partitions if found.topic != rules.topic]
        self._heartbeats: deque[tuple[datetime, datetime]] = deque(maxlen=HEARTBEATS_KEPT)
        self._settled: datetime | None = None  # the newest heartbeat that is old enough

    async def seek(self, position: Position | None) -> None:
        """Begin to read, changes behind the position and heartbeats from not long ago."""
        topic = self._rules.topic
        if position is not None and position.get("topic") != topic:
            raise InputChangedError(
                f"the position on the bus is not one of the topic {topic}; run civicbus connect "
                "with --anew: what the topic holds is published, and counts once"
            )
        offsets = {} if position is None else dict(position["offsets"])
        consumer, everything = self._consumer, [*self._changes, *self._beats]
        consumer.assign(everything)
        firsts = await consumer.beginning_offsets(everything)
        ends = await consumer.end_offsets(everything)
        for partition in self._changes:
            first, end = firsts[partition], ends[partition]
            offset = offsets.get(str(partition.partition), first)
            if not first <= offset <= end:
                raise InputChangedError(
                    f"{topic}: partition {partition.partition} was read up to offset {offset}, and "
                    f"holds {first} to {end} now; {REMEDY}"
                )
            consumer.seek(partition, offset)
        for partition in self._beats:
            consumer.seek(partition, max(firsts[partition], ends[partition] - HEARTBEATS_KEPT))

    async def next(self) -> Batch:
        """What has come since, and how far the register is complete."""
        polled = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=AT_ONCE)
        records: list[Record] = []
        for partition, found in polled.items():
            if partition.topic == self._rules.topic:
                records += self._records(partition, found)
            else:
                self._heartbeats += _beats(found)
        is_at_end = await self._is_at_end()
        offsets = {str(p.partition): await self._consumer.position(p) for p in self._changes}
        position = {"input": "debezium", "topic": self._rules.topic, "offsets": offsets}
        through = self._complete_through() if is_at_end else None
        return Batch(records, position if records else None, through, caught_up=is_at_end)

    async def _is_at_end(self) -> bool:
        self._settle(datetime.now(UTC) - SETTLED_AFTER)
        ends = await self._consumer.end_offsets(self._changes)
        positions = [await self._consumer.position(partition) for partition in self._changes]
        return all(
            at >= ends[partition] for at, partition in zip(positions, self._changes, strict=True)
        )

    def _settle(self, until: datetime) -> None:
        """Take note of heartbeats that were on the topic by then."""
        while self._heartbeats and self._heartbeats[0][0] <= until:
            committed = self._heartbeats.popleft()[1]
            self._settled = max(committed, self._settled or committed)

    def _complete_through(self) -> datetime | None:
        if self._settled is None:
            return None
        return self._settled - SETTLED_AFTER - self._rules.longest_transaction

    def _records(self, partition: TopicPartition, found: Iterable[Any]) -> Iterator[Record]:
        for record in found:
            if record.value is None:
                continue
            made = record_of(record.value, record.offset, self._paths, _change)
            refused = (*made.refused, *(found for row in made.rows for found in _refused(row)))
            key = f"{partition.partition}:{record.offset}"
            yield replace(made, key=key, refused=refused)


def _refused(row: Row) -> Iterator[RefusedRow]:
    """What no mapping may take for what it looks like."""
    if row["op"] == TRUNCATED:
        remedy = "the table was emptied at once; nothing is treated as gone, look into it"
        yield RefusedRow(row.line, "op", "mass_change", remedy)
    for column, cell in row.cells.items():
        if cell == NOT_LOGGED:
            remedy = "the database did not log this value; set REPLICA IDENTITY FULL on the table"
            yield RefusedRow(row.line, column, "not_logged", remedy)


def _change(found: dict[str, Any]) -> Any:
    """The change, without the schema that Kafka Connect may have put beside it."""
    return found["payload"] if found.keys() == {"schema", "payload"} else found


def _beats(found: Iterable[Any]) -> Iterator[tuple[datetime, datetime]]:
    """When each heartbeat came onto the topic, and when the database had committed it."""
    for record in found:
        try:
            change = _change(strict_json.parse(record.value or b"{}"))
            committed = from_millis(int(change["source"]["ts_ms"]))
            is_of_snapshot = change["op"] == SNAPSHOT
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            continue  # what follows a deletion, or nothing of Debezium's
        if not is_of_snapshot:
            yield from_millis(record.timestamp), committed
