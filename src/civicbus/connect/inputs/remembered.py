"""What was sent under which id, remembered on disk: what is sent twice is answered twice alike.

Kept are digests under a secret, never an id or a word of what was sent. The last million is
remembered, for 90 days. What is sent once more after that is published once more, with the same
bytes, and counts once all the same.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from civicbus.connect.inputs.batches import InputUnavailableError

KEPT = 1_000_000
KEPT_FOR = timedelta(days=90)
ASKED_AT_ONCE = 500  # ids in one statement

TABLE = """
CREATE TABLE IF NOT EXISTS received (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    content BLOB NOT NULL,
    accepted INTEGER NOT NULL,
    at INTEGER NOT NULL
)
"""
BY_TIME = "CREATE INDEX IF NOT EXISTS received_at ON received (at)"
FIND = "SELECT id, content, accepted FROM received WHERE id IN ({marks})"
KEEP = """
INSERT INTO received (id, content, accepted, at) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET accepted = excluded.accepted
"""
FORGET = "DELETE FROM received WHERE number <= (SELECT max(number) FROM received) - ? OR at < ?"


@dataclass(frozen=True, slots=True)
class Memory:
    """What was sent under an id, both in names of ours, and whether all of it was accepted."""

    id: bytes
    content: bytes
    accepted: bool


class Remembered:
    """Understands what was sent before. One call at a time; each works in a thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def about(self, ids: Iterable[bytes]) -> Mapping[bytes, Memory]:
        """What is remembered of some ids.

        Raises:
            InputUnavailableError: if the file cannot be read.
        """
        with _file_errors():
            return await asyncio.to_thread(self._about, sorted(set(ids)))

    async def keep(self, memories: Iterable[Memory], now: datetime) -> None:
        """Remember; returns when it is on disk. What is too old or too much is forgotten.

        Raises:
            InputUnavailableError: if the file cannot be written.
        """
        if found := list(memories):
            with _file_errors():
                await asyncio.to_thread(self._keep, found, now)

    def _about(self, ids: list[bytes]) -> dict[bytes, Memory]:
        found = {}
        for start in range(0, len(ids), ASKED_AT_ONCE):
            asked = ids[start : start + ASKED_AT_ONCE]
            query = FIND.format(marks=", ".join("?" * len(asked)))
            for id_, content, accepted in self._connection.execute(query, asked):
                found[id_] = Memory(id_, content, bool(accepted))
        return found

    def _keep(self, memories: list[Memory], now: datetime) -> None:
        at = int(now.timestamp())
        rows = [(memory.id, memory.content, memory.accepted, at) for memory in memories]
        with self._connection:
            self._connection.executemany(KEEP, rows)
            self._connection.execute(FORGET, (KEPT, at - int(KEPT_FOR.total_seconds())))


@asynccontextmanager
async def remembered(path: Path) -> AsyncIterator[Remembered]:
    """What a file remembers; it is made if there is none.

    Raises:
        InputUnavailableError: if it cannot be opened.
    """
    with _file_errors():
        connection = await asyncio.to_thread(_opened, path)
    try:
        yield Remembered(connection)
    finally:
        await asyncio.shield(asyncio.to_thread(connection.close))


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, check_same_thread=False)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", TABLE, BY_TIME):
        connection.execute(statement)
    return connection


@contextmanager
def _file_errors() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise InputUnavailableError(
            f"what was sent before cannot be looked up or kept ({type(error).__name__}: {error}); "
            "see that CIVICBUS_DATA can be written and has room; a file under its connectors/ that "
            "is damaged may be removed: what is sent again counts once all the same"
        ) from error
