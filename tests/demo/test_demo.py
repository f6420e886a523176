"""The whole demonstration, as a process of its own, as `make demo` starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
TITLES = (
    "1  A pensioner is alive",
    "2  No certificate of a marriage",
    "3  A death is registered",
    "4  The death was somebody else's",
    "5  A hospital's notice alone",
    "6  My mother is my mother",
    "7  A policy whose paper is lost",
    "8  Married to the wrong one",
    "9  A divorce by a court",
    "10  Three certificates",
    "11  One person, two numbers",
    "12  A source falls silent",
)
ANSWERS = [
    "YES no_death_registered",
    "NO death_registered",
    "YES no_death_registered",
    "NO death_registered",
    "UNKNOWN notified_only",
    "NO elsewhere",
    "YES related",
    "YES in_force",
    "NO other_status",
    "YES never_married",
    "YES divorced",
    "YES in_force",
    "YES months_paid",
    "YES awarded",
    "YES linked",
    "UNKNOWN stale",
]

STATUSES = ("never_married", "married", "widowed", "divorced")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if "CIVICBUS" not in name}
    folders = {"CIVICBUS_DATA": tmp_path, "CIVICBUS_CONNECTORS": ROOT / "connectors"}
    return inherited | {name: str(folder) for name, folder in folders.items()}


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "civicbus", "demo", *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def kept(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = start(environment, "--keep", "--people", "300")
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)  # the worker too
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def is_listening(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.TransportError:
        return False
    return True


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param(None, "outboxes in PostgreSQL", marks=pytest.mark.postgres),
        pytest.param("nowhere", "files", id="a machine without PostgreSQL"),
    ],
)
def test_every_story_gets_its_answer_and_nothing_is_left_behind(
    environment: dict[str, str], tmp_path: Path, path: str | None, place: str
) -> None:
    process = start(environment if path is None else environment | {"PATH": path})
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert f"Its departments publish from {place}:" in output
    assert [line for line in output.splitlines() if line.startswith(TITLES)] == list(TITLES)
    found = re.findall(r"answered +(\w+) +(\w+) +in \d+ ms", output)
    said = [" ".join(answer) for answer in found]
    assert said[1] in {f"YES {status}" for status in STATUSES}
    assert said[:1] + said[2:] == ANSWERS
    assert "The paper of it is reported lost" in output
    assert "left out" not in output
    assert re.search(r"The answer had changed \d+ ms after the entry was written", output)
    assert "\x1b" not in output, "no colours where there is no terminal"
    assert list(tmp_path.iterdir()) == []


def test_kept_it_answers_at_the_addresses_it_prints_until_it_is_interrupted(
    kept: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert kept.stdout is not None
    lines = []
    for line in kept.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C"):
            break
    output = "".join(lines)
    api, status, person = (
        re.search(pattern, output, re.MULTILINE)
        for pattern in (
            r"^API +(http://\S+)/openapi\.json$",
            r"^status page +(http://\S+)/$",
            r"--person (\S+)",
        )
    )
    assert api is not None, output
    assert status is not None, output
    assert person is not None, output
    assert "city-civil-registry" in httpx.get(f"{status[1]}/").text
    assert httpx.get(f"{api[1]}/openapi.json").status_code == 200
    reply = httpx.post(f"{api[1]}/v1/proofs/alive", json={"person": person[1]})
    assert reply.json()["outcome"] == "yes", "the register speaks again after the last story"
    os.killpg(kept.pid, signal.SIGINT)  # as a terminal does: to all that it has started
    assert kept.wait(timeout=30) == 0
    assert not is_listening(api[1])
    assert not is_listening(status[1])
    assert list(tmp_path.iterdir()) == []


def test_terminated_in_the_middle_it_stops_what_it_has_started(
    environment: dict[str, str], tmp_path: Path
) -> None:
    process = start(environment)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "civicbus demo: stopped" in output
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
