"""`make bench BENCH=proofs`: how long an answer takes, from a dossier of twenty events.

The dossier is that of `tests/scenarios/whole_life.toml`, every family of it. `resolve` is timed
alone and with the proof, dossiers at hand; decoding and fetching are not in it. Processor time
counts, the best of several rounds, since the machine has other work.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.table import Table

from civicbus.domain.families import FAMILIES
from civicbus.domain.proofs import run, start
from civicbus.domain.proofs.need import Need
from civicbus.domain.resolve import resolve
from tests.domain.scenario import Asked, Scenario, read_scenarios

ROUNDS = 7
TIMES = 200
LIMIT_MICROSECONDS = 1_000
REPORT = Path("build/bench/proofs.json")


def main() -> None:
    (story,) = (s for s in read_scenarios() if s.title == "A life in twenty events")
    asked = {ask.proof: ask for ask in story.asked}
    first = next(iter(asked.values())).question
    need = Need(first.person_key, tuple(FAMILIES), first.known_at)
    dossier = story.dossier(need, story.events)
    rows = {"resolve alone": microseconds(lambda: resolve(dossier, first.known_at))}
    for name, ask in asked.items():
        rows[name] = microseconds(answering(story, ask))
    table = Table("question", "microseconds", "of 1 ms")
    for name, cost in rows.items():
        table.add_row(name, f"{cost:.0f}", f"{cost / LIMIT_MICROSECONDS:.0%}")
    Console().print(f"{len(dossier.entries)} events in the dossier")
    Console().print(table)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def answering(story: Scenario, ask: Asked) -> Callable[[], object]:
    """Answers the question again and again; the dossiers are fetched once."""
    fetch = cache(lambda need: story.dossier(need, story.events))
    authorities = story.authorities
    return lambda: run(start(ask.proof, ask.question, authorities), fetch)


def microseconds(work: Callable[[], object]) -> float:
    """Processor time of one call, the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(TIMES):
            work()
        best = min(best, time.process_time() - start)
    return best / TIMES * 1e6


if __name__ == "__main__":
    main()
