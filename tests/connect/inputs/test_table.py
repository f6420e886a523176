"""A table without an outbox: what differs between two readings, on a real PostgreSQL.

Method: a department writes as it likes; a bus takes batches as the runner does. Applying what it
was handed must give the table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import SecretStr

from civicbus.broker.builtin import with_builtin
from civicbus.broker.topics import create_topics
from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.inputs import difference
from civicbus.connect.inputs.batches import (
    InputChangedError,
    InputUnavailableError,
    Opener,
)
from civicbus.connect.inputs.opening import opener
from civicbus.connect.publisher import Publisher
from civicbus.connect.runner import Runner
from civicbus.demo.postgres import PostgresCluster
from civicbus.domain.events import Annulment, Death
from civicbus.domain.vocabulary import Change
from civicbus.registers.inputs import TableInput
from civicbus.settings import Settings, load_settings
from tests.connect.inputs.taking import Bus, Crash, Nobody, applied, check_chain
from tests.connect.publishing import check_counts, events_in, log_of

DEATHS = load_connector(Path(__file__).parent / "death_table")
TABLE = """
CREATE TABLE deaths (
  entry integer PRIMARY KEY, person text, died_on date,
  registered_at timestamptz NOT NULL DEFAULT '2026-02-02T09:00:00Z'
)
"""
INSERT = "INSERT INTO deaths (entry, person, died_on) VALUES (%s, %s, '2026-02-01')"

Writer = psycopg.Connection[Any]


@pytest.fixture
def writer(database: str) -> Iterator[Writer]:
    """The department's own connection; the table is there and empty."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLE)
        yield connection


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return load_settings(input_database=SecretStr(database), data=tmp_path / "data")


def declared(**rules: Any) -> Connector:
    """The connector, which reads more often than a declaration can say."""
    columns = rules.pop("columns", DEATHS.system.input.columns)
    live = replace(DEATHS.system.live, every=timedelta(milliseconds=10), **rules)  # type: ignore[type-var]
    assert isinstance(live, TableInput)
    system = DEATHS.system
    return replace(
        DEATHS, system=replace(system, live=live, input=replace(system.input, columns=columns))
    )


def opened(settings: Settings, *, accept: bool = False, **rules: Any) -> Opener:
    return opener(declared(**rules), settings, accept_mass_change=accept)


def insert(writer: Writer, *entries: int) -> None:
    writer.cursor().executemany(INSERT, [(entry, str(1000 + entry)) for entry in entries])


def table_of(writer: Writer) -> dict[str, str]:
    found = writer.execute("SELECT entry::text, coalesce(died_on::text, '') FROM deaths")
    return dict(found.fetchall())


def register(bus: Bus) -> dict[str, str]:
    return applied(bus.cells, "entry", "died_on")


async def test_the_first_reading_is_of_the_whole_table_and_then_what_differs(
    writer: Writer, settings: Settings
) -> None:
    insert(writer, *range(1, 11), 20)
    before = datetime.now(UTC)
    bus = Bus()
    await bus.catch_up(opened(settings))
    assert [cells["op"] for cells in bus.cells] == ["r"] * 11
    last = bus.batches[-1]
    assert last.whole_at == last.complete_through
    assert last.complete_through is not None
    assert timedelta(0) < before - last.complete_through < timedelta(seconds=30)
    assert before.timestamp() <= int(bus.cells[0]["ts_ms"]) / 1000 + 1

    writer.execute("UPDATE deaths SET died_on = NULL WHERE entry = 2")
    writer.execute("DELETE FROM deaths WHERE entry = 20")
    insert(writer, 3000)
    bus.batches.clear()
    await bus.catch_up(opened(settings))
    changes = {cells["after.entry"] or cells["before.entry"]: cells for cells in bus.cells}
    assert {name: cells["op"] for name, cells in changes.items()} == {
        "2": "u", "20": "d", "3000": "c",
    }  # fmt: skip
    assert changes["2"]["before.died_on"] == "2026-02-01"
    assert changes["2"]["after.died_on"] == ""
    assert "after.died_on" in bus.records[0].rows[0] or bus.cells[0]["op"] == "d"
    assert bus.batches[-1].whole_at is None

    bus.batches.clear()
    await bus.catch_up(opened(settings))
    assert not bus.records
    assert bus.batches[-1].complete_through is not None


async def test_values_are_spelled_alike_whatever_the_role_prefers(
    database: str, writer: Writer, settings: Settings
) -> None:
    insert(writer, 1)
    await (bus := Bus()).catch_up(opened(settings))
    assert bus.cells[0]["after.died_on"] == "2026-02-01"
    assert bus.cells[0]["after.registered_at"] == "2026-02-02T09:00:00+00:00"
    name = conninfo_to_dict(database)["dbname"]
    writer.execute(f"ALTER DATABASE {name} SET DateStyle = 'German'".encode())
    writer.execute(f"ALTER DATABASE {name} SET TimeZone = 'Asia/Shanghai'".encode())
    await bus.catch_up(opened(settings))
    assert len(bus.records) == 1


async def test_a_row_whose_time_was_not_changed_with_it_is_found(
    writer: Writer, settings: Settings
) -> None:
    insert(writer, 1, 2)
    await (bus := Bus()).catch_up(opened(settings))
    writer.execute("UPDATE deaths SET person = '7' WHERE entry = 1")
    writer.execute("UPDATE deaths SET registered_at = '2001-01-01Z' WHERE entry = 2")
    await bus.catch_up(opened(settings))
    assert [cells["op"] for cells in bus.cells] == ["r", "r", "u", "u"]


async def test_a_row_that_is_committed_late_is_not_skipped_nor_said_to_be_complete(
    database: str, writer: Writer, settings: Settings
) -> None:
    with psycopg.connect(database) as slow:
        insert(slow, 1)
        started = slow.execute("SELECT now()").fetchone()
        insert(writer, 2, 3)
        bus = Bus()
        await bus.catch_up(opened(settings))
        assert sorted(register(bus)) == ["2", "3"]
        through = bus.batches[-1].complete_through
        assert started is not None
        assert through is not None
        assert through < started[0]
    await asyncio.sleep(1.1)  # the margin
    await bus.catch_up(opened(settings))
    assert sorted(register(bus)) == ["1", "2", "3"]
    through = bus.batches[-1].complete_through
    assert through is not None
    assert through > started[0]


async def test_only_who_may_write_holds_back_the_word(
    database: str, writer: Writer, settings: Settings
) -> None:
    writer.execute("DROP ROLE IF EXISTS looks_on")
    writer.execute("CREATE ROLE looks_on LOGIN")
    try:
        writer.execute("GRANT SELECT ON deaths TO looks_on")
        with psycopg.connect(make_conninfo(database, user="looks_on")) as reader:
            reader.execute("SELECT count(*) FROM deaths")
            started = datetime.now(UTC)
            await asyncio.sleep(1.1)
            bus = Bus()
            await bus.catch_up(opened(settings))
            through = bus.batches[-1].complete_through
            assert through is not None
            assert through > started
            writer.execute("GRANT UPDATE ON deaths TO looks_on")
            await bus.catch_up(opened(settings))
            through = bus.batches[-1].complete_through
            assert through is not None
            assert through < started
    finally:
        writer.execute("DROP OWNED BY looks_on")
        writer.execute("DROP ROLE looks_on")


async def test_while_a_prepared_transaction_waits_nothing_is_said(
    database: str, writer: Writer, settings: Settings
) -> None:
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("BEGIN")
        insert(other, 1)
        other.execute("PREPARE TRANSACTION 'of a test'")
        bus = Bus()
        await bus.catch_up(opened(settings))
        assert all(batch.complete_through is None for batch in bus.batches)
        assert bus.batches[-1].whole_at is not None
        other.execute("COMMIT PREPARED 'of a test'")
    await bus.catch_up(opened(settings))
    assert register(bus) == table_of(writer)
    assert bus.batches[-1].complete_through is not None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "ALTER TABLE deaths ALTER person TYPE bigint USING person::bigint",
            "the type of column person was text and is bigint; check that mapping.py",
        ),
        ("ALTER TABLE deaths DROP COLUMN died_on", "table deaths: column died_on is gone"),
        ("DROP TABLE deaths", 'UndefinedTable: relation "deaths" does not exist'),
    ],
    ids=["type", "column", "table"],
)
async def test_a_change_of_the_table_itself_ends_the_connector_aloud_and_keeps_its_position(
    writer: Writer, settings: Settings, change: str, told: str
) -> None:
    insert(writer, 1)
    await (bus := Bus()).catch_up(opened(settings))
    position = bus.position
    writer.execute(change.encode())
    with pytest.raises(InputChangedError) as raised:
        await bus.catch_up(opened(settings))
    assert told in str(raised.value)
    assert bus.position == position
    assert len(bus.records) == 1


async def test_a_table_that_is_rewritten_does_not_look_empty(
    database: str, writer: Writer, settings: Settings
) -> None:
    insert(writer, *range(1, 50))
    await (bus := Bus()).catch_up(opened(settings))
    with psycopg.connect(database) as altering:
        altering.execute("ALTER TABLE deaths ADD COLUMN more uuid DEFAULT gen_random_uuid()")
        reading = asyncio.ensure_future(bus.catch_up(opened(settings)))
        await asyncio.sleep(0.5)
        assert not reading.done()
    await reading
    assert len(bus.records) == 49
    assert register(bus) == table_of(writer)


async def test_a_table_that_was_emptied_is_not_a_register_in_which_nobody_died(
    writer: Writer, settings: Settings
) -> None:
    insert(writer, 1, 2, 3)
    await (bus := Bus()).catch_up(opened(settings))
    writer.execute("TRUNCATE deaths")
    with pytest.raises(InputChangedError, match="table deaths: of 3 rows known 0 have changed and"):
        await bus.catch_up(opened(settings))
    await bus.catch_up(opened(settings, accept=True))
    assert register(bus) == {}


async def test_rows_of_one_key_or_none_are_counted_and_not_named(
    writer: Writer, settings: Settings
) -> None:
    insert(writer, 1, 2, 3)
    writer.execute("UPDATE deaths SET person = '990000195083040026'")
    with pytest.raises(InputChangedError) as raised:
        await Bus().catch_up(opened(settings, key=("person",)))
    assert "table deaths: 2 rows have a key that another row has. Nothing" in str(raised.value)
    assert "990000195083040026" not in str(raised.value)
    writer.execute("UPDATE deaths SET person = NULL WHERE entry > 1")
    with pytest.raises(InputChangedError, match="deaths: 2 rows have no key: all of its columns"):
        await Bus().catch_up(opened(settings, key=("person",)))


async def test_keys_of_any_script_and_of_several_columns_are_compared_in_one_order(
    writer: Writer, settings: Settings
) -> None:
    names = [
        "a",
        "A",
        "ab",
        "a b",
        "ä",
        "z",
        "Z",
        "é",
        "中",
        "丁",
        "😀",
        "\U0001f600a",
        "",
        "\x01",
        "ß",
    ]
    texts = [(name + other, str(number)) for number, name in enumerate(names) for other in names]
    writer.cursor().executemany(
        "INSERT INTO deaths (entry, person, died_on) VALUES (%s, %s, '2026-02-01')",
        [(number, text) for number, (text, _) in enumerate(texts)],
    )
    rules: dict[str, Any] = {"key": ("person", "entry")}
    await (bus := Bus()).catch_up(opened(settings, **rules))
    assert len(bus.records) == len(texts)
    writer.execute("UPDATE deaths SET died_on = NULL WHERE entry = 77")
    await bus.catch_up(opened(settings, **rules))
    assert [cells["op"] for cells in bus.cells[len(texts) :]] == ["u"]
    assert register(bus) == table_of(writer)


async def test_of_a_view_any_open_transaction_may_be_one_that_writes_it(
    database: str, writer: Writer, settings: Settings
) -> None:
    insert(writer, 1, 2)
    writer.execute("CREATE VIEW registered AS SELECT * FROM deaths WHERE entry < 2")
    writer.execute("DROP ROLE IF EXISTS elsewhere")
    writer.execute("CREATE ROLE elsewhere LOGIN")
    try:
        with psycopg.connect(make_conninfo(database, user="elsewhere")) as other:
            other.execute("SELECT 1")
            started = datetime.now(UTC)
            await asyncio.sleep(1.1)
            await (bus := Bus()).catch_up(opened(settings, table="registered"))
    finally:
        writer.execute("DROP ROLE elsewhere")
    assert list(register(bus)) == ["1"]
    through = bus.batches[-1].complete_through
    assert through is not None
    assert through < started


async def test_a_materialized_view_is_refused_since_it_shows_another_time(
    writer: Writer, settings: Settings
) -> None:
    writer.execute("CREATE MATERIALIZED VIEW lately AS SELECT * FROM deaths")
    with pytest.raises(InputChangedError, match="lately is a materialized view: nobody could tell"):
        await Bus().catch_up(opened(settings, table="lately"))


@pytest.mark.parametrize(
    ("grants", "told"),
    [
        ((), "the connector's role may not see since when transactions are open"),
        (("pg_read_all_stats",), "the database does not let the connector read"),
    ],
)
async def test_rights_that_are_missing_are_told(
    database: str, writer: Writer, settings: Settings, grants: tuple[str, ...], told: str
) -> None:
    writer.execute("DROP ROLE IF EXISTS connects")
    writer.execute("CREATE ROLE connects LOGIN")
    try:
        for grant in grants:
            writer.execute(f"GRANT {grant} TO connects".encode())
        reached = SecretStr(make_conninfo(database, user="connects"))
        settings = settings.model_copy(update={"input_database": reached})
        with pytest.raises(InputChangedError, match=told):
            await Bus().catch_up(opened(settings))
    finally:
        writer.execute("DROP ROLE connects")


@pytest.mark.parametrize("crash", list(Crash))
async def test_a_kill_at_any_batch_repeats_the_same_differences_whatever_is_written_meanwhile(
    writer: Writer,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    crash: Crash,
) -> None:
    monkeypatch.setattr(difference, "PAGE", 2)
    for number in range(9):
        writer.execute("TRUNCATE deaths")
        insert(writer, *range(1, 9))
        mine = settings.model_copy(update={"data": tmp_path / str(number)})
        bus = Bus()
        await bus.catch_up(opened(mine), number if number < 6 else -1, crash)
        writer.execute("UPDATE deaths SET died_on = '2026-02-09' WHERE entry IN (1, 2)")
        writer.execute("DELETE FROM deaths WHERE entry = 3")
        await bus.catch_up(opened(mine), number - 6 if number >= 6 else -1, crash)
        writer.execute("UPDATE deaths SET died_on = '2026-02-10' WHERE entry = 1")
        await bus.catch_up(opened(mine))
        check_chain(bus.cells, "entry", "died_on")
        assert register(bus) == table_of(writer)


async def test_readings_while_changes_run_come_to_what_the_table_comes_to(
    database: str, writer: Writer, settings: Settings
) -> None:
    insert(writer, *range(1, 200))

    def work() -> None:
        with psycopg.connect(database) as busy:
            for number in range(200):
                with busy.transaction():
                    busy.execute("DELETE FROM deaths WHERE entry = %s", [number * 7 % 200])
                    insert(busy, 1000 + number)
                    busy.execute(
                        "UPDATE deaths SET died_on = died_on + 1 WHERE entry = %s",
                        [number * 3 % 200],
                    )

    working = asyncio.ensure_future(asyncio.to_thread(work))
    bus = Bus()
    rules: dict[str, Any] = {"mass_change": 1.0}
    while not working.done():
        await bus.catch_up(opened(settings, **rules))
    await working
    await bus.catch_up(opened(settings, **rules))
    check_chain(bus.cells, "entry", "died_on")
    assert register(bus) == table_of(writer)


async def test_a_database_that_goes_away_is_waited_for_and_loses_nothing(tmp_path: Path) -> None:
    with PostgresCluster(fsync=True) as cluster:
        settings = load_settings(input_database=SecretStr(cluster.conninfo), data=tmp_path)
        with psycopg.connect(cluster.conninfo, autocommit=True) as writer:
            writer.execute(TABLE)
            insert(writer, 1, 2)
            writer.execute("ALTER ROLE postgres PASSWORD 'right'")
        bus = Bus()
        batches = opened(settings)(None)
        await bus.take(batches, lambda batch: batch.caught_up)
        cluster.kill()
        with pytest.raises(InputUnavailableError, match="the database does not answer"):
            await bus.take(batches, lambda _: False)
        with pytest.raises(InputUnavailableError, match=r"does not answer .* check that it runs"):
            await bus.catch_up(opened(settings))
        cluster.start()
        with psycopg.connect(cluster.conninfo, autocommit=True) as writer:
            insert(writer, 3)
        wrong = make_conninfo(cluster.network_conninfo, password="wrong")
        refused = settings.model_copy(update={"input_database": SecretStr(wrong)})
        with pytest.raises(InputUnavailableError, match="user and password"):
            await bus.catch_up(opened(refused))
        await bus.catch_up(opened(settings))
        assert sorted(register(bus)) == ["1", "2", "3"]
        assert [cells["op"] for cells in bus.cells] == ["r", "r", "c"]


async def test_a_standby_is_refused_since_it_does_not_show_who_is_writing(tmp_path: Path) -> None:
    with PostgresCluster() as cluster:
        settings = load_settings(input_database=SecretStr(cluster.conninfo), data=tmp_path)
        with psycopg.connect(cluster.conninfo, autocommit=True) as writer:
            writer.execute(TABLE)
        cluster.stop()
        (cluster._folder / "data" / "standby.signal").touch()  # it plays what a primary would send
        cluster.start()
        with pytest.raises(InputChangedError, match="is a standby, which does not show who"):
            await Bus().catch_up(opened(settings))


async def test_changes_come_to_deaths_corrections_and_annulments_on_the_bus(
    writer: Writer, settings: Settings, builtin_broker: str
) -> None:
    settings = with_builtin(settings, builtin_broker)
    await create_topics(settings)
    insert(writer, 1, 2, 3)
    assert await publish(settings) == 3
    writer.execute("UPDATE deaths SET died_on = '2026-02-03' WHERE entry = 2")
    writer.execute("DELETE FROM deaths WHERE entry = 3")
    assert await publish(settings) == 2
    assert await publish(settings) == 0
    log = await log_of(settings, "civic.death.v1")
    events = [event for _, event in events_in(log)]
    kinds = sorted((type(event).__name__, event.header.change.value) for event in events)
    created, corrected = Change.CREATED.value, Change.CORRECTED.value
    assert kinds == sorted(
        [(Death.__name__, created)] * 3
        + [(Death.__name__, corrected), (Annulment.__name__, created)]
    )
    assert check_counts(log, "death-table") > 0


async def publish(settings: Settings) -> int:
    """Run the connector until nothing more waits; returns how many events it published."""
    connector = declared()
    runner = Runner(
        lambda: Publisher(settings, connector.system),
        connector,
        opener(connector, settings),
        Nobody(),
    )
    delivery = await runner.run(once=True)
    assert not delivery.refused
    return delivery.events
