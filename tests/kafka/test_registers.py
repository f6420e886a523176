"""A whole register on real Apache Kafka: right answers at the end, also after kill -9."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.mapped import run
from civicbus.connect.stamping import stamp
from civicbus.domain.families import FAMILIES
from civicbus.engine.layout import StoredEvent
from civicbus.engine.store import DossierStore
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue
from civicbus.wire.topics import partition_of
from tests.benchmarks.filling import publish
from tests.connectors.register_of_persons import answers_of_the_register
from tests.kafka.bus import ROOT, SECRET, Bus, Worker, until

pytestmark = [pytest.mark.kafka, pytest.mark.data, pytest.mark.timeout(240)]

CONNECTOR = ROOT / "connectors" / "nl_brp"
OTHER_SOURCE = "city-civil-registry"  # declared, so that the guard lets its events in
OTHER_EVENTS = 150_000
READ_WITHIN = 30.0

Dossiers = dict[tuple[str, int], set[bytes]]


@pytest.fixture
def register(shared_data: Path) -> Path:
    return shared_data / "nl-brp" / "persons.csv"


def dossiers_in_memory(register: Path) -> Dossiers:
    """Every person's events by family, as the same file gives them with no broker at all."""
    codec = Codec(load_catalogue())
    found: Dossiers = defaultdict(set)
    with register.open("rb") as stream:
        for mapped in run(load_connector(CONNECTOR), stream, register.name, datetime.now(UTC)):
            for filed in mapped.filed:
                event = stamp(filed.event, "development", SECRET.encode())
                for key in event.header.keys():  # noqa: SIM118 - not a dict
                    found[key, FAMILIES[filed.family].number].add(codec.encode(event))
    return found


def dossiers_in_stores(bus: Bus, worker: Worker, wanted: Dossiers) -> Dossiers:
    """The same persons' events as a stopped worker's stores hold them."""
    store = DossierStore(worker.data / "dossiers")
    found: Dossiers = defaultdict(set)
    for key, family in wanted:
        partition = partition_of(key.encode(), bus.partitions)
        for entry in store.open(partition).dossier(key, [family]):
            assert isinstance(entry, StoredEvent)
            found[key, family].add(entry.body)
    store.close_all()
    return found


def test_every_person_of_the_register_is_answered_as_the_register_itself_would(
    bus: Bus, register: Path
) -> None:
    worker = bus.start_ready_worker("one")
    bus.run("connect", str(CONNECTOR), "--input", str(register))
    expected = answers_of_the_register(register)
    assert len(expected) == 200

    def answers() -> dict[str, str]:
        found = {}
        for person in expected:
            response = worker.ask(person)
            assert response.status_code == 200, response.text
            found[person] = response.json()["outcome"]
        return found

    # The command has ended, but its last word may not have been read yet.
    deadline = time.monotonic() + READ_WITHIN
    while (found := answers()) != expected and time.monotonic() < deadline:
        time.sleep(0.5)
    assert found == expected
    assert worker.stop() == 0


def test_a_worker_killed_in_mid_load_ends_with_the_same_dossiers_as_one_that_lived(
    bus: Bus, register: Path
) -> None:
    """What surrounds the register's events only makes the load long enough to be in the middle."""
    publish(bus.broker, "civic.birth.v1", OTHER_EVENTS, source=OTHER_SOURCE)
    worker = bus.start_worker("one")
    connecting = threading.Thread(
        target=bus.run, args=("connect", str(CONNECTOR), "--input", str(register))
    )
    connecting.start()
    until(lambda: consumed(worker) > OTHER_EVENTS // 10, "a tenth has been stored", 60)
    worker.kill()
    connecting.join()

    worker = bus.start_worker("one")
    until(lambda: consumed(worker) > 0, "the stores are open again")
    at_restart = consumed(worker)
    until(worker.ready, "the worker has caught up")
    assert at_restart < OTHER_EVENTS, "the worker was killed too late to be in mid-load"
    accounts = [
        topic
        for partition in worker.snapshot()["partitions"]
        for topic in partition["topics"].values()
    ]
    for account in accounts:
        parts = ("stored", "duplicates", "quarantined", "watermarks")
        assert account["consumed"] == sum(account[part] for part in parts)
        assert account["consumed"] == account["next_offset"]
    expected = dossiers_in_memory(register)
    assert worker.stop() == 0
    assert dossiers_in_stores(bus, worker, expected) == expected


def test_two_workers_answer_for_everyone_and_one_does_after_the_other_is_killed(
    bus: Bus, register: Path
) -> None:
    expected = dict(list(answers_of_the_register(register).items())[:60])
    first = bus.start_ready_worker("first")
    bus.run("connect", str(CONNECTOR), "--input", str(register))
    second = bus.start_worker("second")
    until(lambda: partitions(first) == partitions(second) == 4, "the partitions are spread")
    until(lambda: first.ready() and second.ready(), "both are ready")
    for worker in (first, second):
        assert {person: worker.ask(person).json()["outcome"] for person in expected} == expected

    first.kill()
    # Until the group notices, nobody answers for its partitions; a wrong answer never comes.
    while partitions(second) < bus.partitions:
        for person, outcome in list(expected.items())[:5]:
            response = second.ask(person)
            if response.status_code == 200:
                assert response.json()["outcome"] == outcome
            else:
                assert response.status_code == 503
                assert int(response.headers["Retry-After"]) > 0
    until(second.ready, "the survivor has taken over")
    assert {person: second.ask(person).json()["outcome"] for person in expected} == expected


def consumed(worker: Worker) -> int:
    """Records that a worker has accounted for; 0 until it can be asked."""
    partitions = (worker.snapshot() or {}).get("partitions", ())
    return sum(topic["consumed"] for part in partitions for topic in part["topics"].values())


def partitions(worker: Worker) -> int:
    """How many partitions a worker owns."""
    return len((worker.snapshot() or {}).get("partitions", ()))
