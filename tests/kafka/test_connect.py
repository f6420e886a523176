"""`civicbus connect` on a PostgreSQL: from commit to answer, and through all that goes away."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from civicbus.demo.postgres import PostgresCluster
from tests.connect.inputs.outboxes import SCHEMA
from tests.kafka.bus import ROOT, Bus, until

CONNECTORS = ROOT / "tests" / "faults"
INSERT = (
    "INSERT INTO civicbus_outbox (aggregatetype, aggregateid, type, payload) "
    "VALUES ('death', 'x', 'CREATED', %s)"
)


def die(database: str, *entries: int) -> None:
    """The department registers deaths, in one transaction."""
    with psycopg.connect(database) as connection:
        for entry in entries:
            row = {"entry": str(entry), "registered_at": "2026-02-01T09:00:00Z"}
            connection.execute(INSERT, [json.dumps(row)])


@pytest.fixture
def department(postgres: str) -> Iterator[PostgresCluster]:
    """A department's own server, which may be stopped."""
    assert postgres
    with PostgresCluster() as cluster:
        with psycopg.connect(cluster.conninfo, autocommit=True) as connection:
            connection.execute(SCHEMA.encode())
        yield cluster


@pytest.fixture
def bus(bus: Bus, department: PostgresCluster) -> Bus:
    bus.configured |= {
        "CIVICBUS_CONNECTORS": str(CONNECTORS),
        "CIVICBUS_INPUT_DATABASE": department.conninfo,
    }
    return bus


@contextmanager
def connector(bus: Bus, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "civicbus", "connect", "registrar"],
            env=bus.environment(), cwd=ROOT, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def test_what_a_department_commits_is_answered_and_its_database_may_go_away_meanwhile(
    bus: Bus, department: PostgresCluster, tmp_path: Path
) -> None:
    worker = bus.start_ready_worker("one")
    log = tmp_path / "connector.log"

    def outcome(entry: int) -> str:
        found: dict[str, Any] = worker.ask(f"us-dc:{entry}").json()
        return str(found.get("outcome"))

    with connector(bus, log) as process:
        assert outcome(1) == "unknown"
        die(department.conninfo, 1)
        until(lambda: outcome(1) == "no", "the first death is known")
        department.kill()
        until(lambda: "connector_tries_again" in log.read_text("utf-8"), "it says so")
        department.start()
        die(department.conninfo, 2, 3)
        until(lambda: outcome(3) == "no", "the later deaths are known", 120)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert "CREATED" not in log.read_text("utf-8"), "a row's content is in the log"


def test_once_it_publishes_what_waits_and_goes_on_there_the_next_time(
    bus: Bus, department: PostgresCluster
) -> None:
    die(department.conninfo, *range(1, 11))
    first = json.loads(bus.run("connect", "registrar", "--once", "--json").stdout)
    assert (first["events"], first["refused"]) == (10, 0)
    assert first["complete_through"] is not None
    die(department.conninfo, 11)
    second = json.loads(bus.run("connect", "registrar", "--once", "--json").stdout)
    assert second["events"] == 1
    anew = json.loads(bus.run("connect", "registrar", "--once", "--anew", "--json").stdout)
    assert anew["events"] == 11


def test_what_somebody_must_look_at_is_said_with_what_to_do(
    bus: Bus, department: PostgresCluster
) -> None:
    die(department.conninfo, 1, 2)
    bus.run("connect", "registrar", "--once")
    with psycopg.connect(department.conninfo, autocommit=True) as connection:
        connection.execute("TRUNCATE civicbus_outbox")
    failed = bus.run("connect", "registrar", expect=1)
    assert "the last row that was read is gone" in failed.stderr
    assert "--anew" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["registrar", "--since", "2026-01-01"], "--input"),
        (["registrar", "--input", "README.md", "--once"], "--once"),
        (["registrar", "--input", "no-such-file"], "no-such-file"),
    ],
)
def test_options_that_mean_nothing_together_are_wrong_usage(
    bus: Bus, arguments: list[str], told: str
) -> None:
    assert told in bus.run("connect", *arguments, expect=2).stderr


def test_a_connector_without_a_way_in_says_which_there_are(bus: Bus) -> None:
    bus.configured["CIVICBUS_CONNECTORS"] = str(ROOT / "connectors")
    failed = bus.run("connect", "us_deaths", expect=2)
    assert "[input.outbox]" in failed.stderr
    assert "--input" in failed.stderr
