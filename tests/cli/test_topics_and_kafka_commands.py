"""`civicbus topics` and `civicbus kafka` as a person at a terminal meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from civicbus.broker.apache import free_port
from civicbus.wire.topics import ALL_TOPICS


def civicbus(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **{f"CIVICBUS_{name}": text for name, text in variables.items()}}
    return subprocess.run(
        [sys.executable, "-m", "civicbus", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.java
def test_a_kafka_is_started_given_topics_asked_and_stopped(tmp_path: Path) -> None:
    port = free_port()
    variables = {"DATA": str(tmp_path), "BROKER": f"127.0.0.1:{port}"}
    try:
        started = civicbus("kafka", "start", "--port", str(port), **variables)
        assert started.stdout == f"CIVICBUS_BROKER=127.0.0.1:{port}\n"
        assert "civicbus kafka stop" in started.stderr
        again = civicbus("kafka", "start", "--port", str(port), **variables)
        assert (again.returncode, again.stdout) == (0, started.stdout)
        assert again.stderr.startswith("already running (process ")
        assert civicbus("kafka", "status", **variables).stdout == started.stdout

        missing = civicbus("topics", "list", **variables)
        assert missing.returncode == 1
        assert missing.stdout.count("missing") == len(ALL_TOPICS)
        assert "run `civicbus topics create`" in missing.stderr
        created = civicbus("topics", "create", "--partitions", "4", **variables)
        assert (created.returncode, created.stdout.count("created")) == (0, len(ALL_TOPICS))
        listed = civicbus("topics", "list", "--json", **variables)
        assert json.loads(listed.stdout) == dict.fromkeys(ALL_TOPICS, 4)
        other = civicbus("topics", "create", **variables)
        assert (other.returncode, other.stdout) == (1, "")
        assert "found 4 partitions, expected 8" in other.stderr
    finally:
        stopped = civicbus("kafka", "stop", **variables)
    assert (stopped.returncode, stopped.stderr) == (0, "stopped\n")
    gone = civicbus("kafka", "status", **variables)
    assert (gone.returncode, gone.stdout) == (1, "")
    unreachable = civicbus("topics", "list", **variables)
    assert unreachable.returncode == 1
    assert unreachable.stderr == (
        f"civicbus: no broker can be reached: 127.0.0.1:{port}: Connection refused; "
        "start it, or correct CIVICBUS_BROKER\n"
    )


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path) -> None:
    stopped = civicbus("kafka", "stop", "--folder", str(tmp_path))
    assert (stopped.returncode, stopped.stderr) == (0, "it was not running\n")


def test_without_a_broker_the_remedy_is_told_in_one_line() -> None:
    refused = civicbus("topics", "create")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("civicbus: no broker is configured; set CIVICBUS_BROKER=")
    assert refused.stderr.count("\n") == 1


def test_wrong_configuration_is_told_without_a_traceback() -> None:
    refused = civicbus("topics", "list", BROKR="kafka:9092")
    assert refused.returncode == 1
    assert refused.stderr == (
        "civicbus: CIVICBUS_BROKR: unknown variable; did you mean CIVICBUS_BROKER?\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("topics", "create", "--partitions", "0"),
        ("topics", "create", "--replication", "x"),
        ("topics", "destroy"),
        ("kafka", "start", "--port", "70000"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two(arguments: tuple[str, ...]) -> None:
    assert civicbus(*arguments).returncode == 2
