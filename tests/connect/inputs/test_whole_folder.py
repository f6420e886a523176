"""Files that each hold the whole register: what differs is published, and no mistake as a change.

Method: a department writes whole registers; a bus takes batches as the runner does, and is killed
anywhere. Applying what it was handed must give the last register, however it came to that.
"""

from __future__ import annotations

import asyncio
import shutil
import stat
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.broker.builtin import with_builtin
from civicbus.broker.topics import create_topics
from civicbus.connect.inputs import difference
from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError
from civicbus.connect.publisher import Publisher
from civicbus.domain.events import Death
from civicbus.domain.vocabulary import Change
from civicbus.settings import ConfigurationError, Settings
from tests.connect.inputs.deliveries import HEADER, Department, at, row, rows
from tests.connect.inputs.taking import Bus, Crash, applied, check_chain
from tests.connect.publishing import check_counts, events_in, log_of
from tests.patience import tried

HUNDRED = range(1, 101)
TIMES = {number: str(round(at(number).timestamp() * 1000)) for number in range(20)}


@pytest.fixture
def department(tmp_path: Path) -> Department:
    return Department.of("death_lists", tmp_path)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "PAGE", 2)


def register(bus: Bus) -> dict[str, str]:
    """What the bus has of each entry."""
    return applied(bus.cells, "entry", "died_on")


def written(*entries: int, **died: str) -> dict[str, str]:
    return {str(entry): died.get(f"e{entry}", "2026-02-01") for entry in entries}


async def test_the_first_delivery_is_a_reading_of_the_whole_register(
    department: Department,
) -> None:
    department.deliver(1, rows(2, 1))
    bus = Bus()
    await bus.catch_up(department.open())
    assert [cells["op"] for cells in bus.cells] == ["r", "r"]
    last = [batch for batch in bus.batches if batch.records][-1]
    assert (last.whole_at, last.complete_through, last.caught_up) == (at(1), at(1), True)
    (line,) = bus.records[0].rows
    assert line.cells == {
        "op": "r",
        "ts_ms": TIMES[1],
        "before.entry": "",
        "after.entry": "1",
        "before.person": "",
        "after.person": "1001",
        "before.died_on": "",
        "after.died_on": "2026-02-01",
        "after.registered_at": "2026-02-02T09:00:00Z",
    }
    assert line.absent == {"before.entry", "before.person", "before.died_on"}
    assert line.line == 3, "where it stands in the file"


async def test_only_what_differs_is_published_after_that(department: Department) -> None:
    department.deliver(1, rows(1, 2, 3))
    department.deliver(2, [row(4), row(2), row(3, "2026-02-03")])
    department.deliver(3, [row(2), row(3, "2026-02-03"), row(4)])
    bus = Bus()
    await bus.catch_up(department.open())
    changes = bus.records[3:]
    assert [
        (cells["op"], cells["before.entry"], cells["after.entry"], cells["after.died_on"])
        for cells in (record.rows[0].cells for record in changes)
    ] == [("d", "1", "", ""), ("u", "3", "3", "2026-02-03"), ("c", "", "4", "2026-02-01")]
    assert {record.rows[0]["ts_ms"] for record in changes} == {TIMES[2]}
    gone, changed, new = (record.rows[0] for record in changes)
    assert gone.absent == {name for name in gone.cells if name.startswith("after.")}
    assert changed.absent == set()
    assert new.absent == {"before.entry", "before.person", "before.died_on"}
    assert [batch.whole_at for batch in bus.batches if batch.whole_at] == [at(1)]
    said = [batch.complete_through for batch in bus.batches]
    assert [said.count(at(number)) > 0 for number in (1, 2, 3)] == [True, True, True]


async def test_a_change_that_goes_back_or_leaves_its_time_as_it_was_is_found(
    department: Department,
) -> None:
    for number, died in enumerate(("2026-02-05", "2026-02-01", "2026-02-05"), start=1):
        department.deliver(number, [row(1, died)])
    bus = Bus()
    await bus.catch_up(department.open())
    assert [(cells["op"], cells["after.died_on"]) for cells in bus.cells] == [
        ("r", "2026-02-05"),
        ("u", "2026-02-01"),
        ("u", "2026-02-05"),
    ]


async def test_a_register_that_lost_two_fifths_of_its_rows_changes_nothing(
    department: Department,
) -> None:
    department.deliver(1, rows(*HUNDRED))
    bus = Bus()
    await bus.catch_up(department.open())
    department.deliver(2, rows(*range(1, 61)))
    told = "of 100 rows known 0 have changed and 40 are gone, with 0 new ones; mass_change allows"
    with pytest.raises(InputChangedError, match=told) as raised:
        await bus.catch_up(department.open())
    assert "--accepted-by NAME once" in str(raised.value)
    assert register(bus) == written(*HUNDRED)
    assert bus.batches[-1].complete_through in (None, at(1))
    department.deliver(2, rows(*range(1, 101)))  # corrected, under the same number
    await bus.catch_up(department.open())
    assert register(bus) == written(*HUNDRED)


async def test_a_mass_change_that_somebody_has_looked_at_is_accepted_once(
    department: Department,
) -> None:
    department.deliver(1, rows(*HUNDRED))
    department.deliver(2, rows(*range(1, 61)))
    department.deliver(3, rows(*range(1, 31)))
    bus = Bus()
    with pytest.raises(InputChangedError, match="40 are gone"):
        await bus.catch_up(department.open())
    accepting = department.open(accept_mass_change=True)
    with pytest.raises(InputChangedError, match="of 60 rows known 0 have changed and 30 are gone"):
        await bus.catch_up(accepting)
    assert register(bus) == written(*range(1, 61))
    with pytest.raises(InputChangedError, match="30 are gone"):
        await bus.catch_up(accepting)


@pytest.mark.parametrize(
    ("before", "after", "is_held"),
    [
        (range(1, 4), range(2, 4), False),
        (range(1, 11), range(6, 11), False),
        (range(1, 11), range(7, 11), True),
        (range(1, 2), range(0), True),
        (range(1, 101), range(11, 101), False),
        (range(1, 101), range(12, 101), True),
        (range(1, 3), range(1, 101), False),
    ],
    ids=["one of three", "five of ten", "six of ten", "the only one", "ten", "eleven", "new ones"],
)
async def test_of_a_small_register_a_few_rows_may_change_but_never_all(
    department: Department, before: range, after: range, *, is_held: bool
) -> None:
    department.deliver(1, rows(*before))
    department.deliver(2, rows(*after))
    bus = Bus()
    if is_held:
        with pytest.raises(InputChangedError, match="mass_change allows 10%"):
            await bus.catch_up(department.open())
    else:
        await bus.catch_up(department.open())
    assert register(bus) == written(*(before if is_held else after))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2,1002", "line 3: columns: has 2 cells where the header has 4"),
        ('2,"1002,2026-02-01,', "line 3: quote: a quote is not closed"),
        ("2,1002,\0,", "line 3: text: a NUL stands inside"),
        ("2,100\udce9,,", "line 3: encoding: byte 6 is not utf-8"),
        (row(2) + "x" * 2_000_000, "line 3: size: longer than"),
    ],
    ids=["short", "quote", "NUL", "latin-1", "long"],
)
async def test_a_row_that_cannot_be_read_does_not_count_as_gone(
    department: Department, line: str, told: str
) -> None:
    department.deliver(1, rows(*HUNDRED))
    bus = Bus()
    await bus.catch_up(department.open())
    lines = [HEADER, row(1), line, *rows(*range(3, 101))]
    content = "".join(f"{text}\n" for text in lines).encode("utf-8", "surrogateescape")
    department.put(2, content, 100)
    with pytest.raises(InputChangedError) as raised:
        await bus.catch_up(department.open())
    assert told in str(raised.value)
    assert "must not count as gone, so nothing of the file was published" in str(raised.value)
    assert register(bus) == written(*HUNDRED)


@pytest.mark.parametrize("harm", ["cut", "grown", "empty"])
async def test_a_file_that_is_not_the_announced_one_changes_nothing(
    department: Department, harm: str
) -> None:
    department.deliver(1, rows(1, 2, 3))
    bus = Bus()
    await bus.catch_up(department.open())
    path = department.deliver(2, rows(1, 2, 3))
    content = path.read_bytes()
    whole_rows = content.rindex(row(3).encode())
    harmed = {"cut": content[:whole_rows], "grown": content + b"4,1004,,\n", "empty": b""}
    path.write_bytes(harmed[harm])
    told = "the file is empty" if harm == "empty" else "and its manifest announces 3"
    with pytest.raises(InputChangedError, match=told):
        await bus.catch_up(department.open())
    assert register(bus) == written(1, 2, 3)


async def test_two_rows_of_one_key_are_told_by_their_lines_and_not_by_their_key(
    department: Department,
) -> None:
    department.deliver(1, [*rows(1, 777, 2), row(777, "2026-02-09"), row(2)])
    with pytest.raises(InputChangedError) as raised:
        await Bus().catch_up(department.open())
    told = "2 rows have a key that another row has (lines 6, 5). Nothing of it was published"
    assert told in str(raised.value)
    assert "777" not in str(raised.value)


async def test_a_row_without_a_key_is_told_by_its_line(department: Department) -> None:
    department.deliver(1, [row(1), ",1002,2026-02-01,2026-02-02T09:00:00Z"])
    with pytest.raises(InputChangedError, match=r"delivery-1\.csv: line 3: the key is empty"):
        await Bus().catch_up(department.open())


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("crash", list(Crash))
async def test_a_kill_at_any_batch_loses_and_changes_nothing(tmp_path: Path, crash: Crash) -> None:
    whole = Bus()
    batches = await whole.catch_up(_three_lists(tmp_path / "whole").open())
    assert batches >= 9
    for number in range(batches):
        bus, department = Bus(), _three_lists(tmp_path / str(number))
        await bus.catch_up(department.open(), number, crash)
        await bus.catch_up(department.open())
        assert list(dict.fromkeys(_told(bus))) == _told(whole)
        assert len(bus.records) - len(whole.records) <= 2, "no more than the batch under way"
        assert register(bus) == register(whole)
        assert bus.position is not None
        assert whole.position is not None
        assert bus.position["reading"] == whole.position["reading"] == 3


def _three_lists(folder: Path) -> Department:
    folder.mkdir()
    department = Department.of("death_lists", folder)
    department.deliver(1, rows(*range(1, 6)))
    department.deliver(2, [row(1, "2026-02-04"), *rows(3, 4, 5, 6, 7)])
    department.deliver(3, rows(1, 3, 4, 6, 7))
    return department


def _told(bus: Bus) -> list[tuple[str, ...]]:
    return [tuple(cells.values()) for cells in bus.cells]


Registers = st.lists(
    st.dictionaries(st.sampled_from(range(8)), st.sampled_from(["1", "2", "3"]), max_size=8),
    min_size=1,
    max_size=5,
)
Crashes = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(list(Crash))), max_size=6)


@given(registers=Registers, crashes=Crashes, size=st.integers(1, 4))
@tried(100)
def test_whatever_a_register_was_and_wherever_it_crashed_the_bus_has_it_as_it_is(
    registers: list[dict[int, str]], crashes: list[tuple[int, Crash]], size: int
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(difference, "PAGE", size)
        department = Department.of("death_lists", Path(folder))
        bus = Bus()
        kills = iter(crashes)
        for number, entries in enumerate(registers):
            lines = [row(entry, f"2026-02-0{day}") for entry, day in entries.items()]
            department.deliver(number, lines)
            asyncio.run(accepted(bus, department, *next(kills, (-1, None))))
        for crash_at, crash in kills:
            asyncio.run(accepted(bus, department, crash_at, crash))
        asyncio.run(accepted(bus, department))
        check_chain(bus.cells, "entry", "died_on")
        last = {str(entry): f"2026-02-0{day}" for entry, day in registers[-1].items()}
        assert register(bus) == last


async def accepted(
    bus: Bus, department: Department, crash_at: int = -1, crash: Crash | None = None
) -> None:
    """Catch up, with somebody who has looked at each mass change."""
    while True:
        try:
            await bus.catch_up(department.open(accept_mass_change=True), crash_at, crash)
        except InputChangedError as error:
            if "mass_change" not in str(error):
                raise
        else:
            return


async def test_without_its_state_a_register_is_not_compared(department: Department) -> None:
    department.deliver(1, rows(1, 2))
    bus = Bus()
    await bus.catch_up(department.open())
    department.state.unlink()
    department.deliver(2, rows(1))
    with pytest.raises(
        InputChangedError, match=r"is missing, so rows that have vanished .* --anew"
    ):
        await bus.catch_up(department.open())
    assert not department.state.exists()
    bus = Bus()  # --anew
    await bus.catch_up(department.open())
    assert [cells["op"] for cells in bus.cells] == ["r", "r", "d"]


async def test_the_state_of_another_time_is_not_taken_for_the_bus_s(
    department: Department,
) -> None:
    department.deliver(1, rows(1))
    bus = Bus()
    await bus.catch_up(department.open())
    older = department.state.with_name("older")
    shutil.copy(department.state, older)
    department.deliver(2, rows(2))
    await bus.catch_up(department.open(accept_mass_change=True))
    newer = department.state.with_name("newer")
    shutil.copy(department.state, newer)
    shutil.copy(older, department.state)
    with pytest.raises(InputChangedError, match="is of reading 1, and the bus has reading 2"):
        await bus.catch_up(department.open())
    shutil.copy(newer, department.state)
    await bus.catch_up(department.open())
    await Bus().catch_up(department.open(accept_mass_change=True))  # --anew
    with pytest.raises(InputChangedError, match="is not the state that the bus knows"):
        await bus.catch_up(department.open())


@pytest.mark.usefixtures("small_pages")
async def test_a_state_as_a_power_failure_leaves_it_goes_on_with_the_same_differences(
    department: Department, tmp_path: Path
) -> None:
    department.deliver(1, rows(*range(1, 8)))
    bus, batches = Bus(), department.open()(None)
    while True:
        bus.batches.append(batch := await anext(batches))
        bus.position = batch.position or bus.position
        image = tmp_path / f"image-{len(bus.batches)}"
        shutil.copytree(department.state.parent, image / "connectors")
        left = Department(
            department.connector, department.settings.model_copy(update={"data": image})
        )
        after = Bus(bus.position, list(bus.batches))
        await after.catch_up(left.open())
        assert register(after) == written(*range(1, 8))
        check_chain(after.cells, "entry", "died_on")
        if batch.caught_up:
            break
    await batches.aclose()
    assert len(bus.batches) >= 6


async def test_a_reading_that_is_out_is_not_told_again(department: Department) -> None:
    department.deliver(1, rows(1, 2))
    bus = Bus()
    await bus.catch_up(department.open())
    bus.batches.clear()
    await bus.catch_up(department.open())
    (waiting,) = bus.batches
    assert (waiting.records, waiting.complete_through, waiting.whole_at) == ((), None, None)


async def test_topics_that_are_new_get_the_whole_register(department: Department) -> None:
    department.deliver(1, rows(1, 2))
    await Bus().catch_up(department.open())
    department.deliver(2, rows(1, 2, 3))
    bus = Bus()
    await bus.catch_up(department.open())
    assert [(cells["op"], cells["after.entry"]) for cells in bus.cells] == [
        ("r", "1"),
        ("r", "2"),
        ("c", "3"),
    ]


async def test_a_state_that_is_no_database_is_told_and_begun_anew(department: Department) -> None:
    department.deliver(1, rows(1))
    bus = Bus()
    await bus.catch_up(department.open())
    department.state.write_bytes(b"no database at all" * 100)
    with pytest.raises(InputChangedError, match=r"is damaged \(SQLITE_NOTADB\); restore it, or"):
        await bus.catch_up(department.open())
    bus = Bus()
    await bus.catch_up(department.open())
    assert register(bus) == written(1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('  "after.registered_at",\n', ""),
        ('key = ["entry"]', 'key = ["entry", "person"]'),
    ],
    ids=["columns", "key"],
)
async def test_another_declaration_needs_a_state_of_its_own(
    department: Department, old: str, new: str
) -> None:
    department.deliver(1, rows(1))
    bus = Bus()
    await bus.catch_up(department.open())
    department.declare(old, new)
    with pytest.raises(InputChangedError, match=r"another table, key or columns .* --anew"):
        await bus.catch_up(department.open())
    bus = Bus()
    await bus.catch_up(department.open())
    assert [cells["op"] for cells in bus.cells] == ["r"]


async def test_two_connectors_of_one_register_do_not_work_at_once(department: Department) -> None:
    department.deliver(1, rows(1))
    bus = Bus()
    batches = department.open()(None)
    await bus.take(batches, lambda batch: batch.caught_up)
    with pytest.raises(InputUnavailableError, match="another connector of the source is at work"):
        await bus.catch_up(department.open())
    await batches.aclose()
    await bus.catch_up(department.open())


async def test_nobody_but_its_owner_can_read_the_state(department: Department) -> None:
    department.deliver(1, rows(1))
    batches = department.open()(None)
    await Bus().take(batches, lambda batch: batch.caught_up)
    for path in department.state.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    await batches.aclose()
    assert stat.S_IMODE(department.state.parent.stat().st_mode) == 0o700


async def test_a_position_of_another_way_in_is_refused(department: Department) -> None:
    with pytest.raises(InputChangedError, match=r"that of another way in; run .* --anew"):
        await Bus({"input": "outbox"}).catch_up(department.open())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('encoding = "utf-8"', 'encoding = "utf-8"\nrecord_column = "entry"', "record of several"),
        ('"op"', '"operation"', "columns: operation is no column of a change; write op, ts_ms"),
        ('"after.person"', '"after."', r"columns: after\. is no column of a change"),
    ],
    ids=["record column", "column", "side alone"],
)
def test_a_declaration_that_cannot_be_compared_is_refused_when_it_is_read(
    department: Department, old: str, new: str, told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told) as raised:
        department.declare(old, new)
    assert "connector.toml" in str(raised.value)


@pytest.fixture
def json_department(department: Department) -> Department:
    department.declare('"csv"\ndelimiter = ","\nencoding = "utf-8"', '"json"')
    department.declare("after.died_on", "after.death.day")
    return department


async def test_whole_registers_of_json_tell_what_is_empty_from_what_is_not_there(
    json_department: Department,
) -> None:
    bare = '{"entry": "1", "person": "7"}'
    empty = '{"entry": "1", "person": "7", "death": {"day": ""}}'
    for number, text in enumerate((bare, empty, bare), start=1):
        json_department.put(number, text.encode(), 1)
    bus = Bus()
    await bus.catch_up(json_department.open())
    assert [cells["op"] for cells in bus.cells] == ["r", "u", "u"]
    assert ["after.death.day" in record.rows[0] for record in bus.records] == [False, True, False]


async def test_on_a_bus_a_list_comes_to_deaths_corrections_and_annulments_and_twice_is_once(
    department: Department, builtin_broker: str
) -> None:
    settings = with_builtin(department.settings, builtin_broker)
    await create_topics(settings)
    department.deliver(1, rows(1, 2, 3))
    await department.publish(settings)
    department.deliver(2, [row(1, "2026-02-03"), row(3)])
    await department.publish(settings)
    await department.publish(settings)
    log = await log_of(settings, "civic.death.v1")
    kinds = Counter((type(e).__name__, e.header.change) for _, e in events_in(log))
    assert kinds == {
        ("Death", Change.CREATED): 3,
        ("Death", Change.CORRECTED): 1,
        ("Annulment", Change.CREATED): 1,
    }
    assert check_counts(log, "death-lists") > 0


@pytest.mark.parametrize("mended", [[row(3)], []], ids=["corrected", "struck out"])
async def test_a_refused_row_that_the_register_mends_or_strikes_out_is_refused_no_longer(
    department: Department, builtin_broker: str, mended: list[str]
) -> None:
    settings = with_builtin(department.settings, builtin_broker)
    await create_topics(settings)
    department.deliver(1, [row(1), "3,1003,2026-02-31,2026-02-02T09:00:00Z"])
    delivery = await department.publish(settings)
    assert [(row.reason, row.line) for row in delivery.refused] == [("date", 3)]
    assert await open_refusals(department, settings) == 1
    department.deliver(2, [row(1), "3,1003,2026-02-30,2026-02-02T09:00:00Z"])
    await department.publish(settings)
    assert await open_refusals(department, settings) == 1
    department.deliver(3, [row(1), *mended])
    delivery = await department.publish(settings)
    assert not delivery.refused
    assert await open_refusals(department, settings) == 0
    events = [event for _, event in events_in(await log_of(settings, "civic.death.v1"))]
    deaths = [event for event in events if isinstance(event, Death)]
    assert [death.header.change for death in deaths] == [Change.CREATED] * (1 + len(mended))


async def open_refusals(department: Department, settings: Settings) -> int:
    async with Publisher(settings, department.connector.system) as publisher:
        return len(publisher.refusals._open)
