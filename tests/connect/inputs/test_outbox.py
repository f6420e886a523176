"""Rows of an outbox: each that was committed is handed on, in whatever order that was."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from civicbus.connect.inputs import outbox as outbox_module
from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError
from civicbus.connect.json_items import MAX_ITEM_BYTES
from civicbus.registers.inputs import OutboxInput
from tests.connect.inputs.outboxes import as_role, insert, payload, prepare, reading
from tests.patience import tried

Connection = psycopg.Connection[Any]


@pytest.fixture
def outbox(database: str) -> str:
    """A database with an empty outbox."""
    prepare(database)
    return database


@pytest.fixture
def writer(outbox: str) -> Iterator[Connection]:
    """The department's own connection, each statement a transaction."""
    with psycopg.connect(outbox, autocommit=True) as connection:
        yield connection


async def test_rows_are_handed_on_once_each_in_their_order(outbox: str, writer: Connection) -> None:
    first = insert(writer, 1, 2, 3)
    async with reading(outbox) as reader:
        await reader.catch_up()
        assert reader.ids == first
        second = insert(writer, 4, 5)
        await reader.catch_up()
        assert reader.ids == first + second


async def test_a_mapping_sees_the_payload_and_the_row_around_it(
    outbox: str, writer: Connection
) -> None:
    (id_,) = insert(writer, 7)
    async with reading(outbox) as reader:
        batch = await reader.catch_up()
    (record,) = batch.records
    assert record.key == id_
    assert record.rows[0]["claim"] == "7"


async def test_a_row_that_is_committed_late_is_not_passed_over(
    outbox: str, writer: Connection
) -> None:
    """It took a lower number, and its transaction began before those that were read."""
    with psycopg.connect(outbox) as slow:
        late = insert(slow, 1)
        early = insert(writer, 2)
        async with reading(outbox) as reader:
            await reader.catch_up()
            assert reader.ids == early
            slow.commit()
            await reader.catch_up()
    assert reader.ids == early + late


async def test_a_row_that_is_committed_late_waits_for_a_connector_that_is_down(
    outbox: str, writer: Connection
) -> None:
    with psycopg.connect(outbox) as slow:
        late = insert(slow, 1)
        early = insert(writer, 2)
        async with reading(outbox) as reader:
            await reader.catch_up()
        slow.commit()
        later = insert(writer, 3)
    async with reading(outbox, reader.position) as again:
        await again.catch_up()
    assert reader.ids == early
    assert again.ids == late + later


async def test_what_is_rolled_back_is_never_told(outbox: str, writer: Connection) -> None:
    with psycopg.connect(outbox) as other:
        insert(other, 1)
        other.rollback()
    kept = insert(writer, 2)
    async with reading(outbox) as reader:
        await reader.catch_up()
        await reader.catch_up()
    assert reader.ids == kept


async def test_a_long_backlog_is_read_page_by_page_from_wherever_it_was(
    outbox: str, writer: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "PAGE", 3)
    rows = insert(writer, *range(1, 12))
    async with reading(outbox) as reader:
        first = await reader.next()
        await reader.next()
        assert not first.caught_up
        assert first.complete_through is None, "more waits, so nothing can be said"
    insert(writer, 12)
    async with reading(outbox, first.position) as again:
        batch = await again.catch_up()
        assert again.ids == rows[3:]
        assert batch.complete_through is None, "how far it was complete is not known any more"
        batch = await again.catch_up()
        assert len(again.ids) == 9
        assert batch.complete_through is not None


async def test_nothing_new_is_an_empty_batch_with_a_word_and_no_other_position(
    outbox: str, writer: Connection
) -> None:
    insert(writer, 1)
    async with reading(outbox) as reader:
        await reader.catch_up()
        kept = reader.position
        batch = await reader.next()
    assert (list(batch.records), batch.position) == ([], None)
    assert batch.complete_through is not None
    async with reading(outbox, kept) as again:
        await again.catch_up()
        assert again.ids == []


async def test_the_register_is_complete_up_to_the_oldest_transaction_that_may_still_write(
    outbox: str, writer: Connection
) -> None:
    async with reading(outbox) as reader:
        with psycopg.connect(outbox) as slow:
            (began,) = slow.execute("SELECT now()").fetchone()  # type: ignore[misc]
            insert(writer, 1)
            await reader.catch_up()
            assert reader.complete_through is not None
            assert reader.complete_through < began
            await reader.catch_up()
            assert reader.complete_through < began
            insert(slow, 2)
            slow.commit()
        await reader.catch_up()
        assert len(reader.ids) == 2
        (now,) = writer.execute("SELECT clock_timestamp()").fetchone()  # type: ignore[misc]
        batch = await reader.catch_up()
        assert batch.complete_through is not None
        assert batch.complete_through > now - timedelta(seconds=2) > began - timedelta(seconds=2)


async def test_whoever_can_only_read_holds_nothing_up(outbox: str, writer: Connection) -> None:
    writer.execute("CREATE ROLE analyst LOGIN")
    try:
        with psycopg.connect(as_role(outbox, "analyst")) as analyst:
            (began,) = analyst.execute("SELECT now()").fetchone()  # type: ignore[misc]
            async with reading(outbox) as reader:
                await asyncio.sleep(1.5)
                batch = await reader.catch_up()
        assert batch.complete_through is not None
        assert batch.complete_through > began
    finally:
        writer.execute("DROP ROLE analyst")


async def test_a_prepared_transaction_holds_the_word_back_until_it_is_ended(
    outbox: str, writer: Connection
) -> None:
    """One that calls cannot be prepared; the instructions say what to do without."""
    writer.execute("DROP TRIGGER civicbus_outbox_call ON civicbus_outbox")
    with psycopg.connect(outbox) as other:
        late = insert(other, 1)
        other.execute("PREPARE TRANSACTION 'two'")
    try:
        early = insert(writer, 2)
        async with reading(outbox) as reader:
            batch = await reader.catch_up()
            assert batch.complete_through is None
            writer.execute("COMMIT PREPARED 'two'")
            batch = await reader.catch_up()
            assert batch.complete_through is not None
            assert reader.ids == early + late
    finally:
        with psycopg.connect(outbox, autocommit=True) as other:
            left = other.execute("SELECT 1 FROM pg_prepared_xacts").fetchone()
            if left:
                other.execute("ROLLBACK PREPARED 'two'")


async def test_a_commit_wakes_the_connector(
    outbox: str, writer: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "AT_LEAST_EVERY", 3600)
    hourly = OutboxInput("civicbus_outbox", timedelta(hours=1))
    async with reading(outbox, rules=hourly) as reader:
        await reader.catch_up()
        waiting = asyncio.create_task(reader.next())
        await asyncio.sleep(0.2)
        rows = insert(writer, 1)
        async with asyncio.timeout(60):
            await waiting
    assert reader.ids == rows


async def test_a_role_that_can_only_read_is_enough(outbox: str, writer: Connection) -> None:
    rows = insert(writer, 1)
    writer.execute("CREATE ROLE connector LOGIN")
    try:
        writer.execute("GRANT SELECT ON civicbus_outbox TO connector")
        with pytest.raises(InputChangedError, match="GRANT pg_read_all_stats"):
            async with reading(as_role(outbox, "connector")) as reader:
                await reader.next()
        writer.execute("GRANT pg_read_all_stats TO connector")
        async with reading(as_role(outbox, "connector")) as reader:
            await reader.catch_up()
        assert reader.ids == rows
        writer.execute("REVOKE SELECT ON civicbus_outbox FROM connector")
        with pytest.raises(InputChangedError, match="does not let the connector read"):
            async with reading(as_role(outbox, "connector")) as reader:
                await reader.next()
    finally:
        writer.execute("DROP OWNED BY connector")
        writer.execute("DROP ROLE connector")


async def test_rows_are_never_changed(writer: Connection) -> None:
    insert(writer, 1)
    with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
        writer.execute("UPDATE civicbus_outbox SET type = 'OTHER'")


async def test_nobody_gives_a_row_the_transaction_or_time_of_another(
    outbox: str, writer: Connection
) -> None:
    writer.execute(
        "INSERT INTO civicbus_outbox "
        "(aggregatetype, aggregateid, type, payload, transaction_id, recorded_at) "
        "VALUES ('person', 'x', 'CLAIM', %s, '3', '1999-01-01')",
        [payload(1)],
    )
    async with reading(outbox) as reader:
        await reader.catch_up()
    assert len(reader.ids) == 1
    (transaction, year) = writer.execute(
        "SELECT transaction_id::text::int, extract(year FROM recorded_at) FROM civicbus_outbox"
    ).fetchone()  # type: ignore[misc]
    assert transaction > 3
    assert year == datetime.now(UTC).year


async def test_a_second_connector_of_the_source_has_to_wait(outbox: str) -> None:
    async with reading(outbox) as first, reading(outbox) as second:
        await first.next()
        with pytest.raises(InputUnavailableError, match="another connector"):
            await second.next()
    async with reading(outbox) as third:
        await third.next()


async def test_a_table_that_is_not_as_declared_ends_it_aloud(
    outbox: str, writer: Connection
) -> None:
    other = OutboxInput("no_such_table", timedelta(seconds=1))
    with pytest.raises(InputChangedError, match="no_such_table"):
        async with reading(outbox, rules=other) as reader:
            await reader.next()
    async with reading(outbox) as reader:
        await reader.catch_up()
        writer.execute("ALTER TABLE civicbus_outbox RENAME COLUMN payload TO content")
        with pytest.raises(InputChangedError, match="payload"):
            await reader.next()


@pytest.mark.parametrize("wrong", [{"port": "1"}, {"dbname": "nowhere"}, {"password": "hunter2"}])
async def test_a_database_that_does_not_answer_is_tried_again(
    database: str, wrong: dict[str, str]
) -> None:
    given = make_conninfo(database, **wrong)
    if "password" in wrong:
        given = make_conninfo(given, host="127.0.0.1")
    with pytest.raises(InputUnavailableError, match="CIVICBUS_INPUT_DATABASE") as caught:
        async with reading(given) as reader:
            await reader.next()
    assert "hunter2" not in str(caught.value)


async def test_a_database_that_goes_away_in_between_is_tried_again(
    outbox: str, writer: Connection
) -> None:
    insert(writer, 1)
    async with reading(outbox) as reader:
        await reader.catch_up()
        writer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name LIKE 'civicbus%%'"
        )
        with pytest.raises(InputUnavailableError):
            await reader.catch_up()


async def test_a_payload_that_is_too_large_is_refused_and_takes_no_other_with_it(
    outbox: str, writer: Connection
) -> None:
    insert(writer, 1)
    writer.execute(
        "INSERT INTO civicbus_outbox (aggregatetype, aggregateid, type, payload) "
        "VALUES ('person', 'x', 'CLAIM', jsonb_build_object('claim', repeat('x', %s)))",
        [MAX_ITEM_BYTES],
    )
    insert(writer, 3)
    async with reading(outbox) as reader:
        batch = await reader.catch_up()
    reasons = [[row.reason for row in record.refused] for record in batch.records]
    assert reasons == [[], ["size"], []]


@pytest.mark.parametrize("wrong", ["[]", "7", '"text"', "null", '{"claim": {"x": "y"}}'])
async def test_a_payload_of_another_form_is_refused_and_takes_no_other_with_it(
    outbox: str, writer: Connection, wrong: str
) -> None:
    insert(writer, 1)
    writer.execute(
        "INSERT INTO civicbus_outbox (aggregatetype, aggregateid, type, payload) "
        "VALUES ('person', 'x', 'CLAIM', %s)",
        [wrong],
    )
    insert(writer, 3)
    async with reading(outbox) as reader:
        batch = await reader.catch_up()
    reasons = [[row.reason for row in record.refused] for record in batch.records]
    assert reasons == [[], ["json"], []]


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["insert", "insert", "commit", "rollback", "read", "crash"]),
              st.integers(0, 3)),
    max_size=40,
)  # fmt: skip


@settings(tried(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_order_of_writers_readers_and_crashes_no_row_is_lost(
    outbox: str, steps: list[Step]
) -> None:
    asyncio.run(_played(outbox, steps))


async def _played(outbox: str, steps: list[Step]) -> None:
    """Four writers and a reader; what is committed is handed on, once if nothing crashes."""
    with psycopg.connect(outbox, autocommit=True) as cleaner:
        cleaner.execute("DELETE FROM civicbus_outbox")
    committed: set[str] = set()
    open_: list[list[str]] = [[] for _ in range(4)]
    handed: list[str] = []
    position = None
    writers: list[Connection] = [psycopg.connect(outbox) for _ in range(4)]
    try:
        for step, number in [*steps, *(("commit", writer) for writer in range(4)), ("read", 0)]:
            if step == "insert":
                open_[number] += insert(writers[number], number)
            elif step == "commit":
                writers[number].commit()
                committed |= set(open_[number])
                open_[number] = []
            elif step == "rollback":
                writers[number].rollback()
                open_[number] = []
            else:
                async with reading(outbox, position) as reader:
                    await reader.catch_up()
                    handed += reader.ids
                if step == "read":
                    position = reader.position if reader.position is not None else position
        assert set(handed) == committed
        if "crash" not in [step for step, _ in steps]:
            assert len(handed) == len(committed)
    finally:
        for writer in writers:
            writer.close()
