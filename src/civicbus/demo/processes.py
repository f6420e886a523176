"""What the demonstration starts: a broker unless one is configured, and a worker; and their end."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.topics import create_topics
from civicbus.demo.postgres import PostgresCluster, postgres_problem
from civicbus.settings import PREFIX, Settings

READY_WITHIN = 40.0  # seconds
STOPS_WITHIN = 8.0  # seconds
LOG_LINES_SHOWN = 8


class NotStartedError(RuntimeError):
    """Something that the demonstration needs did not start; the text says what and why."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that runs as a process of its own, and where it answers."""

    process: subprocess.Popen[bytes]
    api: str
    status: str
    log: Path

    def check_runs(self) -> None:
        """Return if it still runs.

        Raises:
            NotStartedError: with the end of its log, if it does not.
        """
        if self.process.poll() is not None:
            raise NotStartedError(
                f"the worker ended with exit code {self.process.returncode}; {self.last_words()}"
            )

    def last_words(self) -> str:
        """The end of its log; the log itself goes with the demonstration."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "it said last:\n" + "\n".join(lines[-LOG_LINES_SHOWN:])


@contextmanager
def own_folder(settings: Settings) -> Iterator[Path]:
    """A folder for this demonstration alone, removed at its end."""
    settings.data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=settings.data)).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_broker(settings: Settings) -> Iterator[Settings]:
    """The settings with a broker: the configured one, else librdkafka's built-in one."""
    if settings.broker is not None:
        yield settings
        return
    with builtin_broker() as address:
        development = settings.model_copy(update={"profile": "development"})
        yield with_builtin(development, address)


@asynccontextmanager
async def own_database(settings: Settings) -> AsyncIterator[str | None]:
    """A PostgreSQL for the departments: the configured one, else one of the machine's packages.

    `None` if there is neither.
    """
    if settings.input_database is not None:
        yield settings.input_database.get_secret_value()
    elif postgres_problem() is not None:
        yield None
    else:
        cluster = await asyncio.to_thread(PostgresCluster().__enter__)
        try:
            yield cluster.conninfo
        finally:
            cluster.__exit__(None, None, None)


@asynccontextmanager
async def own_worker(settings: Settings, folder: Path) -> AsyncIterator[Worker]:
    """Create the topics, then run a worker, alone in its group, on free ports; stopped at the end.

    Raises:
        BrokerError: if the broker or its topics are not as they must be.
    """
    await create_topics(settings)
    api_port, status_port = free_ports(2)
    host = "127.0.0.1"
    settings = settings.model_copy(
        update={
            "api_host": host,
            "api_port": api_port,
            "status_host": host,
            "status_port": status_port,
            "advertise": f"http://{host}:{api_port}",
            "data": folder / "worker",
            "group": f"civicbus-{folder.name}",
        }
    )
    log = folder / "worker.log"
    with log.open("wb") as output:
        # The program is this Python and our own package.
        process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", "civicbus", "worker"],
            env=environment_of(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield Worker(process, f"http://{host}:{api_port}", f"http://{host}:{status_port}", log)
    finally:
        stop(process)


async def wait_until_ready(worker: Worker, http: httpx.AsyncClient) -> None:
    """Return when the worker says that it is ready.

    Raises:
        NotStartedError: if it ends, or is not ready in time.
    """
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        worker.check_runs()
        try:
            response = await http.get(f"{worker.api}/readyz")
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            continue
        if response.status_code == httpx.codes.OK:
            return
        await asyncio.sleep(0.1)
    raise NotStartedError(
        f"the worker is not ready after {READY_WITHIN:.0f} s; {worker.last_words()}"
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process, kindly first."""
    process.terminate()
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_ports(number: int) -> list[int]:
    """Ports on which nobody listens at this moment, all different."""
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment in which another process has exactly these settings."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)
    }
    # Where the schemas lie is no setting, but goes by the same prefix.
    if schemas := os.environ.get("CIVICBUS_SCHEMAS"):
        inherited["CIVICBUS_SCHEMAS"] = schemas
    given = {PREFIX + name.upper(): _text(value) for name, value in settings if value is not None}
    return inherited | given


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Path):
        return str(value.resolve())
    return str(value)
