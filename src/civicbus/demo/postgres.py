"""A PostgreSQL of a test's own, from the machine's packages, in a folder that goes with it.

The server does not run as root; where the tests do, it runs as the packages' user. Over its Unix
socket everybody is trusted; over the network a password is asked for.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import make_conninfo

from civicbus.broker.apache import HOST, free_port

PROGRAMS = Path("/usr/lib/postgresql")  # Debian's; there is a folder for each version
USER = "postgres"
STARTS_WITHIN = 60.0  # seconds
STOPS_WITHIN = 30.0
ASKED_AGAIN_AFTER = 0.05
OPTIONS = {"max_prepared_transactions": "10", "max_connections": "50", "shared_buffers": "32MB"}


def postgres_problem() -> str | None:
    """Why no PostgreSQL can be started; None where one can."""
    if shutil.which("psql") is None or _programs() is None:
        return "no PostgreSQL; install it: apt-get install postgresql"
    return None


def _programs() -> Path | None:
    """The folder of the newest server's programs."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return None if initdb is None else Path(initdb).resolve().parent


class PostgresCluster:
    """Understands one PostgreSQL server and the folder that it lives in.

    With `fsync` what it has committed is on the disk; without it only a power failure tells.
    """

    def __init__(self, *, fsync: bool = False, **options: str) -> None:
        programs = _programs()
        assert programs is not None, "the tests' needs were looked at before"
        self._programs = programs
        self._options = {**OPTIONS, "fsync": "on" if fsync else "off", **options}
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path is short
        self._port = free_port()
        self._as: dict[str, Any] = {"cwd": self._folder}
        if os.geteuid() == 0:
            user = pwd.getpwnam(USER)
            os.chown(self._folder, user.pw_uid, user.pw_gid)
            self._as |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None
        self.conninfo = make_conninfo(
            host=str(self._folder), port=self._port, user=USER, dbname="postgres"
        )
        self.network_conninfo = make_conninfo(self.conninfo, host=HOST)

    def __enter__(self) -> Self:
        try:
            subprocess.run(
                [str(self._programs / "initdb"), "--pgdata", str(self.data),
                 "--username", USER, "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
                 "--auth-local", "trust", "--auth-host", "scram-sha-256"],
                check=True, stdout=subprocess.DEVNULL, **self._as,
            )  # fmt: skip
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        finally:
            self._remove()

    def start(self) -> None:
        """Start it; returns when it answers."""
        assert self._process is None
        options = [f"--{name}={value}" for name, value in self._options.items()]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self.data),
                 "-k", str(self._folder), "-p", str(self._port), "-h", HOST, *options],
                stdout=log, stderr=log,
                start_new_session=True,  # Ctrl-C is for us alone; we stop it in its turn
                **self._as,
            )  # fmt: skip
        until = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                psycopg.connect(self.conninfo, connect_timeout=5).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(ASKED_AGAIN_AFTER)
            else:
                return

    def stop(self) -> None:
        """End it as an operator does who does not wait for clients."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a crash does: it recovers when it is started again."""
        self._end(signal.SIGQUIT)

    @property
    def data(self) -> Path:
        """Where it keeps everything."""
        return self._folder / "data"

    def own(self) -> None:
        """Give its folder to its user: it was put there by somebody else."""
        if "user" in self._as:
            for path in (self.data, *self.data.rglob("*")):
                os.chown(path, self._as["user"], self._as["group"])

    def _end(self, with_signal: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(with_signal)
            self._process.wait(STOPS_WITHIN)
            self._process = None

    def _remove(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOPS_WITHIN)
        shutil.rmtree(self._folder)
