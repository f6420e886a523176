"""A table or view in PostgreSQL without an outbox, read whole from time to time.

Each reading is one snapshot (REPEATABLE READ), so rows that change meanwhile are seen as they were
when it began. The table is locked against a change of its columns before that: a table that is
written anew looks empty to a snapshot taken before. Values are PostgreSQL's own texts, dates and
times in ISO 8601 and UTC, as they would be in an outbox; NULL is an empty cell.

Whatever happened to a row between two readings is one change. A register that needs each of them
told writes an outbox. The connector's role needs no more than SELECT on the table, and
pg_read_all_stats, to see since when transactions are open.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from datetime import datetime

from psycopg import AsyncConnection, sql

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.batches import (
    Batch,
    Batches,
    InputChangedError,
    InputUnavailableError,
    Position,
)
from civicbus.connect.inputs.comparison import Read
from civicbus.connect.inputs.difference import MassChange, Reading, Register, opened_register
from civicbus.connect.inputs.envelope import Envelope
from civicbus.connect.inputs.open_transactions import open_transactions
from civicbus.connect.inputs.postgres import connected, database_errors, quoted, statement
from civicbus.connect.inputs.waiting import ended, steps, under_way
from civicbus.connect.packing import check_not_ahead
from civicbus.domain.events import InvalidEventError
from civicbus.registers.inputs import TableInput
from civicbus.settings import Settings

ROWS_AT_A_TIME = 5_000
WRITES = "INSERT, UPDATE, DELETE, TRUNCATE"

# What a text looks like depends on these as well, which a role or a database may have set.
SPELLING = (
    "SET LOCAL IntervalStyle = 'iso_8601'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL statement_timeout = '15min'",  # the first rows come when all are sorted
)
# Their text has a blank where ISO 8601 has a T.
TIMES = ("timestamp with time zone", "timestamp without time zone")
TYPES = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
 WHERE attrelid = %s::regclass AND attname = ANY(%s) AND NOT attisdropped
"""


async def table(
    rules: TableInput,
    connector: Connector,
    settings: Settings,
    position: Position | None,
    guard: MassChange,
) -> Batches:
    """The differences of a table, from what was published last on, for ever.

    Raises:
        InputUnavailableError: if the database does not answer.
        InputChangedError: if somebody must look: at the table, its columns, or the state.
    """
    system = connector.system
    envelope = Envelope(system.input.columns, rules.key)
    layout = {"input": f"table {rules.table}", "key": list(rules.key)}
    through: datetime | None = None
    async with connected(settings, system.source) as connection:
        with opened_register(connector, settings, envelope, layout, guard, position) as register:
            reader = _Reader(connection, rules, register)
            read_at: float | None = None
            while True:
                if (named := register.naming()) is not None:
                    yield Batch(position=named, complete_through=through)
                    await register.named()
                while (page := await register.page()) is not None:
                    # What was left by somebody before us may be old.
                    batch = register.batch(page, caught_up=read_at is not None)
                    yield batch
                    await register.mark(page)
                    through = batch.complete_through or through
                if read_at is not None:
                    for step in steps(read_at + rules.every.total_seconds() - time.monotonic()):
                        yield Batch(complete_through=through, caught_up=True)
                        await asyncio.sleep(step)
                read_at = time.monotonic()
                async with under_way(reader.read()) as reading:
                    while not await ended(reading):
                        yield Batch(complete_through=through)
                if not register.is_under_way:
                    through = reading.result() or through


class _Reader:
    """Understands how a table is read whole."""

    def __init__(self, connection: AsyncConnection, rules: TableInput, register: Register) -> None:
        self._connection = connection
        self._table = rules.table
        self._key = rules.key
        self._register = register

    async def read(self) -> datetime | None:
        """Compare the table as it is now; returns up to when it is complete."""
        writing = await open_transactions(self._connection, self._table, WRITES)
        try:
            check_not_ahead(writing.now, "now")
        except InvalidEventError:
            raise InputUnavailableError(
                "the database's clock is ahead of this machine's; set both right"
            ) from None
        with database_errors():
            async with self._connection.transaction():
                types = await self._prepare()
                self._register.check_types(types)
                counts = await self._register.compare(self._pages(types))
        reading = Reading(writing.now, writing.complete_through, types=types)
        await self._register.begin(counts, reading, even_if_equal=False)
        return writing.complete_through

    async def _prepare(self) -> Mapping[str, str]:
        """Take the snapshot; returns the types of the columns in it."""
        run = self._connection.execute
        await run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        await run(statement("LOCK TABLE {table} IN ACCESS SHARE MODE", table=quoted(self._table)))
        for spelling in SPELLING:
            await run(spelling)
        found = await run(TYPES, (self._table, list(self._register.envelope.columns)))
        return dict(await found.fetchall())

    def _query(self, types: Mapping[str, str]) -> sql.Composed:
        texts = {
            column: statement(
                "(to_json({column}) #>> '{{}}')"
                if types.get(column) in TIMES
                else "{column}::text",
                column=quoted(column),
            )
            for column in self._register.envelope.columns
        }
        # As bytes of UTF-8, since that is the order of what was published.
        key = "convert_to(coalesce({spelled}, ''), 'UTF8')"
        return statement(
            "SELECT {columns} FROM {table} ORDER BY {key}",
            columns=sql.SQL(", ").join(texts.values()),
            table=quoted(self._table),
            key=sql.SQL(", ").join(statement(key, spelled=texts[column]) for column in self._key),
        )

    async def _pages(self, types: Mapping[str, str]) -> AsyncGenerator[list[Read]]:
        without_key = 0
        async with self._connection.cursor(name="civicbus") as cursor:
            await cursor.execute(self._query(types))
            while rows := await cursor.fetchmany(ROWS_AT_A_TIME):
                read = await asyncio.to_thread(self._read, rows)
                without_key += len(rows) - len(read)
                yield read
        if without_key:
            raise InputChangedError(
                f"{self._table}: {without_key} rows have no key: all of its columns are empty. "
                "Nothing was published; correct the table, or key in connector.toml"
            )

    def _read(self, rows: list[tuple[str | None, ...]]) -> list[Read]:
        spelled = (self._register.envelope.read([cell or "" for cell in row]) for row in rows)
        return [read for read in spelled if read is not None]
