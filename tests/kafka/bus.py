"""A bus of real processes: workers, connectors and questions, on a real broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from civicbus.broker.apache import free_port
from civicbus.engine.peers import SIGNATURE, SNAPSHOT_PATH, Signer

ROOT = Path(__file__).parents[2]
READY_WITHIN = 60.0
SECRET = "a secret of the tests on kafka"


def until(condition: Callable[[], bool], what: str, seconds: float = READY_WITHIN) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


@dataclass
class Worker:
    """One `civicbus worker` process."""

    process: subprocess.Popen[bytes]
    url: str
    data: Path
    log: Path

    def ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")[-3000:]
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    def snapshot(self, secret: bytes = SECRET.encode()) -> dict[str, Any]:
        """The worker's account of itself, asked for as another worker would; empty at first."""
        header = {SIGNATURE: Signer(secret).sign(SNAPSHOT_PATH, b"{}")}
        try:
            response = httpx.post(f"{self.url}{SNAPSHOT_PATH}", content=b"{}", headers=header)
        except httpx.HTTPError:
            return {}
        found: dict[str, Any] = response.raise_for_status().json()
        return found

    def ask(self, person: str, **question: str) -> httpx.Response:
        body = {"person": person, **question}
        return httpx.post(f"{self.url}/v1/proofs/alive", json=body, timeout=10)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@dataclass
class Bus:
    """A broker's address and what runs on it; every process has the same configuration.

    `configured` are variables that differ from the usual; a process has them as it starts.
    """

    broker: str
    folder: Path
    partitions: int = 8
    workers: list[Worker] = field(default_factory=list)
    configured: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **{
                name: value for name, value in os.environ.items() if not name.startswith("CIVICBUS")
            },
            "CIVICBUS_BROKER": self.broker,
            "CIVICBUS_SECRET": SECRET,
            "CIVICBUS_PARTITIONS": str(self.partitions),
            "CIVICBUS_CONNECTORS": str(ROOT / "connectors"),
            "CIVICBUS_SESSION_TIMEOUT": "6",
            **self.configured,
            **more,
        }

    def run(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        finished = subprocess.run(
            [sys.executable, "-m", "civicbus", *arguments],
            env=self.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert finished.returncode == expect, finished.stdout[-2000:] + finished.stderr[-3000:]
        return finished

    def start_worker(self, name: str) -> Worker:
        """Start a worker; one of the same name has the same stores."""
        api, status = free_port(), free_port()
        data, log = self.folder / name, self.folder / f"{name}.log"
        environment = self.environment(
            CIVICBUS_API_PORT=str(api), CIVICBUS_STATUS_PORT=str(status), CIVICBUS_DATA=str(data)
        )
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "civicbus", "worker"],
                env=environment,
                cwd=ROOT,
                stdout=output,
                stderr=output,
            )
        worker = Worker(process, f"http://127.0.0.1:{api}", data, log)
        self.workers.append(worker)
        return worker

    def start_ready_worker(self, name: str) -> Worker:
        worker = self.start_worker(name)
        until(worker.ready, f"{name} is ready")
        return worker

    def stop_all(self) -> None:
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.kill()


@contextmanager
def bus_on(broker: str, folder: Path) -> Iterator[Bus]:
    """A bus with its topics made; whatever still runs at the end is killed."""
    bus = Bus(broker, folder)
    bus.run("topics", "create")
    try:
        yield bus
    finally:
        bus.stop_all()
