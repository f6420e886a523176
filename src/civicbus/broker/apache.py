"""A real Apache Kafka of one node on this machine: KRaft, from Maven's jars, its data on disk.

For development, tests and small sites without Docker. It listens on loopback in plain text, so it
is no broker for others. Starting takes about four seconds, with the jars fetched once before.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from civicbus.broker.connection import BrokerError
from civicbus.broker.jars import find_program, kafka_jars

HOST = "127.0.0.1"
HEAP = ("-Xms128m", "-Xmx512m")
LOG_OPTIONS = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",)
STARTS_WITHIN = 120.0  # seconds
ASKED_AGAIN_AFTER = 0.5  # seconds
STOPS_WITHIN = 30.0  # seconds
LOG_LINES_SHOWN = 15

LISTENER = re.compile(r"^listeners=PLAINTEXT://([^,]+)", re.MULTILINE)
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/log
# Topics are made by `civicbus topics create`, or not at all.
auto.create.topics.enable=false
# A single node has one copy of everything, its own bookkeeping included.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# A lone worker need not wait for others to join.
group.initial.rebalance.delay.ms=0
# Workers in tests are found dead quickly.
group.min.session.timeout.ms=1000
# After a crash the node waits this long for itself; the default is 9 s.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""


def _silent(_: str) -> None:
    """Progress that nobody looks at."""


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class ApacheKafka:
    """Understands one Kafka node and the folder that it lives in.

    As a context manager it runs while the block runs, and gives its address.
    """

    def __init__(
        self, folder: Path, port: int | None = None, progress: Callable[[str], None] = _silent
    ) -> None:
        self.folder = folder.resolve()
        self._port = port
        self._progress = progress
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def address(self) -> str | None:
        """Where it listens, or did last; None if it was never started here."""
        if not self._properties.is_file():
            return None
        found = LISTENER.search(self._properties.read_text(encoding="utf-8"))
        return found[1] if found else None

    @property
    def pid(self) -> int | None:
        """The number of the running process; None if it does not run."""
        if self._child is not None and self._child.poll() is not None:
            return None
        try:
            pid = int(self._pid_file.read_text(encoding="utf-8"))
            os.kill(pid, 0)
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None
        return pid if self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        """Whether the number has not passed to another process since, and is not a dead one's."""
        process = Path("/proc") / str(pid)
        try:
            state = process.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            command = process.joinpath("cmdline").read_bytes()
            threads = len(list(process.joinpath("task").iterdir()))
        except (FileNotFoundError, ProcessLookupError):
            return not Path("/proc/self").exists()  # where there is no /proc the number must do
        if state[0] == "Z" and threads <= 1:
            return False
        # A process that is about to end has no command any more, but still its threads and ports.
        return not command or os.fsencode(self._properties) in command

    def start(self) -> str:
        """Start it, unless it runs already; returns the address when it answers.

        Raises:
            BrokerError: if Java or Maven is missing, the port is taken, or Kafka does not come up;
                with the remedy or the end of its log.
        """
        if self.pid is not None and self.address is not None:
            return self.address
        java = find_program("java")
        jars = kafka_jars(self._progress)
        port = self._port or free_port()
        self._check_port(port)
        self._configure(port)
        self._format(java, jars)
        self._progress("starting Apache Kafka")
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command(java, jars, "kafka.Kafka", str(self._properties)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # it outlives the command that starts it
            )
        self._pid_file.write_text(str(self._child.pid))
        address = f"{HOST}:{port}"
        try:
            self._wait(self._child, address)
        except BaseException:
            self.kill()  # nobody else knows of it yet
            raise
        return address

    def stop(self) -> bool:
        """Stop it cleanly; False if it did not run.

        Raises:
            BrokerError: if it does not end in time.
        """
        stopped = self._signal(signal.SIGTERM)
        self._pid_file.unlink(missing_ok=True)
        return stopped

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        self._signal(signal.SIGKILL)

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _pid_file(self) -> Path:
        return self.folder / "kafka.pid"

    @property
    def _log(self) -> Path:
        return self.folder / "kafka.log"

    def _command(self, java: str, jars: Path, program: str, *arguments: str) -> list[str]:
        return [java, *HEAP, *LOG_OPTIONS, "-cp", f"{jars}/*", program, *arguments]

    def _check_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise BrokerError(
                    f"port {port}: {error.strerror}; choose another with --port"
                ) from error

    def _configure(self, port: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = PROPERTIES.format(
            host=HOST, port=port, controller_port=free_port(), folder=self.folder
        )
        self._properties.write_text(text, encoding="utf-8")

    def _format(self, java: str, jars: Path) -> None:
        if (self.folder / "log" / "meta.properties").is_file():
            return
        self._progress("preparing the folder for Apache Kafka")
        arguments = ("format", "-t", self._cluster_id(), "-c", str(self._properties))
        finished = subprocess.run(
            self._command(java, jars, "kafka.tools.StorageTool", *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode:
            told = (finished.stderr or finished.stdout).strip().partition("\n")[0]
            raise BrokerError(f"{self.folder}: Kafka cannot prepare its folder: {told}")

    def _cluster_id(self) -> str:
        # It must not look like an option.
        return urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")

    def _wait(self, child: subprocess.Popen[bytes], address: str) -> None:
        client = AdminClient({"bootstrap.servers": address, "log_level": 0})
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise BrokerError(
                    f"Apache Kafka ended while starting; {self._log}:\n{self._tail()}"
                )
            with suppress(KafkaException):
                if client.list_topics(timeout=ASKED_AGAIN_AFTER).brokers:
                    return
        raise BrokerError(f"Apache Kafka is not up after {STARTS_WITHIN:.0f} s; {self._log}")

    def _tail(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])

    def _signal(self, number: signal.Signals) -> bool:
        pid = self.pid
        if pid is None:
            return False
        os.kill(pid, number)
        deadline = time.monotonic() + STOPS_WITHIN
        while self.pid is not None:
            if time.monotonic() > deadline:
                raise BrokerError(
                    f"Apache Kafka (process {pid}) has not ended after {STOPS_WITHIN:.0f} s"
                )
            time.sleep(0.05)
        if self._child is not None:
            self._child.wait()
        return True
