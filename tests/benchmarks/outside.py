"""The contenders that are not of this project's environment, and how they are had.

Kafka Streams is compiled by the machine's JDK against jars from Maven; Quix Streams gets a virtual
environment of its own from a hash-pinned lock, since what it needs must not decide what we run on.
Both are had on first use. Where one cannot be had, the others run without it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from civicbus.broker.connection import BrokerError
from civicbus.broker.jars import find_program, jars_of
from civicbus.engine.app import MOST_FETCHED
from civicbus.wire.schemas import load_catalogue
from tests.benchmarks.running import REPORTS, Contender

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LOCK = ROOT / "requirements-bench.lock"
SCHEMAS = REPORTS / "schemas"
HEAP = "-Xmx1g"
QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"

# Broker, topic, events, folder of the state: starts one run.
Launch = Callable[[str, str, int, Path], Contender]


class UnavailableError(Exception):
    """A contender cannot be had on this machine; the text says why."""


def kafka_streams(megabytes: int, progress: Callable[[str], None]) -> Launch:
    """Kafka Streams with so large a record cache.

    Raises:
        UnavailableError: without a JDK, Maven or its repository.
    """
    try:
        java, compiler = find_program("java"), find_program("javac")
        jars = jars_of(HERE / "streams" / "pom.xml", progress)
    except BrokerError as error:
        raise UnavailableError(str(error)) from None
    classes = REPORTS / "streams"
    classes.mkdir(parents=True, exist_ok=True)
    source = HERE / "streams" / "StreamsContender.java"
    _run([compiler, "-cp", f"{jars}/*", "-d", str(classes), str(source)])
    by = [java, HEAP, QUIET, "-cp", f"{classes}:{jars}/*"]
    _write_schemas()
    return lambda broker, topic, events, folder: Contender(
        "StreamsContender", broker, topic, events, folder, SCHEMAS, megabytes, MOST_FETCHED, by=by
    )


def quix_streams(progress: Callable[[str], None]) -> Launch:
    """Quix Streams, as `quix.py` uses it.

    Raises:
        UnavailableError: if its packages cannot be installed.
    """
    environment = REPORTS / "quix"
    python, ready = environment / "bin" / "python", environment / ".ready"
    if not ready.is_file() or ready.stat().st_mtime < LOCK.stat().st_mtime:
        progress(f"installing Quix Streams into {environment}, once")
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        _run([sys.executable, "-m", "venv", "--clear", str(environment)])
        _run([*pip, "--require-hashes", "-r", str(LOCK)])
        ready.touch()
    _write_schemas()
    by = [str(python), "-P"]  # our modules must not hide theirs
    return lambda broker, topic, events, folder: Contender(
        str(HERE / "quix.py"), broker, topic, events, folder, SCHEMAS, MOST_FETCHED, by=by
    )


def _write_schemas() -> None:
    """The committed schemas, whole, one file for each id: strangers need not put them together."""
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    for number, schema in load_catalogue().versions.items():
        (SCHEMAS / f"{number}.avsc").write_text(schema.text, encoding="utf-8")


def _run(command: list[str]) -> None:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        told = "\n".join((finished.stderr or finished.stdout).splitlines()[-3:])
        raise UnavailableError(f"{Path(command[0]).name} failed: {told}")
