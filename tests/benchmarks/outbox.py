"""`make bench BENCH=outbox`: from rows that a department has committed to the last acknowledgement.

All contenders read the same rows of one outbox on real PostgreSQL and, but for the bare reader,
publish to real Apache Kafka, one after the other. Database and broker work on the same machine.

The poller is what a department would write by itself in an afternoon: rows in the order of their
number, each sent as JSON with aiokafka. It skips rows that are committed late, says no word of
completeness, and its subscribers get no Avro.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import track
from rich.table import Table

from civicbus.broker.apache import ApacheKafka
from civicbus.broker.topics import create_topics, delete_topics
from civicbus.collector import calm_collector
from civicbus.connect.connector import load_connector
from civicbus.connect.deliver import Delivery
from civicbus.connect.inputs import outbox as outbox_module
from civicbus.connect.inputs.opening import opener
from civicbus.connect.publisher import Publisher
from civicbus.connect.runner import Runner
from civicbus.demo.postgres import PostgresCluster
from civicbus.settings import Settings, load_settings
from tests.benchmarks.running import write_report
from tests.faults.connector_nursery import Unwatched

REGISTRAR = Path(__file__).parents[1] / "faults" / "registrar"
PAGE = outbox_module.PAGE
WANTED = 5_000  # rows/s

FILL = """
INSERT INTO civicbus_outbox (aggregatetype, aggregateid, type, payload)
SELECT 'death', number::text, 'CREATED', jsonb_build_object(
         'entry', number::text, 'registered_at', '2026-02-01T09:00:00.000Z',
         'place', 'an invented place', 'deed', 'deed ' || number, 'clerk', 'clerk 17')
  FROM generate_series(%s::int, %s::int) AS number
"""
POLL = """
SELECT position, aggregateid, payload::text FROM civicbus_outbox
 WHERE position > %s ORDER BY position LIMIT %s
"""


async def bare(settings: Settings) -> Delivery | None:
    """Reads the rows and forgets them."""
    await _poll(settings, None)
    return None


async def poller(settings: Settings) -> Delivery | None:
    """Sends each row as JSON."""
    async with AIOKafkaProducer(
        bootstrap_servers=settings.broker, acks="all", enable_idempotence=True, linger_ms=5
    ) as producer:
        await _poll(settings, producer)
    return None


async def _poll(settings: Settings, producer: AIOKafkaProducer | None) -> None:
    assert settings.input_database is not None
    given = settings.input_database.get_secret_value()
    async with await psycopg.AsyncConnection.connect(given, autocommit=True) as connection:
        position = 0
        while True:
            rows = await (await connection.execute(POLL, (position, PAGE))).fetchall()
            if not rows:
                return
            if producer is not None:
                sent = [
                    await producer.send("civic.death.v1", row[2].encode(), row[1].encode())
                    for row in rows
                ]
                await asyncio.gather(*sent)
            position = rows[-1][0]


async def ours(settings: Settings) -> Delivery | None:
    """civicbus connect --once."""
    connector = load_connector(REGISTRAR)
    calm_collector()  # as the command does
    runner = Runner(
        lambda: Publisher(settings, connector.system),
        connector,
        opener(connector, settings),
        Unwatched(),
    )
    return await runner.run(once=True)


CONTENDERS: tuple[tuple[str, str, Callable[[Settings], Awaitable[Delivery | None]]], ...] = (
    ("bare", "reading the rows, and nothing else", bare),
    ("poller", "a poller by number, JSON, aiokafka", poller),
    ("ours", "civicbus connect --once", ours),
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    found: dict[str, list[dict[str, float]]] = {name: [] for name, *_ in CONTENDERS}
    with (
        tempfile.TemporaryDirectory() as folder,
        ApacheKafka(Path(folder) / "kafka") as broker,
        PostgresCluster(fsync=True) as cluster,
    ):
        fill(cluster.conninfo, chosen.rows)
        settings = load_settings(
            broker=broker, input_database=SecretStr(cluster.conninfo), data=Path(folder) / "data"
        )
        runs = [contender for _ in range(chosen.rounds) for contender in CONTENDERS]
        for name, _, work in track(runs, "contenders", console=Console(stderr=True)):
            found[name].append(measure(settings, work, chosen.rows))
    results = [
        {"name": name, "title": title, "rounds": found[name]} for name, title, _ in CONTENDERS
    ]
    write_report("outbox", {"rows": chosen.rows, "wanted": WANTED, "contenders": results})
    show(results, chosen.rows)


def fill(database: str, rows: int) -> None:
    """Make the table, and commit rows into it, a thousand at a time."""
    schema = Path(outbox_module.__file__).with_name("outbox.sql").read_text("utf-8")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(schema.encode())
        for first in range(1, rows + 1, 1_000):
            connection.execute(FILL, [first, min(first + 999, rows)])
        connection.execute("VACUUM ANALYZE civicbus_outbox")


def measure(
    settings: Settings, work: Callable[[Settings], Awaitable[Delivery | None]], rows: int
) -> dict[str, float]:
    """One contender, into topics that are made anew."""
    asyncio.run(delete_topics(settings))
    asyncio.run(create_topics(settings))
    started, used = time.perf_counter(), time.process_time()
    delivery = asyncio.run(_of(work, settings))
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    found = {"rows_per_second": rows / seconds, "micros_per_row": processor / rows * 1e6}
    if delivery is not None:
        assert delivery.events == rows, f"{delivery.events} of {rows} rows were published"
        found |= {what: spent / rows * 1e6 for what, spent in delivery.seconds.items()}
    return found


async def _of(
    work: Callable[[Settings], Awaitable[Delivery | None]], settings: Settings
) -> Delivery | None:
    return await work(settings)


def show(results: list[dict[str, Any]], rows: int) -> None:
    """One table: rates, and how often as fast as the poller."""
    rates = {
        found["name"]: statistics.median(one["rows_per_second"] for one in found["rounds"])
        for found in results
    }
    table = Table(title=f"{rows:,} rows of an outbox, median of the rounds")
    table.add_column("contender", no_wrap=True)
    for title in ("rows/s", "ratio", "us/row"):
        table.add_column(title, justify="right", no_wrap=True)
    for found in results:
        rate = rates[found["name"]]
        micros = statistics.median(one["micros_per_row"] for one in found["rounds"])
        table.add_row(
            found["title"], f"{rate:,.0f}", f"{rate / rates['poller']:.2f}", f"{micros:.1f}"
        )
    Console().print(table)
    last = results[-1]["rounds"][-1]
    parts = ", ".join(f"{what} {last[what]:.1f}" for what in ("mapping", "encoding", "sending"))
    Console().print(f"of ours, us a row: {parts}; the rest is reading")


if __name__ == "__main__":
    main()
