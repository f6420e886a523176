"""A sweep on real Apache Kafka over two workers, one of which is killed in its middle."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from civicbus.settings import Settings
from tests.benchmarks.population import BLOCK, block
from tests.benchmarks.publishing import fill
from tests.benchmarks.sweep import two_workers
from tests.benchmarks.workers import times_of
from tests.kafka.bus import ROOT

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

PERSONS = 12 * BLOCK
ANSWERED_OR_REFUSED, NOT_FINISHED = 0, 3


def outcomes_of_the_population() -> dict[str, str]:
    """Who has died, by the events alone; the few whose death was withdrawn are left out."""
    found: dict[str, str] = {}
    for number in range(PERSONS // BLOCK):
        made = block(number)
        for record, outcome in (("Birth", "yes"), ("Death", "no")):
            for event in made:
                if event.record == record:
                    (person,) = event.plain["header"]["concerned"][0]["identifiers"]
                    found[person["value"]] = outcome
        for event in made:
            if event.record == "Annulment":
                (person,) = event.plain["header"]["concerned"][0]["identifiers"]
                del found[person["value"]]
    return found


def test_a_worker_killed_in_mid_sweep_costs_time_and_never_a_right_answer(
    kafka_settings: Settings, tmp_path: Path
) -> None:
    asyncio.run(fill(kafka_settings, PERSONS, lambda _: None))
    expected = outcomes_of_the_population()
    people, out = tmp_path / "list.csv", tmp_path / "answers.ndjson"
    rows = (f"{number},cn-rid:{number}\n" for number in expected)
    people.write_text("id,person\n" + "".join(rows), encoding="utf-8")

    def right(*, all_of_them: bool) -> int:
        """How many have an answer; whoever has one has the right one."""
        answered = 0
        lines = [line for line in out.read_bytes().splitlines() if line.endswith(b"}")]
        for line in map(json.loads, lines):
            if "answer" in line:
                assert line["answer"]["outcome"] == expected[line["id"]]
                answered += 1
            elif "problem" in line:
                assert line["problem"]["type"] == "not-ready"
                assert not all_of_them
        return answered

    assert kafka_settings.broker is not None
    with two_workers(tmp_path, kafka_settings.broker) as (bus, (first, second)):
        command = [
            sys.executable, "-m", "civicbus", "sweep", "alive", f"--list={people}", f"--out={out}",
            f"--api={first.url}", f"--api={second.url}",
            *(f"--{name.replace('_', '-')}={at}" for name, at in times_of(PERSONS).items()),
        ]  # fmt: skip
        sweeping = subprocess.Popen(command, cwd=ROOT, env=bus.environment())
        while not out.exists() or len(out.read_bytes().splitlines()) < 100:
            assert sweeping.poll() is None, "it ended before anybody was killed"
            time.sleep(0.005)
        second.kill()
        assert sweeping.wait(timeout=120) in {ANSWERED_OR_REFUSED, NOT_FINISHED}
        assert right(all_of_them=False) >= 100
        while subprocess.run(command, cwd=ROOT, env=bus.environment(), check=False).returncode:
            right(all_of_them=False)
        assert right(all_of_them=True) == len(expected)
