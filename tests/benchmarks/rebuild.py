"""`make bench BENCH=rebuild`: a worker that has lost its stores rebuilds them from the topics.

A synthetic population is brought onto real Apache Kafka, which takes a while and is not measured;
topics that are there already are used again. Then one worker reads all of it into empty stores, and
everything must be accounted for: nothing missing, nothing refused.

1.4 million persons need about 6 GB of disk in the folder: 2 GB of topics and, while the stores are
compacted, up to 4 GB of stores. What was started and killed goes on where it was.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.city import city
from tests.benchmarks.running import write_report

MIB = 1024 * 1024


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--persons", type=int, default=1_400_000, help="about ten events each")
    arguments.add_argument("--folder", type=Path, default=Path("build/bench/rebuild"))
    arguments.add_argument("--keep", action="store_true", help="keep the topics for the next run")
    chosen = arguments.parse_args()
    found = measure(chosen.folder, chosen.persons)
    write_report("rebuild", found)
    show(found)
    if not chosen.keep:
        shutil.rmtree(chosen.folder)


def measure(folder: Path, persons: int) -> dict[str, Any]:
    """Fill the topics, if need be, and rebuild the stores from them."""
    with city(folder) as here:
        here.fill(persons)
        shutil.rmtree(here.worker, ignore_errors=True)
        here.worker.mkdir()
        found = here.index()
        stored = found["stored"]
        return {
            "persons": persons,
            "records": stored,
            "seconds": round(found["seconds"], 1),
            "records_per_second": round(found["indexed"] / found["seconds"]),
            "processor_micros_per_record": round(found["processor"] / found["indexed"] * 1e6, 1),
            "peak_memory": found["peak_memory"],
            "topic_bytes_per_record": round(here.log_bytes() / stored, 1),
            "store_bytes_per_record": round(here.store_bytes() / stored, 1),
            "compacted_bytes_per_record": round(here.store_bytes(compacted=True) / stored, 1),
            "duplicates": found["duplicates"],
        }


def show(found: dict[str, Any]) -> None:
    """One table."""
    table = Table(title=f"rebuild of {found['persons']:,} persons", show_header=False)
    rows = {
        "records (one an event and person)": f"{found['records']:,}",
        "seconds": f"{found['seconds']:,}",
        "records/s": f"{found['records_per_second']:,}",
        "processor us/record": f"{found['processor_micros_per_record']}",
        "peak memory of the worker": f"{found['peak_memory'] / MIB:,.0f} MiB",
        "bytes/record in the topics": f"{found['topic_bytes_per_record']}",
        "bytes/record in the stores": f"{found['store_bytes_per_record']}",
        "the same, compacted": f"{found['compacted_bytes_per_record']}",
    }
    for title, value in rows.items():
        table.add_row(title, value)
    Console().print(table)


if __name__ == "__main__":
    main()
