"""`make bench BENCH=load`: a first load, from events that are built to the last acknowledgement.

All contenders publish the same events of the same people to real Apache Kafka, one after the other,
each in a process of its own and into fresh topics. Making the events is not measured. The broker
works on the same machine: `us/event` is what a contender itself took of the processor.

The second table takes our own work apart: processor time of the cheapest of several rounds over one
block, with no broker, since the machine has other work.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder
from rich.console import Console
from rich.progress import track
from rich.table import Table

from civicbus.broker.apache import ApacheKafka
from civicbus.broker.topics import create_topics, delete_topics
from civicbus.connect.sender import BATCH_BYTES, COMPRESSION
from civicbus.settings import load_settings
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue
from civicbus.wire.topics import partitions_of
from tests.benchmarks.guard import best
from tests.benchmarks.population import block
from tests.benchmarks.publishing import packed
from tests.benchmarks.running import Contender, write_report

LOADER = "tests.benchmarks.loaders"
# Name, what it is, which loader, how many of it at once.
CONTENDERS = (
    ("aiokafka", "aiokafka send() and fastavro", "aiokafka", 1),
    ("librdkafka", "librdkafka produce() and fastavro", "librdkafka", 1),
    ("ours", "civicbus, one process", "ours", 1),
    ("ours-2", "civicbus, two processes", "ours", 2),
)
SLOWEST = "aiokafka"
PARTITIONS = 8


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--persons", type=int, default=20_000, help="about ten events each")
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, ApacheKafka(Path(folder) / "kafka") as broker:
        runs = [contender for _ in range(chosen.rounds) for contender in CONTENDERS]
        found: dict[str, list[dict[str, float]]] = {name: [] for name, *_ in CONTENDERS}
        for name, _, loader, processes in track(runs, "loaders", console=Console(stderr=True)):
            found[name].append(measure(broker, loader, processes, chosen.persons))
    parts = apart()
    results = [summary(name, title, found[name]) for name, title, *_ in CONTENDERS]
    write_report("load", {"contenders": results, "parts": parts})
    show(results)
    show_parts(parts)


def measure(broker: str, loader: str, processes: int, persons: int) -> dict[str, float]:
    """One load by one or more processes that start together."""
    settings = load_settings(broker=broker)
    asyncio.run(delete_topics(settings))
    asyncio.run(create_topics(settings))
    contenders = [
        Contender(LOADER, loader, broker, persons, share, processes) for share in range(processes)
    ]
    for contender in contenders:
        contender.ready()
    for contender in contenders:
        contender.start()
    found = [contender.result() for contender in contenders]
    return {
        "events": sum(one["events"] for one in found),
        "records": sum(one["records"] for one in found),
        "seconds": max(one["seconds"] for one in found),
        "processor": sum(one["processor"] for one in found),
    }


def summary(name: str, title: str, rounds: list[dict[str, float]]) -> dict[str, Any]:
    """The medians of the rounds."""
    events, records = rounds[0]["events"], rounds[0]["records"]
    return {
        "name": name,
        "title": title,
        "events": events,
        "records": records,
        "events_per_second": round(statistics.median(events / one["seconds"] for one in rounds)),
        "records_per_second": round(statistics.median(records / one["seconds"] for one in rounds)),
        "processor_micros_per_event": round(
            statistics.median(one["processor"] / events * 1e6 for one in rounds), 1
        ),
        "rounds": [round(events / one["seconds"]) for one in rounds],
    }


def apart() -> dict[str, float]:
    """Microseconds an event takes in each part of our own work."""
    made, codec = block(0), Codec(load_catalogue())
    ready = list(packed(codec, made))
    keys = [key for event in ready for key in event.keys]
    records = [(key, event.value) for event in ready for key in event.keys]
    return {
        what: round(best(work) / len(made) * 1e6, 2)
        for what, work in (
            ("encode in blocks", lambda: list(packed(codec, made))),
            ("find partitions", lambda: partitions_of(keys, PARTITIONS)),
            ("build and compress batches", lambda: batches(records)),
        )
    }


def batches(records: list[tuple[bytes, bytes]]) -> None:
    """The records in batches as they go to the broker."""
    _, attributes = AIOKafkaProducer._COMPRESSORS[COMPRESSION]
    batch = BatchBuilder(BATCH_BYTES, attributes)
    for key, value in records:
        if batch.append(timestamp=0, key=key, value=value) is None:
            batch._build()
            batch = BatchBuilder(BATCH_BYTES, attributes)
            batch.append(timestamp=0, key=key, value=value)
    batch._build()


def show_parts(parts: dict[str, float]) -> None:
    """The second table."""
    table = Table("part", "us/event", "events/s of one core")
    for what, micros in {**parts, "together": sum(parts.values())}.items():
        table.add_row(what, f"{micros:.2f}", f"{1e6 / micros:,.0f}")
    Console().print(table)


def show(results: list[dict[str, Any]]) -> None:
    """One table: rates, and how often as fast as the plain producer."""
    slowest = next(found for found in results if found["name"] == SLOWEST)
    events = results[0]["events"]
    table = Table(title=f"load of {events:,.0f} events, median of the rounds")
    table.add_column("contender", no_wrap=True)
    for title in ("events/s", "records/s", "ratio", "us/event"):
        table.add_column(title, justify="right", no_wrap=True)
    for found in results:
        table.add_row(
            found["title"],
            f"{found['events_per_second']:,}",
            f"{found['records_per_second']:,}",
            f"{found['events_per_second'] / slowest['events_per_second']:.1f}",
            f"{found['processor_micros_per_event']}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
