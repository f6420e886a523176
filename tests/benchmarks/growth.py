"""`make bench BENCH=growth`: what an event costs when there are ten and a hundred times as many.

The same city grows: its topics are filled further, its worker reads on, and the costs are those of
the events that were added. Processor time is given, since wall time tells as much about what else
the machine does. Ten million events need about 4 GB of disk in the folder; a run that was killed
goes on where it was, less the figures of the sizes that were done.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.city import City, city
from tests.benchmarks.population import BLOCK
from tests.benchmarks.running import write_report

EVENTS_A_PERSON = 10.9
MIB = 1024 * 1024
COLUMNS = {
    "events\nin all": "events",
    "load\nus/event": "load_micros",
    "ingest\nus/record": "ingest_micros",
    "ingest\nrecords/s": "records_per_second",
    "proof\np50 ms": "proof_p50",
    "proof\np99 ms": "proof_p99",
    "bytes/\nrecord": "store_bytes",
    "peak\nMiB": "peak_memory",
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--millions", type=float, nargs="+", default=[0.1, 1, 10], help="of events, growing"
    )
    arguments.add_argument("--folder", type=Path, default=Path("build/bench/growth"))
    arguments.add_argument("--keep", action="store_true", help="keep the city, to grow it further")
    chosen = arguments.parse_args()
    results = []
    with city(chosen.folder) as here:
        for millions in sorted(chosen.millions):
            persons = round(millions * 1e6 / EVENTS_A_PERSON / BLOCK) * BLOCK
            results.append(measure(here, persons))
            write_report("growth", results)
    show(results)
    if not chosen.keep:
        shutil.rmtree(chosen.folder)


def measure(here: City, persons: int) -> dict[str, Any]:
    """Let the city grow to so many persons; what that cost for each event that was added."""
    filled = here.fill(persons)
    here.worker.mkdir(exist_ok=True)
    found = here.index()
    size = here.store_bytes()
    latency = here.ask(persons)
    return {
        "persons": persons,
        "events": round(persons * EVENTS_A_PERSON),
        "added": filled.events,
        "load_micros": _each(filled.processor * 1e6, filled.events),
        "ingest_micros": _each(found["processor"] * 1e6, found["indexed"]),
        "records_per_second": round(found["indexed"] / found["seconds"])
        if found["seconds"]
        else None,
        "proof_p50": latency.p50,
        "proof_p99": latency.p99,
        "outcomes": latency.outcomes,
        "store_bytes": round(size / found["stored"], 1),
        "peak_memory": found["peak_memory"] // MIB,
    }


def _each(total: float, number: float) -> float | None:
    """The share of one; nothing if that size was reached by an earlier run."""
    return round(total / number, 1) if number else None


def show(results: list[dict[str, Any]]) -> None:
    """One row a size."""
    table = Table(title="growth of one city")
    for title in COLUMNS:
        table.add_column(title, justify="right")
    for found in results:
        table.add_row(
            *("-" if found[name] is None else f"{found[name]:,}" for name in COLUMNS.values())
        )
    Console().print(table)


if __name__ == "__main__":
    main()
