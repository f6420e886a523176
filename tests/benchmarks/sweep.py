"""`make bench BENCH=sweep`: one question about hundreds of thousands of people, two workers.

A synthetic population is brought onto real Apache Kafka and into the stores of two workers, which
takes a while and is not measured. Then `civicbus sweep alive` asks about a random part of it, dead
people included, while somebody else asks single questions. Workers, broker and the command share
the machine: processor time for each person tells more than the rate, if it has other work. Some of
the answers are compared with those to single questions.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from tests.benchmarks.city import city
from tests.benchmarks.population import BLOCK, SECRET, block
from tests.benchmarks.running import write_report
from tests.benchmarks.workers import STORED_WITHIN, bus_of, processor_of, times_of
from tests.kafka.bus import Bus, Worker, until

COMPARED = 200
ASKED_EVERY = 0.05  # seconds


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--persons", type=int, default=1_400_000, help="about ten events each")
    arguments.add_argument("--asked", type=int, default=300_000, help="of these on the list")
    arguments.add_argument("--folder", type=Path, default=Path("build/bench/sweep"))
    arguments.add_argument("--keep", action="store_true", help="keep it all for the next run")
    chosen = arguments.parse_args()
    found = measure(chosen.folder, chosen.persons, chosen.asked)
    write_report("sweep", found)
    show(found)
    if not chosen.keep:
        shutil.rmtree(chosen.folder)


def measure(folder: Path, persons: int, asked: int) -> dict[str, Any]:
    """Fill topics and stores, if need be, and sweep."""
    with city(folder) as here, Console(stderr=True).status("two workers read the topics") as status:
        status.stop()
        here.fill(persons)
        people = listed(folder / "list.txt", persons, asked)
        status.start()
        with two_workers(folder, here.broker) as (bus, workers):
            status.stop()
            return swept(bus, workers, people, persons)


@contextmanager
def two_workers(folder: Path, broker: str) -> Iterator[tuple[Bus, list[Worker]]]:
    """Two workers that have read everything."""
    bus = bus_of(folder, broker)
    try:
        workers = [bus.start_worker(f"worker-{number}") for number in (1, 2)]
        until(lambda: all(worker.ready() for worker in workers), "both are ready", STORED_WITHIN)
        # The second one may have joined after the first was ready for everything.
        until(lambda: all(_owned(worker) for worker in workers), "both own a part", STORED_WITHIN)
        until(lambda: all(worker.ready() for worker in workers), "both are ready", STORED_WITHIN)
        yield bus, workers
    finally:
        bus.stop_all()


def _owned(worker: Worker) -> int:
    return len(worker.snapshot(SECRET).get("partitions", ()))


def listed(path: Path, persons: int, asked: int) -> Path:
    """A list of so many persons out of all, in random order, the same each time."""
    chance = random.Random(persons)
    numbers = []
    blocks = -(-persons // BLOCK)
    for number in sorted(chance.sample(range(blocks), min(blocks, -(-asked * 2 // BLOCK)))):
        births = [made.plain for made in block(number) if made.record == "Birth"]
        numbers += [birth["header"]["concerned"][0]["identifiers"][0]["value"] for birth in births]
    chance.shuffle(numbers)
    lines = (f"cn-rid:{number}\n" for number in numbers[:asked])
    path.write_text("".join(lines), encoding="utf-8")
    return path


@dataclass
class Asker(threading.Thread):
    """Asks single questions until it is stopped, and notes how long each took: milliseconds."""

    api: str
    question: dict[str, str]
    taken: list[float] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__()

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        with httpx.Client(timeout=30) as client:
            while not self.stopped.wait(ASKED_EVERY):
                started = time.perf_counter()
                client.post(f"{self.api}/v1/proofs/alive", json=self.question).raise_for_status()
                self.taken.append((time.perf_counter() - started) * 1e3)


def swept(bus: Bus, workers: list[Worker], people: Path, persons: int) -> dict[str, Any]:
    """Sweep, and take the time; the rest of the report is what it cost."""
    times = times_of(persons)
    out = people.with_name("answers.ndjson")
    out.unlink(missing_ok=True)
    lines = people.read_text(encoding="utf-8").splitlines()
    single = Asker(workers[0].url, {"person": lines[0], **times})
    options = [f"--{name.replace('_', '-')}={value}" for name, value in times.items()]
    options += [f"--api={worker.url}" for worker in workers]
    before = [processor_of(worker) for worker in workers]
    command = resource.getrusage(resource.RUSAGE_CHILDREN)
    single.start()
    finished = bus.run("sweep", "alive", f"--list={people}", f"--out={out}", "--json", *options)
    single.stopped.set()
    single.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - command.ru_utime - command.ru_stime
    theirs = [processor_of(w) - was for w, was in zip(workers, before, strict=True)]
    summary = json.loads(finished.stdout)
    compare(workers[1], lines, out, times)
    cuts = statistics.quantiles(single.taken, n=100)
    count = len(lines)
    return {
        "persons": persons,
        "asked": count,
        "outcomes": summary["outcomes"],
        "reasons": summary["reasons"],
        "seconds": summary["seconds"],
        "persons_per_second": round(count / summary["seconds"]),
        "worker_micros_per_person": round(sum(theirs) / count * 1e6, 1),
        "command_micros_per_person": round(own / count * 1e6, 1),
        "single_p50": round(cuts[49], 1),
        "single_p99": round(cuts[98], 1),
        "load": os.getloadavg()[0],
    }


def compare(worker: Worker, lines: list[str], out: Path, times: dict[str, str]) -> None:
    """Some of the answers must be those to single questions."""
    answers = {}
    with out.open(encoding="utf-8") as file:
        for line in map(json.loads, file):
            if "answer" in line:
                answers[line["id"]] = line["answer"]
    assert len(answers) == len(lines)
    for place in random.Random(1).sample(range(len(lines)), min(COMPARED, len(lines))):
        question = {"person": lines[place], **times}
        single = httpx.post(f"{worker.url}/v1/proofs/alive", json=question).json()
        swept_one = answers[str(place + 1)]
        basis = [evidence["event_id"] for evidence in single["basis"]]
        assert swept_one == {name: single[name] for name in swept_one} | {"basis": basis}


def show(found: dict[str, Any]) -> None:
    """One table."""
    title = f"alive: {found['asked']:,} of {found['persons']:,} persons, two workers"
    table = Table(title=title, show_header=False)
    rows = {
        "seconds": f"{found['seconds']:,.1f}",
        "persons/s": f"{found['persons_per_second']:,}",
        "processor us/person, both workers": f"{found['worker_micros_per_person']}",
        "processor us/person, the command": f"{found['command_micros_per_person']}",
        "single question meanwhile, p50 ms": f"{found['single_p50']}",
        "single question meanwhile, p99 ms": f"{found['single_p99']}",
        "load of the machine": f"{found['load']:.1f}",
    }
    rows |= {outcome: f"{count:,}" for outcome, count in found["outcomes"].items()}
    for name, value in rows.items():
        table.add_row(name, value)
    Console().print(table)


if __name__ == "__main__":
    main()
