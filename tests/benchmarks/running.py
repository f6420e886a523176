"""What the benchmarks share: contenders in processes of their own, and the report of a run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REPORTS = Path("build/bench")
PYTHON = (sys.executable, "-m")


class Contender:
    """A process that runs a module and prints one JSON object at its end."""

    def __init__(self, module: str, *arguments: object, by: Sequence[str] = PYTHON) -> None:
        self._name = " ".join([module.rpartition(".")[2], *map(str, arguments[:1])])
        self._process = subprocess.Popen(
            [*by, module, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> None:
        """Wait until it is; ends the run if it fails before."""
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            self.result()

    def start(self) -> None:
        """Give the starting shot, for which some wait."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def result(self) -> dict[str, Any]:
        """What it found; ends the run if it failed."""
        output, errors = self._process.communicate()
        if self._process.returncode:
            raise SystemExit(f"{self._name} failed:\n{errors[-2000:]}")
        found: dict[str, Any] = json.loads(output.splitlines()[-1])
        return found


def write_report(name: str, results: object) -> None:
    """Keep the figures of a run in `build/bench/NAME.json`."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    path = REPORTS / f"{name}.json"
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def disk_bytes(folder: Path) -> int:
    """What the files of a folder take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
