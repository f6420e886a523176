"""Files put into a folder, each of which holds what is new: in order, whole, and only as announced.

Method: a department writes files; a bus takes batches as the runner does, and is killed anywhere.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from civicbus.broker.builtin import with_builtin
from civicbus.broker.topics import create_topics
from civicbus.connect.inputs import checked_file
from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError
from civicbus.connect.mapped import run
from civicbus.connect.publisher import Publisher
from tests.connect.inputs.deliveries import HEADER, Department, at, row, rows
from tests.connect.inputs.taking import Bus, Crash
from tests.connect.publishing import check_counts, events_in, log_of


@pytest.fixture
def department(tmp_path: Path) -> Department:
    return Department.of("death_notices", tmp_path)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked_file, "PAGE", 3)
    monkeypatch.setattr(checked_file, "BLOCK", 64)


def entries(bus: Bus) -> list[int]:
    return [int(cells["entry"]) for cells in bus.cells]


async def test_deliveries_are_taken_in_the_order_of_their_numbers(department: Department) -> None:
    for number in (3, 2, 4):
        department.deliver(number, rows(number * 10, number * 10 + 1))
    bus = Bus()
    await bus.catch_up(department.open())
    assert entries(bus) == [20, 21, 30, 31, 40, 41]
    said = [batch.complete_through for batch in bus.batches if batch.complete_through]
    assert said == [at(2), at(3), at(4)]
    assert [batch.caught_up for batch in bus.batches][-1:] == [True]
    assert sum(batch.caught_up for batch in bus.batches) == 1


async def test_records_are_those_that_the_file_gives_by_hand(department: Department) -> None:
    path = department.deliver(1, [*rows(1, 2), "3,short"])
    bus = Bus()
    await bus.catch_up(department.open())
    with path.open("rb") as stream:
        by_hand = list(run(department.connector, stream, "by hand", at(9)))
    assert [record.digest for record in bus.records] == [mapped.row for mapped in by_hand]
    assert bus.records[2].refused[0].reason == "columns"


async def test_a_file_without_a_manifest_waits(department: Department) -> None:
    department.deliver(1, rows(1))
    (department.folder / "delivery-2.csv").write_text("half a fi", encoding="utf-8")
    bus = Bus()
    await bus.catch_up(department.open())
    assert entries(bus) == [1]
    department.deliver(2, rows(2))
    await bus.catch_up(department.open())
    assert entries(bus) == [1, 2]


async def test_while_nothing_comes_the_last_word_is_repeated(department: Department) -> None:
    department.deliver(1, rows(1))
    bus = Bus()
    batches = department.open()(None)
    await bus.take(batches, lambda batch: batch.caught_up)
    waiting = await anext(batches)
    assert (waiting.records, waiting.complete_through, waiting.caught_up) == ((), at(1), True)
    department.deliver(2, rows(2))
    await bus.take(batches, lambda batch: batch.complete_through == at(2))
    await batches.aclose()
    assert entries(bus) == [1, 2]


async def test_a_missing_delivery_is_told_and_waited_for(department: Department) -> None:
    department.deliver(6, rows(6))
    bus = Bus()
    await bus.catch_up(department.open())
    department.deliver(8, rows(8))
    with pytest.raises(InputUnavailableError, match="delivery 7 is missing between 6 and 8"):
        await bus.catch_up(department.open())
    assert entries(bus) == [6]
    department.deliver(7, rows(7))
    await bus.catch_up(department.open())
    assert entries(bus) == [6, 7, 8]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("crash", list(Crash))
async def test_a_kill_at_any_batch_loses_and_changes_nothing(
    department: Department, crash: Crash
) -> None:
    department.deliver(1, rows(*range(1, 9)))
    department.deliver(2, rows(*range(11, 14)))
    department.deliver(3, [])
    whole = Bus()
    batches = await whole.catch_up(department.open())
    assert batches >= 8
    for number in range(batches):
        bus = Bus()
        await bus.catch_up(department.open(), number, crash)
        await bus.catch_up(department.open())
        seen = list(dict.fromkeys((record.digest, record.key) for record in bus.records))
        assert seen == [(record.digest, record.key) for record in whole.records]
        repeated = len(bus.records) - len(whole.records)
        assert repeated <= (3 if crash is Crash.BEFORE_POSITION else 0)
        assert bus.position == whole.position


async def test_a_delivery_of_which_a_part_is_out_must_be_there_to_its_end(
    department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked_file, "PAGE", 3)
    path = department.deliver(1, rows(*range(1, 9)))
    bus = Bus()
    await bus.catch_up(department.open(), 1)
    assert entries(bus) == [1, 2, 3]
    manifest = path.with_name(f"{path.name}.manifest.json")
    manifest.rename(department.folder / "away")
    with pytest.raises(InputUnavailableError, match="delivery 1, of which only a part"):
        await bus.catch_up(department.open())
    (department.folder / "away").rename(manifest)
    department.deliver(1, rows(*range(1, 8)))
    with pytest.raises(InputChangedError, match="delivery 1 is not the one that was published"):
        await bus.catch_up(department.open())
    assert entries(bus) == [1, 2, 3]


@pytest.mark.parametrize("number", [1, 2])
async def test_a_number_that_was_published_cannot_be_given_again(
    department: Department, number: int
) -> None:
    for given in (1, 2):
        department.deliver(given, rows(given))
    bus = Bus()
    await bus.catch_up(department.open())
    department.deliver(number, rows(9))
    with pytest.raises(InputChangedError, match=f"delivery {number} is not the one .* --anew"):
        await bus.catch_up(department.open())
    assert entries(bus) == [1, 2]


async def test_files_that_were_published_may_go(department: Department) -> None:
    for number in (1, 2):
        department.deliver(number, rows(number))
    bus = Bus()
    await bus.catch_up(department.open())
    for path in department.folder.iterdir():
        path.unlink()
    department.deliver(3, rows(3))
    await bus.catch_up(department.open())
    assert entries(bus) == [1, 2, 3]


@pytest.mark.parametrize("harm", ["cut", "grown", "other", "count"])
async def test_nothing_is_taken_of_a_file_that_is_not_the_announced_one(
    department: Department, harm: str
) -> None:
    path = department.deliver(1, rows(*range(1, 9)), **({"records": 9} if harm == "count" else {}))
    content = path.read_bytes()
    path.write_bytes(
        {
            "cut": content[:-40],
            "grown": content + row(9).encode(),
            "other": content.replace(b"1003", b"1030"),
            "count": content,
        }[harm]
    )
    bus = Bus()
    told = r"delivery-1\.csv: holds \d records with the sha256 \w+, and its manifest announces \d"
    with pytest.raises(InputChangedError, match=told):
        await bus.catch_up(department.open())
    assert not bus.records


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("harm", ["written over", "grown", "cut"])
async def test_a_file_that_changes_while_it_is_read_is_left_before_a_row_of_the_change(
    department: Department, harm: str
) -> None:
    path = department.deliver(1, rows(*range(1, 100)))
    content = path.read_bytes()
    changed = {
        "written over": content.replace(b"1090", b"1091"),
        "grown": content + (row(100) + "\n").encode(),
        "cut": content[:-5],
    }[harm]
    bus = Bus()
    batches = department.open()(None)
    await bus.take(batches, lambda batch: bool(batch.records), crash_at=1)
    with path.open("r+b") as stream:
        stream.write(changed)
        stream.truncate()
    with pytest.raises(InputChangedError, match="has changed while it was read"):
        await bus.take(batches, lambda batch: batch.caught_up)
    announced = [f"{1000 + entry}" for entry in range(1, 100)]
    handed = [cells["person"] for cells in bus.cells]
    assert 0 < len(handed) <= 99
    assert handed == announced[: len(handed)]


@pytest.mark.usefixtures("small_pages")
async def test_a_file_that_is_replaced_while_it_is_read_is_read_to_its_end(
    department: Department,
) -> None:
    path = department.deliver(1, rows(*range(1, 100)))
    bus = Bus()
    batches = department.open()(None)
    await bus.take(batches, lambda batch: bool(batch.records), crash_at=1)
    other = path.with_name("other")
    other.write_bytes(path.read_bytes().replace(b"10", b"20"))
    other.rename(path)
    await bus.take(batches, lambda batch: batch.caught_up)
    await batches.aclose()
    assert entries(bus) == list(range(1, 100))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (f"{HEADER}\n{row(1)}\n".encode("utf-16"), "line 1: encoding: byte 1: UTF-16"),
        (f"\ufeff{HEADER}\n{row(1)}\n".encode(), "line 1: encoding: byte 1: a UTF-8 byte order"),
        (b"entry;person;died_on;registered_at\n", "line 1: columns: 'entry' is missing among 1"),
        (b"entry,person,died_on,person,registered_at\n", "'person' stands 2 times"),
        (b"entry,person,died\xe9,registered_at\n", "line 1: encoding: byte 18 is not utf-8"),
    ],
    ids=["empty", "utf-16", "mark", "delimiter", "twice", "latin-1"],
)
async def test_a_file_that_is_none_of_this_register_ends_the_connector_aloud(
    department: Department, content: bytes, told: str
) -> None:
    department.put(1, content, 1)
    bus = Bus()
    with pytest.raises(InputChangedError) as raised:
        await bus.catch_up(department.open())
    assert told in str(raised.value)
    assert "delivery-1.csv" in str(raised.value)
    assert not bus.records


async def test_rows_that_cannot_be_read_are_refused_alone(department: Department) -> None:
    lines = [
        row(1),
        "2,1002",
        row(3) + ",more",
        '4,"1004,2026-02-01,2026-02-02T09:00:00Z',
        row(5),
        "6,1006,\0,2026-02-02T09:00:00Z",
        row(7) + "x" * 2_000_000,
        row(8),
    ]
    content = "".join(f"{line}\n" for line in [HEADER, *lines]).encode()
    department.put(1, content + b"9,100\xe9,,\r\n", 9)
    bus = Bus()
    await bus.catch_up(department.open())
    found = {record.line: [row.reason for row in record.refused] for record in bus.records}
    assert found == {
        2: [], 3: ["columns"], 4: ["columns"], 5: ["quote"], 6: [], 7: ["text"], 8: ["size"],
        9: [], 10: ["encoding"],
    }  # fmt: skip


async def test_the_same_file_under_two_numbers_gives_the_same_records(
    department: Department,
) -> None:
    for number in (1, 2):
        department.deliver(number, rows(1, 2))
    bus = Bus()
    await bus.catch_up(department.open())
    assert bus.records[:2] == bus.records[2:]
    assert [record.digest for record in bus.records[:2]] == [
        record.digest for record in bus.records[2:]
    ]


async def test_lines_of_json_are_taken_as_well(department: Department) -> None:
    department.declare('"csv"\ndelimiter = ","\nencoding = "utf-8"', '"json"')
    lines = [json.dumps({"entry": str(number), "person": "7"}) for number in (1, 2)]
    department.put(1, "\n".join(lines).encode(), 2)
    bus = Bus()
    await bus.catch_up(department.open())
    assert [cells["entry"] for cells in bus.cells] == ["1", "2"]


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"records": "8"}, "records: Input should be a valid integer"),
        ({"records": -1}, "records: Input should be greater than or equal to 0"),
        ({"sha256": "ABC"}, "sha256: String should match pattern"),
        ({"complete_through": "2026-03-01T02:00:00"}, "complete_through: Input should have timez"),
        ({"complete_through": 1_772_330_400}, "complete_through: "),
        ({"complete_through": "2999-03-01T02:00:00Z"}, "complete_through lies in the future"),
        ({"recods": 1}, "recods: unknown key; known: number, records, sha256, complete_through"),
    ],
)
async def test_a_wrong_manifest_is_told_with_its_key_and_the_remedy(
    department: Department, told: dict[str, Any], error: str
) -> None:
    department.deliver(1, rows(1), **told)
    with pytest.raises(InputChangedError) as raised:
        await Bus().catch_up(department.open())
    assert "delivery-1.csv.manifest.json: " in str(raised.value)
    assert error in str(raised.value)
    assert "write it anew (civicbus connector manifest)" in str(raised.value)


async def test_a_manifest_that_is_still_being_written_is_waited_for(department: Department) -> None:
    path = department.deliver(1, rows(1))
    manifest = path.with_name(f"{path.name}.manifest.json")
    whole = manifest.read_text("utf-8")
    manifest.write_text(whole[:30], "utf-8")
    bus = Bus()
    with pytest.raises(InputUnavailableError, match="is not a JSON document; if it stays so"):
        await bus.catch_up(department.open())
    manifest.write_text(whole, "utf-8")
    await bus.catch_up(department.open())
    assert entries(bus) == [1]


async def test_a_manifest_without_its_file_is_waited_for(department: Department) -> None:
    path = department.deliver(1, rows(1))
    path.unlink()
    with pytest.raises(InputUnavailableError, match="put the file beside its manifest"):
        await Bus().catch_up(department.open())


async def test_two_deliveries_with_one_number_are_refused(department: Department) -> None:
    path = department.deliver(1, rows(1))
    manifest = path.with_name(f"{path.name}.manifest.json")
    other = manifest.with_name("a.csv.manifest.json")
    other.write_bytes(manifest.read_bytes())
    with pytest.raises(InputChangedError, match=r"has the number 1, as a\.csv has"):
        await Bus().catch_up(department.open())


async def test_a_folder_that_is_not_there_is_waited_for(department: Department) -> None:
    department.folder.rmdir()
    with pytest.raises(InputUnavailableError, match="incoming: No such file or directory; make"):
        await Bus().catch_up(department.open())


async def test_a_position_of_another_way_in_is_refused(department: Department) -> None:
    with pytest.raises(InputChangedError, match=r"that of another way in; run .* --anew"):
        await Bus({"input": "outbox"}).catch_up(department.open())


async def test_a_wrong_delivery_does_not_hold_back_the_word_of_the_one_before(
    department: Department,
) -> None:
    department.deliver(1, rows(1))
    department.deliver(2, rows(2), records="2")
    bus = Bus()
    with pytest.raises(InputChangedError, match="manifest"):
        await bus.catch_up(department.open())
    assert not bus.records, "a manifest that nobody understands might bear any number"
    department.deliver(2, rows(2), records=5)
    with pytest.raises(InputChangedError, match="announces 5"):
        await bus.catch_up(department.open())
    assert entries(bus) == [1]
    assert bus.batches[-1].complete_through == at(1)


async def test_on_a_bus_each_delivery_goes_out_once_and_its_word_behind_it(
    department: Department, builtin_broker: str
) -> None:
    settings = with_builtin(department.settings, builtin_broker)
    await create_topics(settings)
    department.deliver(1, rows(1, 2))
    assert (await department.publish(settings)).events == 2
    department.deliver(2, rows(2, 3))
    assert (await department.publish(settings)).events == 2
    assert (await department.publish(settings)).events == 0
    log = await log_of(settings, "civic.death.v1")
    assert len({event.header.event_id for _, event in events_in(log)}) == 3
    assert check_counts(log, "death-notices") > 0
    async with Publisher(settings, department.connector.system) as publisher:
        assert publisher.complete_through == at(2)
