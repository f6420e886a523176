"""`make bench BENCH=ingest`: from a topic on real Apache Kafka into the durable dossier store.

All contenders read the same topic of real birth events (three persons concerned, about 330 bytes),
each from its start, one after the other in a process of its own. Each runs several times and the
median counts, since the machine is small and noisy. Contenders that are slow by nature read fewer
events; their rate is what is compared. Of the two caches of Kafka Streams the better one counts.

Kafka Streams and Quix Streams are fetched on first use; where they cannot be had the table says
why. Two million events, so that a virtual machine's warm-up does not decide.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from civicbus.broker.apache import ApacheKafka
from civicbus.broker.topics import create_topics
from civicbus.settings import load_settings
from tests.benchmarks.filling import publish
from tests.benchmarks.outside import Launch, UnavailableError, kafka_streams, quix_streams
from tests.benchmarks.running import Contender, write_report

TOPIC = "civic.birth.v1"
STREAMS = ("streams-10", "streams-100")

# Name, what it is, the share of the topic that it reads.
CONTENDERS = (
    ("aiokafka", "aiokafka, fetch only", 1.0),
    ("aiokafka-fastavro", "aiokafka, fastavro", 0.2),
    ("faust", "plain Faust agent", 0.05),
    ("quix", "Quix Streams", 0.1),
    ("streams-10", "Kafka Streams, 10 MB", 1.0),
    ("streams-100", "Kafka Streams, 100 MB", 1.0),
    ("ours-off", "civicbus, guard off", 1.0),
    ("ours-native", "civicbus, native guard", 1.0),
    ("ours-pair", "civicbus, two workers", 1.0),
    ("ours-fastavro", "civicbus, fastavro guard", 0.05),
)
OUTSIDE: Mapping[str, Callable[[Callable[[str], None]], Launch]] = {
    "quix": quix_streams,
    "streams-10": partial(kafka_streams, 10),
    "streams-100": partial(kafka_streams, 100),
}
# What the ratios are to: the best of these contenders.
RATIOS: Mapping[str, tuple[str, ...]] = {
    "/\nFaust": ("faust",),
    "/\nQuix": ("quix",),
    "/ Kafka\nStreams": STREAMS,
    "/\ndecode": ("aiokafka-fastavro",),
    "/ guard\noff": ("ours-off",),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=2_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument(
        "--only", nargs="+", metavar="NAME", default=[name for name, *_ in CONTENDERS],
        choices=[name for name, *_ in CONTENDERS], help="these contenders and no others",
    )  # fmt: skip
    chosen = arguments.parse_args()
    launches, missing = outside(chosen.only)
    with tempfile.TemporaryDirectory() as folder, ApacheKafka(Path(folder) / "kafka") as broker:
        asyncio.run(create_topics(load_settings(broker=broker)))
        size = publish(broker, TOPIC, chosen.events)
        run = partial(run_one, launches, broker, Path(folder))
        names = [name for name in chosen.only if name not in missing]
        results = measure(run, names, chosen.events, chosen.rounds)
    write_report("ingest", {"contenders": results, "missing": missing})
    show(results, size, missing)


def outside(names: Iterable[str]) -> tuple[dict[str, Launch], dict[str, str]]:
    """How to start the contenders from outside, and why some cannot be."""
    launches, missing = {}, {}
    progress = Console(stderr=True).print
    for name in set(names) & set(OUTSIDE):
        try:
            launches[name] = OUTSIDE[name](progress)
        except UnavailableError as error:
            missing[name] = str(error)
    return launches, missing


def run_one(
    launches: Mapping[str, Launch], broker: str, folder: Path, name: str, events: int, turn: int
) -> dict[str, Any]:
    """One run of one contender: events and seconds."""
    data = folder / f"{name}-{turn}"
    data.mkdir()
    try:
        if name == "ours-pair":
            return run_pair(broker, data)
        if name in launches:
            return launches[name](broker, TOPIC, events, data).result()
        module = "tests.benchmarks.contenders"
        return Contender(module, name, broker, TOPIC, events, data, turn).result()
    finally:
        shutil.rmtree(data)


def run_pair(broker: str, data: Path) -> dict[str, Any]:
    """Two workers, from when both have their half of the partitions to when all is stored."""
    pair = [
        Contender("tests.benchmarks.pair", broker, TOPIC, data / side, data.name)
        for side in ("left", "right")
    ]
    for worker in pair:
        worker.ready()
    for worker in pair:
        worker.start()
    left, right = (worker.result() for worker in pair)
    seconds = max(left["ended"], right["ended"]) - min(left["begun"], right["begun"])
    return {"events": left["events"] + right["events"], "seconds": seconds}


def measure(
    run: Callable[[str, int, int], dict[str, Any]], names: list[str], events: int, rounds: int
) -> list[dict[str, Any]]:
    """Run every contender in every round; the median rate of each."""
    rates: dict[str, list[float]] = {name: [] for name in names}
    counts: dict[str, int] = {}
    chosen = [contender for contender in CONTENDERS if contender[0] in names]
    runs = [(turn, *contender) for turn in range(rounds) for contender in chosen]
    for turn, name, _, share in track(runs, "contenders", console=Console(stderr=True)):
        found = run(name, int(events * share), turn)
        rates[name].append(found["events"] / found["seconds"])
        counts[name] = found["events"]
    return [
        {
            "name": name,
            "title": title,
            "events_per_second": round(statistics.median(rates[name])),
            "events": counts[name],
            "rounds": [round(rate) for rate in rates[name]],
        }
        for name, title, _ in chosen
    ]


def show(results: list[dict[str, Any]], size: int, missing: Mapping[str, str]) -> None:
    """One table: rates, and as ratios to what the figures are about."""
    rate = {found["name"]: found["events_per_second"] for found in results}
    table = Table(
        title=f"ingest, events of {size} bytes, median of the rounds",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    table.add_column("contender", no_wrap=True)
    for title in ("events/s", *RATIOS):
        table.add_column(title, justify="right", no_wrap=True)
    for found in results:
        own = found["events_per_second"]
        table.add_row(
            found["title"],
            f"{own:,}",
            *(ratio(own, [rate[name] for name in to if name in rate]) for to in RATIOS.values()),
        )
    Console().print(table)
    if {"ours-pair", "ours-native"} <= rate.keys():
        times = ratio(rate["ours-pair"], [rate["ours-native"]])
        Console().print(
            f"two workers store {times} times what one does; the broker shares the cores"
        )
    for name, why in missing.items():
        Console().print(f"{name} was not measured: {why}", markup=False)


def ratio(own: int, others: list[int]) -> str:
    """A rate as a multiple of the best of the others."""
    return f"{own / max(others):.2f}" if others else "-"


if __name__ == "__main__":
    main()
