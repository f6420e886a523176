"""What some tests need of the machine, whether it is there, and how to get it.

A test says its need by a marker; one that uses the fixture `kafka` or `postgres` has that marker of
itself.
"""

from __future__ import annotations

import functools
import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from civicbus.broker.jars import REMEDIES
from civicbus.demo.postgres import postgres_problem
from tests import patience  # noqa: F401 - it reads a variable that is taken away below

ROOT = Path(__file__).parents[1]

# Taken out of the environment, so that no test depends on the configuration of whoever runs it.
CONFIGURED = {
    name: os.environ.pop(name) for name in sorted(os.environ) if name.startswith("CIVICBUS_")
}
BROKER = CONFIGURED.get("CIVICBUS_BROKER")
DATA = Path(CONFIGURED.get("CIVICBUS_TEST_DATA", ROOT.parent / "shared" / "data"))
REQUIRED = frozenset(filter(None, CONFIGURED.get("CIVICBUS_REQUIRE", "").split(",")))
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOCKER_ANSWERS_WITHIN = 2.0  # seconds


@functools.cache
def docker_problem() -> str | None:
    """Why no Docker engine can be used; None where one answers."""
    address = urlsplit(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))
    family = socket.AF_UNIX if address.scheme == "unix" else socket.AF_INET
    target = address.path if address.scheme == "unix" else (address.hostname, address.port or 2375)
    with socket.socket(family) as probe:
        probe.settimeout(DOCKER_ANSWERS_WITHIN)
        try:
            probe.connect(target)
        except OSError as error:
            return f"no Docker engine answers ({error.strerror}); start one, or set DOCKER_HOST"
    return None


def java_problem() -> str | None:
    """Why Kafka cannot be run from Maven's jars; None where it can."""
    missing = [remedy for program, remedy in REMEDIES.items() if not shutil.which(program)]
    return "; ".join(missing) or None


def kafka_problem() -> str | None:
    """Why there can be no real Kafka; None where there can."""
    if BROKER or docker_problem() is None:
        return None
    return java_problem()


def browser_problem() -> str | None:
    """Why no browser can be driven; None where one can."""
    return None if chromium() else "no Chromium; install it: apt-get install chromium"


def chromium() -> str | None:
    """The machine's Chromium."""
    return next((path for name in CHROMIUMS if (path := shutil.which(name))), None)


def npm_problem() -> str | None:
    """Why nothing can be fetched with npm; None where it can."""
    return None if shutil.which("npm") else "no npm; install it: apt-get install npm"


def data_problem() -> str | None:
    """Why the official test data cannot be read; None where it can."""
    if (DATA / "nl-brp" / "persons.csv").is_file():
        return None
    return "the shared test data is not here; set CIVICBUS_TEST_DATA to its folder"


@dataclass(frozen=True)
class Need:
    """Something of the machine: its marker, what it is, and why it is missing, if it is."""

    marker: str
    title: str
    problem: Callable[[], str | None]


NEEDS = {
    need.marker: need
    for need in (
        Need("kafka", "tests on a real Apache Kafka", kafka_problem),
        Need("java", "tests of the local Apache Kafka", java_problem),
        Need("docker", "tests with containers", docker_problem),
        Need("postgres", "tests on a real PostgreSQL", postgres_problem),
        Need("browser", "tests in a browser", browser_problem),
        Need("npm", "tests against published specifications", npm_problem),
        Need("data", "tests on official test data", data_problem),
    )
}
