"""Up to when a table in PostgreSQL is complete, seen from transactions that are still open.

What a transaction writes can be seen when it is committed, and bears an earlier time: that of its
start, at the earliest. So a table is complete up to the start of the oldest transaction that could
still write a row, less `MARGIN`, since PostgreSQL shows a start a little late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import AsyncConnection

from civicbus.connect.inputs.batches import InputChangedError
from civicbus.connect.inputs.postgres import database_errors

MARGIN = timedelta(seconds=1)

# Whoever writes what a view shows need not be allowed to write into the view.
OPEN = """
SELECT clock_timestamp(), pg_has_role('pg_read_all_stats', 'USAGE'),
       (SELECT min(xact_start) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND usesysid IS NOT NULL
           AND (relkind = 'v' OR has_table_privilege(usesysid, oid, %(writes)s))),
       EXISTS (SELECT FROM pg_prepared_xacts WHERE database = current_database()),
       relkind::text, pg_is_in_recovery()
  FROM pg_class WHERE oid = %(table)s::regclass
"""
KINDS = {"m": "a materialized view", "f": "a foreign table", "S": "a sequence", "i": "an index"}


@dataclass(frozen=True, slots=True)
class OpenTransactions:
    """The database's own time, and up to when the table was complete then.

    `complete_through` is `None` where nobody can tell: a prepared transaction does not say when it
    began.
    """

    now: datetime
    complete_through: datetime | None


async def open_transactions(
    connection: AsyncConnection, table: str, writes: str
) -> OpenTransactions:
    """Who could still write into a table or what a view shows; `writes` are the rights that count.

    It must be asked before the snapshot is taken that is read: whoever had ended is in it.

    Raises:
        InputChangedError: if the connector's role may not see it, or it is no table and no view, or
            the database is a standby.
    """
    with database_errors():
        found = await connection.execute(OPEN, {"table": table, "writes": writes})
        row = await found.fetchone()
    assert row is not None, "a name that is of no table is an error"
    now, may_see, oldest, is_prepared, kind, is_standby = row
    if is_standby:
        raise InputChangedError(
            "the database is a standby, which does not show who is writing; name the primary "
            "(CIVICBUS_INPUT_DATABASE, or libpq's PGHOST ...)"
        )
    if kind in KINDS:
        raise InputChangedError(
            f"{table} is {KINDS[kind]}: nobody could tell up to when it is complete; name a table "
            "or a view under [input] in connector.toml"
        )
    if not may_see:
        raise InputChangedError(
            "the connector's role may not see since when transactions are open; run: "
            "GRANT pg_read_all_stats TO that role"
        )
    if is_prepared:
        return OpenTransactions(now, None)
    return OpenTransactions(now, (now if oldest is None else min(now, oldest)) - MARGIN)
