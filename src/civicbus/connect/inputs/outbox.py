"""Rows of an outbox table in PostgreSQL (`outbox.sql`), in an order that skips none.

A number or a time says nothing about the order in which transactions are committed: one that took
the number 7 may be committed long after 8 was read. So a position here is a snapshot: PostgreSQL's
own account of which transactions had ended (`pg_current_snapshot`). What is new is every row whose
transaction had not ended then and has now. No row is skipped, however long its transaction took,
and none has to wait for another's.

Between two snapshots rows are read page by page, in the order of transaction and number. The
register is said to be complete up to the start of the oldest transaction that could still write a
row (`open_transactions`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.batches import AT_LEAST_EVERY, Batch, Batches, Position
from civicbus.connect.inputs.open_transactions import open_transactions
from civicbus.connect.inputs.outbox_place import Cluster, Last, Place
from civicbus.connect.inputs.postgres import connected, database_errors, quoted, statement
from civicbus.connect.json_items import MAX_ITEM_BYTES
from civicbus.connect.json_records import Paths, paths_of, record_of
from civicbus.connect.rows import Record, RefusedRow, digest_of
from civicbus.registers.inputs import OutboxInput
from civicbus.settings import Settings

PAGE = 5_000  # rows; between two pages the broker is waited for
WRITES = "INSERT"  # nobody may change a row

CLUSTER = """
SELECT (SELECT system_identifier::text FROM pg_control_system()),
       pg_postmaster_start_time()::text,
       pg_current_snapshot()::text, pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
       (SELECT id::text FROM {table} WHERE position = %s)
"""
ROWS = """
SELECT transaction_id::text::bigint, position, id::text, aggregatetype, aggregateid, type,
       CASE WHEN octet_length(payload::text) <= %(longest)s THEN payload::text END
  FROM {table}
 WHERE transaction_id >= pg_snapshot_xmin(%(after)s::pg_snapshot)
   AND transaction_id < pg_snapshot_xmax(%(until)s::pg_snapshot)
   AND NOT pg_visible_in_snapshot(transaction_id, %(after)s::pg_snapshot)
   AND pg_visible_in_snapshot(transaction_id, %(until)s::pg_snapshot)
   AND (transaction_id, position) > (%(transaction)s::text::xid8, %(position)s)
 ORDER BY transaction_id, position
 LIMIT %(page)s
"""


async def outbox(
    rules: OutboxInput, connector: Connector, settings: Settings, position: Position | None
) -> Batches:
    """The rows of an outbox from a position on, for ever.

    Raises:
        InputUnavailableError: if the database does not answer.
        InputChangedError: if it is not the one that was read, or not as `outbox.sql` has it.
    """
    paths = paths_of(connector.system.input)
    async with connected(settings, connector.system.source) as connection:
        reader = _Outbox(connection, rules, paths, Place.of(position))
        await reader.listen()
        try:
            while True:
                complete_through = await reader.look()
                while not (batch := await reader.page(complete_through)).caught_up:
                    yield batch
                yield batch
                await reader.wait()
        finally:
            await reader.close()


class _Outbox:
    """Understands which rows are new."""

    def __init__(
        self, connection: AsyncConnection, rules: OutboxInput, paths: Paths, place: Place
    ) -> None:
        self._connection = connection
        self._table = rules.table
        self._poll = min(rules.poll.total_seconds(), AT_LEAST_EVERY)
        self._paths = paths
        self._place = place
        self._has_found = place.until != ""  # rows since the last snapshot that was kept
        self._ahead: asyncio.Task[list[tuple[Any, ...]]] | None = None
        self._is_open = False  # the place is of an earlier connection
        self._rows = statement(ROWS, table=quoted(rules.table))
        self._cluster = statement(CLUSTER, table=quoted(rules.table))

    async def listen(self) -> None:
        with database_errors():
            await self._connection.execute(
                statement("LISTEN {channel}", channel=quoted(self._table.rpartition(".")[2]))
            )

    async def look(self) -> datetime | None:
        """Take a new snapshot, unless one is being read; returns up to when it is complete."""
        # Who was writing must be known before the snapshot is taken: whoever had ended is in it.
        writing = await open_transactions(self._connection, self._table, WRITES)
        complete_through = writing.complete_through
        place = self._place
        row = await self._one(self._cluster, (0 if place.last is None else place.last.position,))
        system, started, snapshot, next_transaction, last = row
        place.check(last, next_transaction)
        if not self._is_open:
            place = place.reopened(Cluster(system, started))
            self._is_open = True
        if place.until:
            complete_through = None  # what is being read was taken earlier, by somebody else
        else:
            place = replace(place, until=snapshot)
        self._place = place
        return complete_through

    async def close(self) -> None:
        """Forget the page that was being read ahead."""
        if self._ahead is not None:
            self._ahead.cancel()
            await asyncio.gather(self._ahead, return_exceptions=True)

    async def page(self, complete_through: datetime | None) -> Batch:
        """The next rows; the last page of a snapshot says how far the register is complete."""
        place = self._place
        ahead, self._ahead = self._ahead, None
        found = await (self._page(place) if ahead is None else ahead)
        if found:
            transaction, position, id_ = found[-1][:3]
            last = Last(transaction, position, id_)
            place = replace(place, transaction=transaction, position=position, last=last)
            self._has_found = True
        is_last = len(found) < PAGE
        self._place = place = place.ended() if is_last else place
        if not is_last:
            # The database reads on while these rows are mapped and published.
            self._ahead = asyncio.create_task(self._page(place))
        records = await asyncio.to_thread(self._records, found)
        if not is_last:
            return Batch(records, place.kept())
        kept = place.kept() if self._has_found else None
        self._has_found = False
        return Batch(records, kept, complete_through, caught_up=True)

    async def _page(self, place: Place) -> list[tuple[Any, ...]]:
        given = {
            "after": place.after,
            "until": place.until,
            "transaction": place.transaction,
            "position": place.position,
            "longest": MAX_ITEM_BYTES,
            "page": PAGE,
        }
        with database_errors():
            cursor = await self._connection.execute(self._rows, given)
            return await cursor.fetchall()

    def _records(self, found: Sequence[tuple[Any, ...]]) -> list[Record]:
        return [self._record(*row[1:]) for row in found]

    def _record(
        self, position: int, id_: str, kind: str, about: str, type_: str, payload: str | None
    ) -> Record:
        columns = {"id": id_, "aggregatetype": kind, "aggregateid": about, "type": type_}
        raw = (payload or "{}").encode()
        record = record_of(raw, position, self._paths, lambda found: {**found, "outbox": columns})
        refused = record.refused
        if payload is None:
            remedy = (
                f"row {position}: the payload is longer than {MAX_ITEM_BYTES} bytes; correct it"
            )
            refused = (*refused, RefusedRow(position, "payload", "size", remedy))
        digest = digest_of(json.dumps([id_, kind, about, type_, payload]).encode())
        return replace(record, key=id_, refused=refused, digest=digest)

    async def wait(self) -> None:
        """Return when a row was written, or after a while."""
        with database_errors():
            async for _ in self._connection.notifies(timeout=self._poll, stop_after=1):
                pass

    async def _one(self, query: Any, given: Sequence[Any]) -> tuple[Any, ...]:
        with database_errors():
            cursor = await self._connection.execute(query, given)
            row = await cursor.fetchone()
        assert row is not None, "each of these queries gives one row"
        return tuple(row)
