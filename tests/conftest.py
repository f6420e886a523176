"""Brokers for tests, and a plain word at the end on what this machine left out."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from civicbus.broker import builtin
from civicbus.broker.apache import ApacheKafka
from civicbus.broker.topics import create_topics, delete_topics
from civicbus.demo.postgres import PostgresCluster
from civicbus.settings import Settings, load_settings
from tests import needs, patience  # noqa: F401 - takes effect when it is imported

pytest.register_assert_rewrite("tests.domain.scenario_checks")

LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()
RAN = pytest.StashKey[Counter[str]]()
NUMBERS = itertools.count()
# What starts processes of its own and waits for them runs one after the other in two processes, of
# which each has its Apache Kafka; the rest runs beside them.
WAITING = {
    "faults": ("tests/faults/", "tests/demo/", "tests/browser/"),
    "kafka": (
        "tests/kafka/",
        "tests/broker/test_topics.py",
        "tests/broker/test_apache.py",
        "tests/cli/test_topics_and_kafka_commands.py",
    ),
}
FROM_FIXTURE = ("kafka", "postgres")  # needs that a test has by using the fixture of that name


@pytest.fixture
def builtin_broker() -> Iterator[str]:
    """The address of a built-in broker with nothing in it."""
    with builtin.builtin_broker() as address:
        yield address


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Apache Kafka: the configured one, else Docker's, else from Maven."""
    if needs.BROKER:
        yield needs.BROKER
    elif needs.docker_problem() is None:
        from testcontainers.community.kafka import KafkaContainer  # noqa: PLC0415 - only with Docker

        container = KafkaContainer().with_kraft()
        container.with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
        with container as running:
            yield running.get_bootstrap_server()
    else:
        with ApacheKafka(tmp_path_factory.mktemp("kafka")) as address:
            yield address


@pytest.fixture
def kafka_settings(kafka: str, tmp_path: Path) -> Settings:
    """Settings for the real Kafka, with the bus's topics made anew and empty."""
    settings = load_settings(broker=kafka, partitions=8, data=tmp_path / "data", session_timeout=6)
    asyncio.run(delete_topics(settings))
    asyncio.run(create_topics(settings))
    return settings


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """How a real PostgreSQL is reached, as its superuser; libpq's connection string."""
    with PostgresCluster() as cluster:
        yield cluster.conninfo


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """How an empty database of the test's own is reached, as libpq's connection string."""
    name = f"test_{next(NUMBERS)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield make_conninfo(postgres, dbname=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def shared_data() -> Path:
    """The folder of official test data; for tests with the marker `data`."""
    return needs.DATA


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = {}
    config.stash[RAN] = Counter()
    if _is_spread(config):
        # Taken out of the environment already; the processes that run the tests read it anew.
        os.environ.update(needs.CONFIGURED)
    for name in sorted(needs.REQUIRED):
        if name not in needs.NEEDS:
            known = ", ".join(needs.NEEDS)
            raise pytest.UsageError(f"CIVICBUS_REQUIRE: {name}: unknown; known: {known}")
        problem = needs.NEEDS[name].problem()
        if problem:
            raise pytest.UsageError(f"CIVICBUS_REQUIRE: {name}: {problem}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs something that is not here; what takes longest comes first."""
    for item in items:
        for name in FROM_FIXTURE:
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(name)
        for marker, need in needs.NEEDS.items():
            problem = need.problem() if item.get_closest_marker(marker) else None
            if problem:
                item.add_marker(pytest.mark.skip(reason=f"{marker}: {problem}"))
    items.sort(key=lambda item: not _waits_in(item.nodeid))


def _waits_in(nodeid: str) -> str:
    """The group of tests that wait to which one belongs, if to any."""
    return next((name for name, places in WAITING.items() if nodeid.startswith(places)), "")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How tests are spread over processes: those that wait in two, the others file by file."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - where tests are spread

    class _Spread(LoadScopeScheduling):  # type: ignore[misc]  # it has no types of its own
        def _split_scope(self, nodeid: str) -> str:
            return _waits_in(nodeid) or nodeid.partition("::")[0]

    config.option.loadscopereorder = False
    return _Spread(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test's report says what it needed, wherever it ran."""
    report = yield
    report.needs = [name for name in needs.NEEDS if item.get_closest_marker(name)]
    return report


class _Account:
    """Takes note of what ran and what was left out; also where other processes ran it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._config.stash[RAN].update(getattr(report, "needs", ()))
        if report.when == "setup" and report.skipped and isinstance(report.longrepr, tuple):
            marker = report.longrepr[2].removeprefix("Skipped: ").partition(":")[0]
            if marker in needs.NEEDS:
                self._config.stash[LEFT_OUT].setdefault(marker, []).append(report.nodeid)


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.pluginmanager.register(_Account(session.config))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What is required must have run: a suite that silently lost its Kafka tests is no success."""
    unused = _not_run(session.config)
    if unused and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for name in _not_run(config):
        terminalreporter.write_line(f"CIVICBUS_REQUIRE: {name}: no such test ran", red=True)
    left_out = config.stash[LEFT_OUT]
    if not left_out:
        return
    terminalreporter.section("left out on this machine")
    for marker, tests in left_out.items():
        need = needs.NEEDS[marker]
        terminalreporter.write_line(f"{need.title}: {len(tests)}: {need.problem()}")
        for test in tests if marker == "data" else ():
            terminalreporter.write_line(f"  {test}")


def _is_spread(config: pytest.Config) -> bool:
    """True if other processes run the tests for this one."""
    return bool(getattr(config.option, "numprocesses", None)) and not _is_part(config)


def _is_part(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _not_run(config: pytest.Config) -> list[str]:
    if config.option.collectonly or _is_part(config):
        return []
    return sorted(name for name in needs.REQUIRED if not config.stash[RAN][name])
