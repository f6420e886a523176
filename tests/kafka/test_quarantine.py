"""From a refused record to a healed answer, on real Apache Kafka and with every process."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from civicbus.wire.codec import FRAME, Codec
from civicbus.wire.releases import Release, ReleaseSeal
from civicbus.wire.schemas import LOCK_FILE, load_catalogue, schema_folder
from tests.kafka.bus import ROOT, Bus, Worker, until
from tests.kafka.test_bad_input import TOPIC, death, key_of

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]

CONNECTOR = ROOT / "connectors" / "us_deaths"
SAMPLE = CONNECTOR / "sample.csv"
PERSONS = range(900_001, 900_006)  # of the sample
CODEC = Codec(load_catalogue())


def quarantine(bus: Bus, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
    """What `civicbus quarantine` says, a line for each record."""
    finished = bus.run("quarantine", *arguments, "--json", expect=expect)
    return [json.loads(line) for line in finished.stdout.splitlines()]


def answer(worker: Worker, person: int) -> tuple[str, str]:
    found = worker.ask(f"us-dc:{person}").json()
    return found["outcome"], found["reason"]


def account(worker: Worker) -> dict[str, int]:
    """The account of the topic over all partitions, after the law has been held to each."""
    total: dict[str, int] = {}
    for share in worker.snapshot()["partitions"]:
        for found in share["topics"].values():
            parts = ("stored", "duplicates", "quarantined", "watermarks", "dismissals")
            assert found["consumed"] == sum(found[part] for part in parts)
        for name, value in share["topics"][TOPIC].items():
            total[name] = total.get(name, 0) + value
    return total


def missing(worker: Worker) -> list[int]:
    """By how much the source's word and what arrived differ, in each partition that has it."""
    return [abs(word["missing"]) for word in worker.snapshot()["sources"]]


def read_all(worker: Worker) -> bool:
    topics = (share["topics"][TOPIC] for share in worker.snapshot()["partitions"])
    return all(found["next_offset"] == found["end_offset"] for found in topics)


def producer(bus: Bus) -> Any:
    return Producer({"bootstrap.servers": bus.broker, "partitioner": "murmur2_random"})


def test_a_source_that_was_not_declared_yet_is_let_in_later_and_its_answers_heal(
    bus: Bus, tmp_path: Path
) -> None:
    declared = tmp_path / "connectors"
    shutil.copytree(CONNECTOR.parent, declared, ignore=shutil.ignore_patterns("us_deaths"))
    bus.configured["CIVICBUS_CONNECTORS"] = str(declared)
    worker = bus.start_ready_worker("one")
    bus.run("connect", str(CONNECTOR), "--input", str(SAMPLE))
    refused = len(PERSONS) + bus.partitions  # the deaths, and the source's word in each
    until(lambda: account(worker)["quarantined"] == refused, "all is refused")
    for person in PERSONS:
        assert answer(worker, person) == ("unknown", "quarantined")
    places = [held["place"] for held in quarantine(bus, "list")]
    assert len(places) == refused

    assert {one["outcome"] for one in quarantine(bus, "replay", expect=1)} == {"refused_again"}

    shutil.copytree(CONNECTOR, declared / "us_deaths")
    assert worker.stop() == 0
    worker = bus.start_ready_worker("one")
    before = account(worker)
    would = quarantine(bus, "replay", "--dry-run")
    assert sorted(one["outcome"] for one in would) == ["dismissed"] * bus.partitions + [
        "replayed"
    ] * len(PERSONS)
    assert account(worker) == before
    assert answer(worker, PERSONS[0]) == ("unknown", "quarantined")

    quarantine(bus, "replay")
    for person in PERSONS:
        until(lambda who=person: answer(worker, who)[0] == "no", "the death is known")  # type: ignore[misc]
    until(lambda: account(worker)["released"] == refused, "nothing is open")
    assert quarantine(bus, "list") == []
    assert quarantine(bus, "replay") == []

    quarantine(bus, "replay", *places, "--force", expect=0)
    until(lambda: read_all(worker), "what came twice is read")
    assert account(worker)["stored"] == len(PERSONS)
    assert account(worker)["released"] == refused

    # The publisher starts again, counts anew, and gives its word.
    bus.run("connect", str(CONNECTOR), "--input", str(SAMPLE))
    until(lambda: len(missing(worker)) == bus.partitions, "the source is heard everywhere")
    assert missing(worker) == [0] * bus.partitions

    bus.configured["CIVICBUS_GROUP"] = "another"
    other = bus.start_ready_worker("two")
    assert missing(other) == [0] * bus.partitions
    assert [answer(other, person)[0] for person in PERSONS] == ["no"] * len(PERSONS)
    assert account(other)["quarantined"] == 0
    assert worker.stop() == 0
    bus.run("store", "verify", "--data", str(worker.data))


def test_a_schema_that_was_not_known_yet_is_learnt_and_only_an_operator_releases(
    bus: Bus, tmp_path: Path
) -> None:
    good = CODEC.encode(death(1))
    unknown_id = 9_001
    value = FRAME.pack(0, unknown_id) + good[FRAME.size :]
    send = producer(bus)
    send.produce(TOPIC, key=key_of(1), value=value)
    send.flush(30)
    worker = bus.start_ready_worker("one")
    assert answer(worker, 1) == ("unknown", "quarantined")
    (held,) = quarantine(bus, "list")
    assert held["reason"] == "framing"
    _, partition, offset = held["place"].split("/")

    learnt = tmp_path / "schemas"
    shutil.copytree(schema_folder(), learnt)
    lock = json.loads((learnt / LOCK_FILE).read_text("utf-8"))
    latest = CODEC.catalogue.latest("Death").id
    entry = next(one for one in lock["schemas"] if one["id"] == latest)
    lock["schemas"].append({**entry, "id": unknown_id, "version": 99})
    (learnt / LOCK_FILE).write_text(json.dumps(lock), "utf-8")
    bus.configured["CIVICBUS_SCHEMAS"] = str(learnt)
    assert worker.stop() == 0
    worker = bus.start_ready_worker("one")

    headers = ReleaseSeal(b"not the operators' secret").headers(
        TOPIC, int(partition), key_of(1), value, Release(int(offset), 2)
    )
    send.produce(TOPIC, key=key_of(1), value=value, partition=int(partition), headers=headers)
    send.flush(30)
    until(lambda: account(worker)["quarantined"] == 2, "the forged release is refused")
    assert answer(worker, 1) == ("unknown", "quarantined")
    reasons = {held["reason"]: held["place"] for held in quarantine(bus, "list")}
    assert set(reasons) == {"framing", "authority"}

    quarantine(bus, "replay", "--reason", "framing")
    until(lambda: account(worker)["released"] == 1, "the first mark is ended")
    assert answer(worker, 1) == ("unknown", "quarantined")
    why = ("--because", "a release that nobody signed", "--by", "duty desk", "--yes")
    quarantine(bus, "dismiss", reasons["authority"], *why)
    until(lambda: answer(worker, 1)[0] == "no", "nothing marks the person any more")
    assert account(worker)["dismissals"] == 1


def test_a_worker_that_was_not_restarted_refuses_the_replay_and_the_record_stays_open(
    bus: Bus, tmp_path: Path
) -> None:
    declared = tmp_path / "connectors"
    shutil.copytree(CONNECTOR.parent, declared, ignore=shutil.ignore_patterns("us_deaths"))
    bus.configured["CIVICBUS_CONNECTORS"] = str(declared)
    send = producer(bus)
    send.produce(TOPIC, key=key_of(1), value=CODEC.encode(death(1)))
    send.flush(30)
    worker = bus.start_ready_worker("one")
    shutil.copytree(CONNECTOR, declared / "us_deaths")
    quarantine(bus, "replay")
    until(lambda: account(worker)["quarantined"] == 2, "the replay is refused")
    (held,) = quarantine(bus, "list")
    assert (held["state"], held["attempts"]) == ("open", 2)
    assert answer(worker, 1) == ("unknown", "quarantined")
    assert worker.stop() == 0
    worker = bus.start_ready_worker("one")
    quarantine(bus, "replay")
    until(lambda: answer(worker, 1)[0] == "no", "the death is known")
    assert quarantine(bus, "list") == []


def test_a_row_that_a_mapping_could_not_read_heals_when_the_mapping_is_mended(
    bus: Bus, tmp_path: Path
) -> None:
    broken = tmp_path / "us_deaths"
    shutil.copytree(CONNECTOR, broken)
    mapping = (broken / "mapping.py").read_text("utf-8")
    head = "def events(record: Record) -> Iterator[Outcome]:\n"
    assert head in mapping
    spoiled = mapping.replace(head, f"{head}    1 / int(record.rows[0]['Age'] or 0)\n")
    (broken / "mapping.py").write_text(spoiled, "utf-8")
    worker = bus.start_ready_worker("one")
    bus.run("connect", str(broken), "--input", str(SAMPLE))
    until(lambda: answer(worker, 900_005) == ("unknown", "quarantined"), "the row is refused")
    until(lambda: answer(worker, 900_001)[0] == "no", "the other rows are read")
    (rows,) = quarantine(bus, "list")
    assert (rows["source"], rows["reason"], rows["refusals"]) == ("us-deaths", "mapping", 2)

    bus.run("connect", str(CONNECTOR), "--input", str(SAMPLE))
    for person in PERSONS:
        until(lambda who=person: answer(worker, who)[0] == "no", "the death is known")  # type: ignore[misc]
    assert quarantine(bus, "list") == []
    until(lambda: read_all(worker), "all is read")
    assert missing(worker) == [0] * bus.partitions
