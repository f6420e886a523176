"""F18, F19, F20: a connector that is killed anywhere, and a register restored from a backup.

A department writes all the while, in transactions of every length, some of them rolled back. The
oracle is the department's own table, read at the end: what was committed must be on the bus, the
same bytes each time, and no word of the source may ever have run ahead of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from civicbus.connect.connector import load_connector
from civicbus.connect.inputs import outbox as outbox_module
from civicbus.connect.inputs.opening import opener
from civicbus.connect.publisher import Publisher
from civicbus.connect.runner import Runner
from civicbus.domain.events import Death, SourceWatermark
from civicbus.settings import Settings
from tests.connect.publishing import CODEC, check_counts, log_of
from tests.faults.connector_nursery import Phase, Unwatched
from tests.patience import TIMES

SEED = 2018
KILLS = max(20, round(TIMES * 200))
REGISTRAR = Path(__file__).with_name("registrar")
SCHEMA = Path(outbox_module.__file__).with_name("outbox.sql").read_text("utf-8")
ROOT = Path(__file__).parents[2]
DEATHS = "civic.death.v1"
GETS_THERE_WITHIN = 5.0  # seconds; then it is killed where it is


class Department(threading.Thread):
    """Writes deaths into its outbox until it is told to stop."""

    def __init__(self, database: str, seed: int) -> None:
        super().__init__()
        self._database = database
        self._random = random.Random(seed)
        self._stop_asked = threading.Event()
        self._entry = 0

    def run(self) -> None:
        with psycopg.connect(self._database) as quick, psycopg.connect(self._database) as slow:
            while not self._stop_asked.is_set():
                for _ in range(self._random.randrange(1, 6)):
                    self._insert(quick)
                if self._random.random() < 0.3:
                    self._insert(slow)
                if self._random.random() < 0.1:
                    self._end(slow)
                self._end(quick)
                time.sleep(self._random.uniform(0, 0.02))
            self._end(slow)

    def stop(self) -> None:
        self._stop_asked.set()
        self.join()

    def _insert(self, connection: psycopg.Connection[Any]) -> None:
        self._entry += 1
        connection.execute(
            "INSERT INTO civicbus_outbox (aggregatetype, aggregateid, type, payload) "
            "VALUES ('death', %s, 'CREATED', "
            "jsonb_build_object('entry', %s::text, 'registered_at', "
            """to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))""",
            [str(self._entry), str(self._entry)],
        )

    def _end(self, connection: psycopg.Connection[Any]) -> None:
        if self._random.random() < 0.1:
            connection.rollback()
        else:
            connection.commit()


@contextmanager
def nursery() -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.connector_nursery"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # whoever is still at work too


@pytest.mark.timeout(900)
def test_f18_f19_a_connector_killed_anywhere_loses_nothing_and_doubles_no_effect(
    kafka_settings: Settings, database: str, tmp_path: Path
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SCHEMA.encode())
    marks = tmp_path / "marks"
    order = {
        "broker": str(kafka_settings.broker),
        "database": database,
        "data": str(tmp_path),
        "connector": str(REGISTRAR),
        "marks": str(marks),
    }
    chance = random.Random(SEED)
    died_in: Counter[Phase] = Counter()
    department = Department(database, SEED)
    department.start()
    try:
        with nursery() as process:
            for _ in range(KILLS):
                died_in[_one_life(process, order, marks, chance)] += 1
    finally:
        department.stop()
    told = {phase.name: count for phase, count in sorted(died_in.items())}
    print(f"seed {SEED}: {KILLS} kills: {told}")  # noqa: T201 - pytest shows it with -s, or on failure
    asyncio.run(_finish(kafka_settings, database))
    _check(asyncio.run(log_of(kafka_settings, DEATHS)), database)
    assert died_in.keys() == set(Phase), f"not every moment was hit: {told}"


def _one_life(
    process: subprocess.Popen[str], order: dict[str, str], marks: Path, chance: random.Random
) -> Phase:
    """A connector begins, works up to some moment, and is killed; returns how far it was."""
    marks.write_bytes(bytes([Phase.BEGUN]))
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    child = int(process.stdout.readline())
    moment = chance.choice(list(Phase))
    until = time.monotonic() + GETS_THERE_WITHIN
    while marks.read_bytes()[0] != moment and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.03))
    os.kill(child, signal.SIGKILL)
    _wait_until_gone(child)
    return Phase(marks.read_bytes()[0])


def _wait_until_gone(child: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.002)
    raise AssertionError("a killed process is still there")


async def _finish(settings: Settings, database: str, *, anew: bool = False) -> None:
    """Let a connector publish what is left."""
    connector = load_connector(REGISTRAR)
    given = settings.model_copy(update={"input_database": SecretStr(database)})
    runner = Runner(
        lambda: Publisher(given, connector.system),
        connector,
        opener(connector, given),
        Unwatched(),
        anew=anew,
    )
    await runner.run(once=True)


def _check(log: Any, database: str) -> None:
    """NO-LOST-FACT, ONE-EFFECT, and no word that ran ahead."""
    committed = _committed(database)
    values: defaultdict[int, set[bytes]] = defaultdict(set)
    first: dict[int, tuple[int, int]] = {}
    words: list[tuple[int, int, datetime]] = []
    for partition, records in log.items():
        for record in records:
            event = CODEC.decode(record.value)
            if isinstance(event, SourceWatermark):
                words.append((partition.partition, record.offset, event.complete_through))
                continue
            assert isinstance(event, Death)
            entry = event.header.source_sequence
            values[entry].add(record.value)
            first.setdefault(entry, (partition.partition, record.offset))
    assert committed.keys() - values.keys() == set(), "NO-LOST-FACT"
    assert values.keys() - committed.keys() == set(), "what was rolled back was told"
    assert {len(found) for found in values.values()} == {1}, "ONE-EFFECT: the bytes differ"
    assert check_counts(log, "registrar") == len(words) > 0
    by_partition: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for entry, (number, offset) in first.items():
        by_partition[number].append((offset, committed[entry]))
    for number, offset, through in words:
        ahead = [at for at, recorded in by_partition[number] if at > offset and recorded <= through]
        assert not ahead, "HONEST-FRESHNESS: a word ran ahead of the events"


def _committed(database: str) -> dict[int, datetime]:
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT (payload ->> 'entry')::int, recorded_at FROM civicbus_outbox"
        )
        return {int(entry): recorded for entry, recorded in rows}
