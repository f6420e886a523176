"""A worker's stores beside the topics they were filled from, on real Apache Kafka."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import rocksdict

from civicbus.engine.partition_store import opened, rocksdb_options
from tests.kafka.bus import ROOT, Bus, Worker, until

pytestmark = [pytest.mark.kafka, pytest.mark.data, pytest.mark.timeout(240)]

CONNECTOR = ROOT / "connectors" / "nl_brp"


def lines(bus: Bus, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
    """What a command of the stores says, a line for each partition."""
    finished = bus.run("store", *arguments, "--json", expect=expect)
    return [json.loads(line) for line in finished.stdout.splitlines()]


def filled(bus: Bus, name: str, register: Path | None = None) -> Worker:
    worker = bus.start_ready_worker(name)
    if register is not None:
        bus.run("connect", str(CONNECTOR), "--input", str(register))
    until(worker.ready, f"{name} has caught up")
    return worker


def test_a_store_is_what_the_topics_say_and_a_lost_or_changed_entry_is_found(
    bus: Bus, shared_data: Path
) -> None:
    worker = filled(bus, "one", shared_data / "nl-brp" / "persons.csv")
    until(lambda: sum(line["entries"] for line in digests(bus, worker)) > 0, "it is filled")
    running = lines(bus, "verify", "--data", str(worker.data))
    assert [line["partition"] for line in running] == list(range(bus.partitions))
    assert all(line["equal"] for line in running)
    assert worker.stop() == 0
    spoil_an_entry(worker.data / "dossiers" / "partition-00003")
    after = lines(bus, "verify", "--data", str(worker.data), expect=1)
    assert [line["partition"] for line in after if not line["equal"]] == [3]
    assert after[3]["different"] == 1


def test_a_store_that_is_lost_is_rebuilt_to_the_same_digest(bus: Bus, shared_data: Path) -> None:
    worker = filled(bus, "one", shared_data / "nl-brp" / "persons.csv")
    assert worker.stop() == 0
    worker = filled(bus, "one")
    before = digests(bus, worker)
    assert worker.stop() == 0
    shutil.rmtree(worker.data)
    worker = filled(bus, "one")
    assert digests(bus, worker) == before
    assert sum(line["entries"] for line in before) > 500


def test_a_folder_without_stores_is_told_with_the_remedy(bus: Bus, tmp_path: Path) -> None:
    finished = bus.run("store", "verify", "--data", str(tmp_path / "nothing"), expect=1)
    assert "name the worker's folder" in finished.stderr


def digests(bus: Bus, worker: Worker) -> list[dict[str, Any]]:
    return lines(bus, "digest", "--data", str(worker.data))


def spoil_an_entry(folder: Path) -> None:
    """Change one bit of an event, as a failing disk might."""
    database: Any = opened(folder, rocksdb_options(), rocksdict.AccessType.read_write())
    key, value = next((k, v) for k, v in database.items() if k[:1] != b"\0")
    database.put(key, value[:-1] + bytes([value[-1] ^ 1]))
    database.close()
