"""A run of the tests says plainly what it left out, and fails if that was required.

Method: pytest runs a few of our own tests in a process that finds none of the machine's programs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import ROOT

SAMPLE = """
import pytest

@pytest.mark.data
def test_on_official_data(): pass

@pytest.mark.browser
def test_in_a_browser(): pass

def test_on_a_broker(kafka): pass

def test_on_a_database(postgres): pass

@pytest.mark.java
def test_of_the_local_broker(): pass

@pytest.mark.docker
def test_with_containers(): pass

@pytest.mark.npm
def test_against_a_specification(): pass

def test_that_needs_nothing(): pass
"""


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine with Python alone."""
    return {
        **{name: text for name, text in os.environ.items() if not name.startswith("CIVICBUS_")},
        "PATH": str(tmp_path),
        "DOCKER_HOST": f"unix://{tmp_path}/docker.sock",
        "CIVICBUS_TEST_DATA": str(tmp_path / "nowhere"),
    }


def run(
    folder: Path, environment: dict[str, str], *options: str
) -> subprocess.CompletedProcess[str]:
    sample = folder / "test_sample.py"
    sample.write_text(SAMPLE, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider",
         "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *options, str(sample)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip


def test_what_a_bare_machine_leaves_out_is_told_with_the_way_to_get_it(
    tmp_path: Path, bare: dict[str, str]
) -> None:
    finished = run(tmp_path, bare)
    assert finished.returncode == 0
    told = finished.stdout
    assert told.splitlines()[-1].startswith("1 passed, 7 skipped")
    assert "left out on this machine" in told
    for line in (
        "tests on a real Apache Kafka: 1: install Java 17 or later: apt-get install default-jre-",
        "tests of the local Apache Kafka: 1: install Java 17",
        "tests on a real PostgreSQL: 1: no PostgreSQL; install it: apt-get install postgresql",
        "tests in a browser: 1: no Chromium; install it: apt-get install chromium",
        "tests with containers: 1: no Docker engine answers (No such file or directory); start one",
        "tests against published specifications: 1: no npm; install it: apt-get install npm",
        "tests on official test data: 1: the shared test data is not here; set CIVICBUS_TEST_DATA",
    ):
        assert line in told
    assert "::test_on_official_data" in told


def test_a_configured_broker_is_all_that_tests_on_kafka_need(
    tmp_path: Path, bare: dict[str, str]
) -> None:
    finished = run(tmp_path, bare | {"CIVICBUS_BROKER": "127.0.0.1:1"})
    assert finished.stdout.splitlines()[-1].startswith("2 passed, 6 skipped")
    assert "real Apache Kafka" not in finished.stdout


@pytest.mark.parametrize("name", ["kafka", "data"])
def test_what_is_required_and_missing_ends_the_run_before_it_starts(
    tmp_path: Path, bare: dict[str, str], name: str
) -> None:
    finished = run(tmp_path, bare | {"CIVICBUS_REQUIRE": name})
    assert finished.returncode == pytest.ExitCode.USAGE_ERROR
    assert finished.stderr.startswith(f"ERROR: CIVICBUS_REQUIRE: {name}: ")
    assert "passed" not in finished.stdout


def test_an_unknown_requirement_is_refused(tmp_path: Path, bare: dict[str, str]) -> None:
    finished = run(tmp_path, bare | {"CIVICBUS_REQUIRE": "kafak"})
    assert "CIVICBUS_REQUIRE: kafak: unknown; known: kafka, java" in finished.stderr


def test_a_run_without_the_tests_that_are_required_fails(
    tmp_path: Path, bare: dict[str, str]
) -> None:
    required = bare | {"CIVICBUS_REQUIRE": "kafka", "CIVICBUS_BROKER": "127.0.0.1:1"}
    assert run(tmp_path, required).returncode == 0
    without = run(tmp_path, required, "-k", "needs_nothing")
    assert without.returncode == pytest.ExitCode.TESTS_FAILED
    assert "CIVICBUS_REQUIRE: kafka: no such test ran" in without.stdout


def test_a_law_is_tried_as_often_as_is_asked_for(tmp_path: Path, bare: dict[str, str]) -> None:
    sample = tmp_path / "test_times.py"
    sample.write_text(
        "from tests import patience\ndef test_times(): assert patience.TIMES == 3\n", "utf-8"
    )
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider",
         "-c", str(ROOT / "pyproject.toml"), str(sample)],
        cwd=ROOT, env=bare | {"CIVICBUS_LAWS": "3"}, capture_output=True, text=True, timeout=110,
        check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout
