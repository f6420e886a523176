"""A department's PostgreSQL: connecting, what its errors mean, and one connector at a time.

Nothing that the database says is passed on as it stands: its messages may quote a row.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import LiteralString

import psycopg
from psycopg import AsyncConnection, errors, sql

from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError
from civicbus.settings import Settings

CONNECTED_WITHIN = 10  # seconds
ANSWERS_WITHIN_MS = 60_000
ENDED_WITHIN = 2.0  # seconds
ASKED_AGAIN_AFTER = 0.05
LOCK_SPACE = 0x43_42  # of PostgreSQL's advisory locks


@asynccontextmanager
async def connected(settings: Settings, source: str) -> AsyncIterator[AsyncConnection]:
    """A connection that no other connector of the source has at the same time.

    Raises:
        InputUnavailableError: if the database cannot be reached, or another one has it.
        InputChangedError: as `database_errors`.
    """
    given = settings.input_database
    with database_errors():
        connection = await AsyncConnection.connect(
            "" if given is None else given.get_secret_value(),
            autocommit=True,
            connect_timeout=CONNECTED_WITHIN,
            application_name=f"civicbus {source}",
        )
    try:
        with database_errors():
            await connection.execute(f"SET statement_timeout = {ANSWERS_WITHIN_MS}")
            # A database or a role may have set others, and psycopg reads no other dates.
            await connection.execute("SET DateStyle = 'ISO, YMD'")
            await connection.execute("SET TimeZone = 'UTC'")
            await _lock(connection, source)
        yield connection
    finally:
        await connection.close()


async def _lock(connection: AsyncConnection, source: str) -> None:
    """Until the connection ends. That of a connector that has just ended may have yet to."""
    number = zlib.crc32(source.encode()) - 2**31
    until = time.monotonic() + ENDED_WITHIN
    while True:
        found = await connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", (LOCK_SPACE, number)
        )
        row = await found.fetchone()
        if row is not None and row[0]:
            return
        if time.monotonic() >= until:
            raise InputUnavailableError(
                f"another connector of {source} is at work on this database; end it, or wait "
                "until the database has noticed that it is gone"
            )
        await asyncio.sleep(ASKED_AGAIN_AFTER)


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn the database's errors into ours, by their class alone."""
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise InputChangedError(
            "the database does not let the connector read; grant it what the outbox's or table's "
            "instructions name"
        ) from error
    except (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction) as error:
        raise InputChangedError(
            f"the database is not as declared ({type(error).__name__}: "
            f"{_named(error)}); correct connector.toml or the table"
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        state = error.sqlstate or "no answer"
        raise InputUnavailableError(
            f"the database does not answer ({type(error).__name__}, {state}); check that it runs, "
            "its address, user and password (CIVICBUS_INPUT_DATABASE, or libpq's PGHOST ...)"
        ) from error
    except psycopg.Error as error:
        raise InputChangedError(
            f"the database refuses what it is asked ({type(error).__name__}, {error.sqlstate}); "
            "look into its log"
        ) from error


def _named(error: psycopg.Error) -> str:
    """What is missing: the first line names a table or column, never a value."""
    return error.diag.message_primary or ""


def quoted(name: str) -> sql.Composable:
    """A declared name, with its schema or without, as it may stand in a statement."""
    return sql.SQL(".").join(sql.Identifier(part) for part in name.split("."))


def statement(text: LiteralString, **names: sql.Composable) -> sql.Composed:
    """A statement of ours with declared names put in."""
    return sql.SQL(text).format(**names)
