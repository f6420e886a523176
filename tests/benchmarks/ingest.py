"""`make bench BENCH=ingest`: from a topic on real Apache Kafka into the durable dossier store.

All contenders read the same topic of real birth events (three persons concerned, about 330 bytes),
each from its start, one after the other in a process of its own. Each runs several times and the
median counts, since the machine is small and noisy. Contenders that are slow by nature read fewer
events; their rate is what is compared.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from civicbus.broker.apache import ApacheKafka
from civicbus.broker.topics import create_topics
from civicbus.settings import load_settings
from tests.benchmarks.filling import publish
from tests.benchmarks.running import Contender, write_report

TOPIC = "civic.birth.v1"
CONTENDER = "tests.benchmarks.contenders"

# Name, what it is, the share of the topic that it reads.
CONTENDERS = (
    ("aiokafka", "aiokafka, fetch only", 1.0),
    ("aiokafka-fastavro", "aiokafka, fastavro", 0.2),
    ("faust", "plain Faust agent", 0.05),
    ("ours-off", "civicbus, guard off", 1.0),
    ("ours-native", "civicbus, native guard", 1.0),
    ("ours-fastavro", "civicbus, fastavro guard", 0.05),
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, ApacheKafka(Path(folder) / "kafka") as broker:
        asyncio.run(create_topics(load_settings(broker=broker)))
        size = publish(broker, TOPIC, chosen.events)
        results = measure(broker, chosen.events, chosen.rounds, Path(folder))
    write_report("ingest", results)
    show(results, size)


def measure(broker: str, events: int, rounds: int, folder: Path) -> list[dict[str, object]]:
    """Run every contender in every round; the median rate of each."""
    rates: dict[str, list[float]] = {name: [] for name, _, _ in CONTENDERS}
    counts: dict[str, int] = {}
    runs = [(turn, *contender) for turn in range(rounds) for contender in CONTENDERS]
    for turn, name, _, share in track(runs, "contenders", console=Console(stderr=True)):
        number = int(events * share)
        data = folder / f"{name}-{turn}"
        data.mkdir()
        found = Contender(CONTENDER, name, broker, TOPIC, number, data, turn).result()
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
        for name, title, _ in CONTENDERS
    ]


def show(results: list[dict[str, object]], size: int) -> None:
    """One table: rates, and as ratios to what the figures are about."""
    rate = {str(found["name"]): float(str(found["events_per_second"])) for found in results}
    table = Table(title=f"ingest, events of {size} bytes, median of the rounds")
    for title in ("contender", "events/s", "/ Faust", "/ decode", "/ guard off"):
        table.add_column(title, justify="left" if title == "contender" else "right", no_wrap=True)
    for found in results:
        own = rate[str(found["name"])]
        ratios = [own / rate[other] for other in ("faust", "aiokafka-fastavro", "ours-off")]
        table.add_row(str(found["title"]), f"{own:,.0f}", *(f"{ratio:.2f}" for ratio in ratios))
    Console().print(table)


if __name__ == "__main__":
    main()
