"""Kafka Connect, standalone, with Debezium's connector for PostgreSQL: from Maven's jars."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx

from civicbus.broker.apache import HEAP, HOST, LOG_OPTIONS, free_port
from civicbus.broker.jars import find_program, jars_of
from tests.kafka.bus import until

POM = Path(__file__).parent / "connect" / "pom.xml"
PROGRAM = "org.apache.kafka.connect.cli.ConnectStandalone"
LOG_SHOWN = 3_000  # characters
# It keeps its positions seldom: what it has sent since it sends again after a kill.
WORKER = """\
bootstrap.servers={broker}
listeners={url}
key.converter=org.apache.kafka.connect.json.JsonConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
offset.storage.file.filename={folder}/positions
offset.flush.interval.ms=4000
plugin.discovery=service_load
"""


class ConnectWorker:
    """Understands one worker with one connector, and the folder with its positions."""

    def __init__(self, folder: Path, broker: str, connector: Mapping[str, str]) -> None:
        self._folder = folder
        self._name = connector["name"]
        self._url = f"http://{HOST}:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None
        worker = WORKER.format(broker=broker, url=self._url, folder=folder)
        lines = [f"{name}={value}\n" for name, value in connector.items()]
        (folder / "worker.properties").write_text(worker, encoding="utf-8")
        (folder / "connector.properties").write_text("".join(lines), encoding="utf-8")

    def start(self) -> None:
        """Start it; returns when its connector runs."""
        jars = jars_of(POM, lambda _: None)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [find_program("java"), *HEAP, *LOG_OPTIONS, "-cp", f"{jars}/*", PROGRAM,
                 "worker.properties", "connector.properties"],
                cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        until(self._is_running, "Kafka Connect runs its connector")

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def keep_positions(self) -> None:
        """Return when it has just kept its positions, and will not for some seconds."""
        before = self._kept_at()
        until(lambda: self._kept_at() > before, "Kafka Connect keeps its positions")

    def _kept_at(self) -> int:
        kept = self._folder / "positions"
        return kept.stat().st_mtime_ns if kept.is_file() else 0

    @property
    def _log(self) -> Path:
        return self._folder / "connect.log"

    def _is_running(self) -> bool:
        assert self._process is not None
        told = self._log.read_text(encoding="utf-8")[-LOG_SHOWN:]
        assert self._process.poll() is None, told
        try:
            answer = httpx.get(f"{self._url}/connectors/{self._name}/status").raise_for_status()
        except httpx.HTTPError:
            return False  # it does not listen yet, or does not know its connector
        states = [task["state"] for task in answer.json()["tasks"]]
        assert "FAILED" not in states, told
        return states == ["RUNNING"]
