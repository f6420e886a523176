"""The contenders of the ingest benchmark, each run in a process of its own.

`python -m tests.benchmarks.contenders NAME BROKER TOPIC EVENTS FOLDER TURN` reads the topic from
its start and prints one JSON object: events, seconds from the first record to the last.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import aiokafka
import fastavro
import faust

from civicbus.broker.apache import free_port
from civicbus.engine.app import BLOCK_RECORDS, MOST_FETCHED
from civicbus.engine.judging import Judges
from civicbus.engine.node import Node
from civicbus.settings import load_settings
from civicbus.wire.guard import Guard
from civicbus.wire.judgement import Judgement
from civicbus.wire.schemas import load_catalogue
from civicbus.wire.topics import PERSON_TOPICS
from tests.benchmarks.filling import SOURCE

LOOKS_EVERY = 0.02  # seconds
FRAME = 5
ID_AT = slice(
    FRAME + 1, FRAME + 37
)  # the event id is the header's, and so the event's, first field


class Clock:
    """Times from the first record to the last."""

    def __init__(self, events: int) -> None:
        self.events = events
        self.seen = 0
        self.begun = 0.0
        self.ended = 0.0

    def count(self, number: int) -> bool:
        """Count records; True when all have been seen."""
        if not self.seen:
            self.begun = time.perf_counter()
        self.seen += number
        self.ended = time.perf_counter()
        return self.seen >= self.events


async def read_with_aiokafka(broker: str, topic: str, clock: Clock, *, decode: bool) -> None:
    """The consumer alone, or with each event decoded by fastavro."""
    schemas = {id_: schema.parsed for id_, schema in load_catalogue().versions.items()}
    consumer = aiokafka.AIOKafkaConsumer(
        topic,
        bootstrap_servers=broker,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=MOST_FETCHED,
    )
    await consumer.start()
    try:
        while True:
            fetched = await consumer.getmany(timeout_ms=1000, max_records=BLOCK_RECORDS)
            for records in fetched.values():
                if decode:
                    for record in records:
                        schema = schemas[int.from_bytes(record.value[1:FRAME], "big")]
                        fastavro.schemaless_reader(io.BytesIO(record.value[FRAME:]), schema, None)
                if clock.count(len(records)):
                    return
    finally:
        await consumer.stop()


def read_with_plain_faust(broker: str, topic: str, clock: Clock, folder: Path, turn: str) -> None:
    """An agent that only counts."""
    app = faust.App(
        f"plain-faust-{turn}",
        broker=f"kafka://{broker}",
        datadir=str(folder),
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=MOST_FETCHED,
        web_enabled=False,
    )
    source = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw",
                       value_serializer="raw")  # fmt: skip

    @app.agent(source)
    async def count(stream: Any) -> None:
        async for _ in stream.events():
            if clock.count(1):
                report(clock)

    run(app)


class NoGuard:
    """Lets every record through, with its event id taken from where it must stand."""

    def judge(self, _: str, records: Sequence[Any]) -> Judgement:
        return Judgement(
            refused=[],
            event_ids=[record.value[ID_AT] for record in records],
            sources=[SOURCE] * len(records),
            watermarks=[],
        )


def node_of(broker: str, folder: Path, mode: str, group: str) -> Node:
    """The worker's engine, with the guard that is meant."""
    settings = load_settings(broker=broker, data=folder, group=group, status_port=free_port())
    catalogue = load_catalogue()
    publishers = {SOURCE: frozenset({"birth", "death", "union"})}
    guard: Judges = NoGuard()
    if mode != "off":
        chosen: Literal["native", "fastavro"] = "native" if mode == "native" else "fastavro"
        guard = Guard(catalogue, publishers, "development", chosen)
    return Node(settings, settings.partitions, catalogue, guard)


def stored_in(node: Node, topic: str, partitions: Iterable[int]) -> int:
    """Records of a topic that are in the store, durable."""
    family = PERSON_TOPICS[topic].number
    return sum(node.store.open(partition).state(family).stored for partition in partitions)


def read_with_ours(
    broker: str, topic: str, clock: Clock, folder: Path, mode: str, turn: str
) -> None:
    """The worker's engine, durable: only what is in the store counts."""
    node = node_of(broker, folder, mode, f"ours-{mode}-{turn}")

    @node.app.task  # type: ignore[untyped-decorator]  # Faust gives it no type
    async def watch() -> None:
        stored = 0
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            now = stored_in(node, topic, node.store.partitions())
            if now > stored and clock.count(now - stored):
                report(clock)
            stored = now

    node.run()


def run(app: faust.App) -> None:
    worker = faust.Worker(app, override_logging=False, redirect_stdouts=False, quiet=True)
    worker.spinner = None
    worker.execute_from_commandline()


def report(clock: Clock) -> None:
    """Print the result and leave at once; what was measured is over."""
    seconds = clock.ended - clock.begun
    print(json.dumps({"events": clock.seen, "seconds": seconds}), flush=True)
    os._exit(0)


def main() -> None:
    name, broker, topic, events, folder, turn = sys.argv[1:]
    clock = Clock(int(events))
    if name.startswith("aiokafka"):
        asyncio.run(read_with_aiokafka(broker, topic, clock, decode=name.endswith("fastavro")))
        report(clock)
    elif name == "faust":
        read_with_plain_faust(broker, topic, clock, Path(folder), turn)
    else:
        read_with_ours(broker, topic, clock, Path(folder), name.removeprefix("ours-"), turn)


if __name__ == "__main__":
    main()
