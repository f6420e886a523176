"""`civicbus worker` refuses to start aloud, with the remedy, where it could not work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in os.environ if not name.startswith("CIVICBUS")}
    return subprocess.run(
        [sys.executable, "-m", "civicbus", "worker"],
        env={**kept, "CIVICBUS_DATA": str(folder), **settings},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_broker_it_says_which_setting_to_make(tmp_path: Path) -> None:
    finished = start(tmp_path)
    assert finished.returncode == 1
    assert "CIVICBUS_BROKER" in finished.stderr


def test_d10_a_broker_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    finished = start(tmp_path, CIVICBUS_BROKER="127.0.0.1:1")
    assert finished.returncode == 1
    assert "127.0.0.1:1" in finished.stderr


def test_d10_production_without_tls_is_refused(tmp_path: Path) -> None:
    finished = start(
        tmp_path,
        CIVICBUS_PROFILE="production",
        CIVICBUS_BROKER="127.0.0.1:1",
        CIVICBUS_SECRET="a secret of its own, long enough",
    )
    assert finished.returncode == 1
    assert "CIVICBUS_BROKER_TLS=true" in finished.stderr


def test_without_topics_it_names_the_command_that_makes_them(
    builtin_broker: str, tmp_path: Path
) -> None:
    finished = start(tmp_path, CIVICBUS_BROKER=builtin_broker)
    assert finished.returncode == 1
    assert "civicbus topics create" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_d4_a_setting_that_does_not_exist_is_named_with_the_nearest(tmp_path: Path) -> None:
    finished = start(tmp_path, CIVICBUS_BROKR="127.0.0.1:9092")
    assert finished.returncode == 1
    assert "CIVICBUS_BROKER" in finished.stderr
