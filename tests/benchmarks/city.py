"""A population on the bus and in a worker's stores, in a folder: what rebuild and growth share.

The folder can be used again: topics are filled further from where they are, and a worker reads on
from where its stores are. A run that was killed is started again.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import rocksdict
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from civicbus.broker.apache import ApacheKafka
from civicbus.domain.answer import Question
from civicbus.domain.dossier import Dossier
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs import run, start
from civicbus.domain.proofs.need import Need
from civicbus.engine import raw
from civicbus.engine.store import DossierStore
from civicbus.registers.systems import authorities
from civicbus.settings import load_settings
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue
from civicbus.wire.topics import partition_of
from tests.benchmarks.population import BLOCK, block
from tests.benchmarks.publishing import NOBODY, SYSTEM, Filled, fill
from tests.benchmarks.running import Contender, disk_bytes

ASKED = 2_000  # persons
ASKED_OF = 20  # blocks


@dataclass(frozen=True, slots=True)
class Latency:
    """How long single proofs take, dossier read from the store: milliseconds."""

    p50: float
    p99: float
    outcomes: dict[str, int]


class City:
    """Understands a folder with a broker's log and a worker's stores."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.kafka = folder / "kafka"
        self.worker = folder / "worker"
        self._settings = load_settings(broker=broker)
        self.broker = broker

    def fill(self, persons: int) -> Filled:
        """Bring so many persons onto the bus."""
        progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,} persons"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        with progress:
            task = progress.add_task("filling the topics", total=persons)
            return asyncio.run(
                fill(self._settings, persons, lambda there: progress.update(task, completed=there))
            )

    def index(self) -> dict[str, Any]:
        """Have a worker read whatever its stores do not hold yet."""
        group = f"benchmark-{time.time_ns()}"
        with Console(stderr=True).status("a worker reads the topics"):
            return Contender("tests.benchmarks.indexing", self.broker, self.worker, group).result()

    def store_bytes(self, *, compacted: bool = False) -> int:
        """What the stores take, once what is in memory has been written out."""
        whole = rocksdict.CompactOptions()
        whole.set_bottommost_level_compaction(rocksdict.BottommostLevelCompaction.force())
        store = DossierStore(self.worker / "dossiers")
        for partition in range(self._settings.partitions):
            database = store.open(partition)._database
            database.flush()
            if compacted:
                database.compact_range(None, None, whole)
        store.close_all()
        return disk_bytes(self.worker / "dossiers")

    def log_bytes(self) -> int:
        """What the topics take at the broker."""
        return sum(path.stat().st_size for path in self.kafka.glob("log/civic.*/*.log"))

    def ask(self, persons: int) -> Latency:
        """Ask whether some of the persons live, one after the other."""
        store = DossierStore(self.worker / "dossiers")
        for partition in range(self._settings.partitions):
            store.open(partition)
        codec, declared = Codec(load_catalogue()), authorities([SYSTEM])
        known = NOBODY + timedelta(seconds=persons)  # the source's word is fresh then

        def fetch(need: Need) -> Dossier:
            number = partition_of(need.person_key.encode(), self._settings.partitions)
            found = raw.read(store.open(number), need.person_key, need.families)
            return raw.decode(found, need.person_key, codec)

        taken, outcomes = [], []
        for person, key in _some(persons):
            question = Question(person, key, NOBODY.date() - timedelta(days=1), known)
            started = time.perf_counter()
            answer = run(start("alive", question, declared), fetch)
            taken.append((time.perf_counter() - started) * 1e3)
            outcomes.append(str(answer.outcome))
        store.close_all()
        cuts = statistics.quantiles(taken, n=100)
        counted = {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}
        return Latency(round(cuts[49], 3), round(cuts[98], 3), counted)


@contextmanager
def city(folder: Path) -> Iterator[City]:
    """The city in a folder, with its broker running."""
    folder.mkdir(parents=True, exist_ok=True)
    with ApacheKafka(folder / "kafka") as broker:
        yield City(folder, broker)


def _some(persons: int) -> list[tuple[Identifier, str]]:
    """Some persons out of all, the same ones each time."""
    chance = random.Random(persons)
    blocks = range(-(-persons // BLOCK))
    found = {}
    for number in chance.sample(blocks, min(ASKED_OF, len(blocks))):
        for made in block(number):
            for person in made.plain["header"]["concerned"]:
                (identifier,) = person["identifiers"]
                found[person["person_key"]] = Identifier(identifier["scheme"], identifier["value"])
    return [(found[key], key) for key in chance.sample(sorted(found), ASKED)]
