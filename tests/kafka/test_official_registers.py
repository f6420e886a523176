"""Registers that nobody here wrote, on the whole real path, with counts that add up.

Each official file is put into a drop folder with its manifest; `civicbus connect` publishes it to a
real Apache Kafka, and a worker stores it. What the files hold is counted here, apart from us.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition

from civicbus.wire.topics import PERSON_TOPICS, WATERMARK_KEY_PREFIX
from tests.kafka.bus import ROOT, Bus, Worker, until

pytestmark = [pytest.mark.kafka, pytest.mark.data, pytest.mark.timeout(240)]

NOTED = "2026-03-01T02:00:00Z"


def rows_with_a_number(file: Path) -> int:
    """How many rows of a CSV file begin a person's record: the first column tells."""
    with file.open(encoding="utf-8", newline="") as text:
        rows = csv.reader(text, delimiter=";" if ";" in file.read_text("utf-8")[:200] else ",")
        next(rows)
        return sum(1 for row in rows if row and row[0])


def entries(file: Path) -> int:
    """How many entries a JSON file lists."""
    return len(json.loads(file.read_text("utf-8")))


REGISTERS: dict[str, tuple[str, Callable[[Path], int]]] = {
    "nl_brp": ("nl-brp/persons.csv", rows_with_a_number),
    "us_deaths": ("us-deaths/deaths.csv", rows_with_a_number),
    "uk_lev": ("uk-lev/*.json", entries),
}


def connector_of(name: str, folder: Path) -> Path:
    """The repository's connector, with a drop folder beside it."""
    copy = folder / name
    shutil.copytree(ROOT / "connectors" / name, copy)
    with (copy / "connector.toml").open("a", encoding="utf-8") as declaration:
        declaration.write('\n[input.folder]\npath = "in"\n')
    (copy / "in").mkdir()
    return copy


def records_on(broker: str) -> Counter[str]:
    """The records of each person topic that are no watermarks, as a plain client counts them."""
    consumer: Any = Consumer({"bootstrap.servers": broker, "group.id": "count"})
    places = [TopicPartition(topic, n, 0) for topic in PERSON_TOPICS for n in range(8)]
    left = sum(consumer.get_watermark_offsets(place, timeout=30)[1] for place in places)
    consumer.assign(places)
    found: Counter[str] = Counter()
    while left:
        message = consumer.poll(30)
        assert message is not None
        assert message.error() is None
        found[message.topic()] += not message.key().startswith(WATERMARK_KEY_PREFIX)
        left -= 1
    consumer.close()
    return found


def accounts(worker: Worker) -> dict[str, Counter[str]]:
    """What the worker says of each topic, over all partitions."""
    found: dict[str, Counter[str]] = {topic: Counter() for topic in PERSON_TOPICS}
    for share in worker.snapshot()["partitions"]:
        for topic, account in share["topics"].items():
            found[topic].update(account)
    return found


@pytest.mark.parametrize("name", REGISTERS)
def test_an_official_register_on_its_whole_way_adds_up(
    bus: Bus, tmp_path: Path, shared_data: Path, name: str
) -> None:
    pattern, count = REGISTERS[name]
    folder = connector_of(name, tmp_path / "connectors")
    bus.configured["CIVICBUS_CONNECTORS"] = str(folder.parent)
    held = 0
    for number, file in enumerate(sorted(shared_data.glob(pattern)), 1):
        held += count(file)
        copied = folder / "in" / file.name
        copied.write_bytes(file.read_bytes())
        bus.run(
            "connector", "manifest", str(folder), str(copied),
            "--number", str(number), "--complete-through", NOTED,
        )  # fmt: skip
    announced = [json.loads(path.read_text("utf-8"))["records"]
                 for path in (folder / "in").glob("*.manifest.json")]  # fmt: skip
    assert sum(announced) == held > 0
    told = json.loads(bus.run("connect", str(folder), "--once", "--json").stdout)
    assert told["complete_through"] == "2026-03-01T02:00:00.000Z"
    on_the_bus = records_on(bus.broker)
    assert told["records"] == dict(sorted((+on_the_bus).items())), "published is on the bus"
    worker = bus.start_ready_worker("one")
    until(worker.ready, "everything is read")
    for topic, account in accounts(worker).items():
        parts = ("stored", "duplicates", "quarantined", "watermarks", "dismissals")
        assert account["consumed"] == sum(account[part] for part in parts), topic
        assert account["quarantined"] == 0, topic
        assert account["stored"] + account["duplicates"] == on_the_bus[topic], topic
    again = json.loads(bus.run("connect", str(folder), "--once", "--json").stdout)
    assert again["events"] == 0, "it goes on where it was"
    refused = {row["line"] for row in told["refused_rows"]}
    print(f"{name}: {held} records, {told['events']} events, {told['refused']} refusals in "  # noqa: T201
          f"{len(refused)} rows, {sum(on_the_bus.values())} records on the bus")  # fmt: skip
    if name == "us_deaths":
        deaths = told["events"] - told["refused"]
        assert deaths + len(refused) == held == 4000, "a death or a refusal each"
