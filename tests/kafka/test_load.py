"""A first load on real Apache Kafka, killed in the middle, and the live run that follows it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.mapped import run
from civicbus.connect.stamping import stamp
from civicbus.demo.journals import CIVIL_REGISTRY
from civicbus.demo.offices import write_journals
from civicbus.demo.society import found_society
from civicbus.domain.families import FAMILIES
from civicbus.engine.layout import StoredEvent, read_entry
from civicbus.engine.store import DossierStore
from civicbus.settings import Settings
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue
from tests.connect.publishing import check_counts, events_in, log_of
from tests.kafka.bus import ROOT, SECRET, Bus, until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

PEOPLE = 12_000
CONNECTOR = ROOT / "connectors" / CIVIL_REGISTRY
SOURCE = "city-civil-registry"
TOPICS = [FAMILIES[family].topic for family in ("birth", "death", "identity")]
NOTED = "2026-03-01T02:00:00Z"
OVERLAP, AFTER = 300, 200  # entries made during the export, and after it

Dossiers = dict[str, set[tuple[int, bytes]]]


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """The header and the entries of the household register of a synthetic city."""
    folder = tmp_path_factory.mktemp("city")
    journals = write_journals(found_society(PEOPLE, 5, date(2026, 2, 1)), folder, 5)
    header, *entries = journals[CIVIL_REGISTRY].hand_over().read_text("utf-8").splitlines()
    return header, entries


def built_in_memory(*files: Path) -> Dossiers:
    """What each person's dossier must hold: mapped and encoded one by one."""
    connector, codec = load_connector(CONNECTOR), Codec(load_catalogue())
    found: defaultdict[str, set[tuple[int, bytes]]] = defaultdict(set)
    for path in files:
        with path.open("rb") as file:
            for mapped in run(connector, file, path.name, datetime.now(UTC)):
                assert not mapped.refused
                for filed in mapped.filed:
                    event = stamp(filed.event, "development", SECRET.encode())
                    for key in event.header.keys():  # noqa: SIM118 - not a dict
                        found[key].add((FAMILIES[filed.family].number, codec.encode(event)))
    return dict(found)


def stored(folder: Path, partitions: int) -> tuple[Dossiers, int]:
    """What stands in a worker's stores, and how many records of the source it misses."""
    store = DossierStore(folder / "dossiers")
    found: defaultdict[str, set[tuple[int, bytes]]] = defaultdict(set)
    missing = 0
    for number in range(partitions):
        partition = store.open(number)
        for key, value in partition.walk():
            entry = read_entry(key, value)
            assert isinstance(entry, StoredEvent)
            found[key[:26].decode()].add((entry.family, entry.body))
        for family in FAMILIES.values():
            state = partition.state(family.number)
            state.check()
            missing += sum(abs(count.missing) for count in state.sources.values())
    store.close_all()
    return dict(found), missing


def children_of(pid: int) -> list[Path]:
    """The folders under /proc of a process's children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [Path("/proc") / child for child in children]


def test_a_load_killed_and_started_again_and_the_live_run_after_it_lose_nothing(
    bus: Bus, kafka_settings: Settings, journal: tuple[str, list[str]], tmp_path: Path
) -> None:
    header, entries = journal
    register, changes = tmp_path / "register.csv", tmp_path / "changes.csv"
    register.write_text("\n".join([header, *entries[:-AFTER], ""]), "utf-8")
    changes.write_text("\n".join([header, *entries[-AFTER - OVERLAP :], ""]), "utf-8")

    def records() -> int:
        return len(events_in(asyncio.run(log_of(kafka_settings, *TOPICS))))

    arguments = ("load", str(CONNECTOR), "--input", str(register), "--complete-through", NOTED)
    killed = subprocess.Popen(
        [sys.executable, "-m", "civicbus", *arguments, "--processes", "2"],
        env=bus.environment(),
        cwd=ROOT,
    )
    try:
        until(lambda: records() > 0, "the load has begun")
        assert killed.poll() is None, "the load was over too soon to be killed in it"
        mapping = children_of(killed.pid)
    finally:
        killed.kill()
        killed.wait()
    assert len(mapping) >= 2
    until(lambda: not any(map(Path.exists, mapping)), "those that mapped for it end as well")
    before = records()
    live = ("connect", str(CONNECTOR), "--input", str(changes), "--since", NOTED)
    refused = bus.run(*live, expect=1)
    assert "run civicbus load to its end" in refused.stderr
    bus.run(*arguments)
    bus.run(*live)

    log = asyncio.run(log_of(kafka_settings, *TOPICS))
    expected = built_in_memory(register, changes)
    twice = len(changes.read_text("utf-8").splitlines()) - 1 - AFTER
    assert twice == OVERLAP
    assert before > 0
    assert len(events_in(log)) > before + sum(map(len, expected.values()))
    assert check_counts(log, SOURCE) >= 2 * len(TOPICS) * bus.partitions

    worker = bus.start_ready_worker("worker")
    assert worker.stop() == 0
    found, missing = stored(worker.data, bus.partitions)
    assert found == expected
    assert missing == 0
