"""`make bench BENCH=latency`: how long single proofs take, and how soon an answer knows an event.

A synthetic population is brought onto real Apache Kafka and into a worker's stores, which is not
measured. Then somebody asks `alive` as fast as the worker answers; then 400 events a second are
published while 600 proofs a second are asked. An event's time runs from just before the publisher
is handed it to the first answer that rests on it: two more askers follow one event after the other,
and ask again 20 ms after each answer. Both are done at half of these rates first.

Worker, broker, publisher and askers are processes of this machine and share its cores: the worker's
processor time tells more than the rate, if there is other work.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from tests.benchmarks.asking import EVENTS_A_SECOND
from tests.benchmarks.city import city
from tests.benchmarks.running import Contender, write_report
from tests.benchmarks.workers import STORED_WITHIN, bus_of, processor_of
from tests.kafka.bus import Worker, until

SHARES = {"half": 0.5, "full": 1.0}  # of the rates
LIVING = 0.7  # of the population, at least
ASKING = "tests.benchmarks.asking"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--persons", type=int, default=30_000, help="about ten events each")
    arguments.add_argument("--seconds", type=float, default=30.0, help="of each measurement")
    arguments.add_argument("--folder", type=Path, default=Path("build/bench/latency"))
    chosen = arguments.parse_args()
    needed = math.ceil(EVENTS_A_SECOND * sum(SHARES.values()) * chosen.seconds / LIVING)
    if chosen.persons < needed:
        arguments.error(f"each dies once: --persons must be at least {needed:,}")
    shutil.rmtree(chosen.folder, ignore_errors=True)
    found = measure(chosen.folder, chosen.persons, chosen.seconds)
    write_report("latency", found)
    show(found)
    shutil.rmtree(chosen.folder)


def measure(folder: Path, persons: int, seconds: float) -> dict[str, Any]:
    """Fill the topics, start a worker, and ask it."""
    status = Console(stderr=True).status("a worker reads the topics")
    with city(folder) as here:
        here.fill(persons)
        bus = bus_of(folder, here.broker)
        try:
            with status:
                worker = bus.start_worker("worker")
                until(worker.ready, "the worker is ready", STORED_WITHIN)
                status.update(f"asking for {seconds:.0f} s at full speed")
                speed = asked(worker, "speed", persons, seconds)
                status.update(f"publishing and asking for {seconds:.0f} s")
                mixed, dead = {}, 0
                for name, share in SHARES.items():
                    mixed[name] = asked(worker, "mixed", persons, seconds, here.broker, share, dead)
                    dead += round(EVENTS_A_SECOND * share * seconds)
        finally:
            bus.stop_all()
    return {"persons": persons, "speed": speed, **mixed, "load": os.getloadavg()[0]}


def asked(worker: Worker, how: str, *arguments: object) -> dict[str, Any]:
    """What the asker found, and what the worker took of the processor meanwhile: seconds."""
    before = processor_of(worker)
    found = Contender(ASKING, how, urlsplit(worker.url).port, *arguments).result()
    return {**found, "worker_seconds": round(processor_of(worker) - before, 2)}


def show(found: dict[str, Any]) -> None:
    """One table: each figure, and what it is to reach."""
    speed = found["speed"]
    table = Table(
        title=f"single proofs, {found['persons']:,} persons", caption="cores shared by all"
    )
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("to reach", justify="right")
    rows = (
        ("at full speed: proofs/s", f"{speed['per_second']:,.0f}", "1,500"),
        ("p50 ms", f"{speed['p50']:.1f}", ""),
        ("p99 ms", f"{speed['p99']:.1f}", "50"),
        (
            "worker, processor us/proof",
            f"{speed['worker_seconds'] / speed['count'] * 1e6:,.0f}",
            "",
        ),
        *_mixed_rows("together at half", found["half"], ("", "", "", "")),
        *_mixed_rows("together", found["full"], ("400", "600", "100", "500")),
        ("load of the machine", f"{found['load']:.1f}", ""),
    )
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _mixed_rows(
    title: str, found: dict[str, Any], goals: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    """The figures of events and questions together."""
    events, proofs = found["events"], found["proofs"]
    measured = {
        f"{title}: events/s": f"{events['published_per_second']:,.0f}",
        "proofs/s": f"{proofs['per_second']:,.0f}",
        "event to answer, p50 ms": f"{events['p50']:.0f}",
        "event to answer, p99 ms": f"{events['p99']:.0f}",
        "proofs, p50 ms": f"{proofs['p50']:.1f}",
        "proofs, p99 ms": f"{proofs['p99']:.1f}",
    }
    for (name, figure), goal in zip(measured.items(), (*goals, "", ""), strict=True):
        yield name, figure, goal


if __name__ == "__main__":
    main()
