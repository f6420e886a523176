"""What of a register was published last: a SQLite file, and the differences yet to be published.

A reading is compared with it, and what differs is written down before any of it is published:
whatever happens then, the same differences go out, with the same bytes. A difference is taken into
the rows when the bus has it.

The bus names the state by an id made with the file and the number of the last reading, and it does
so before it has any record of that reading. So a file that is missing, another, or older than what
was published is noticed: rows that vanished meanwhile could never be seen with it.

The file holds personal data, as the register does; nobody but its owner may read it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError, Position
from civicbus.connect.inputs.comparison import Changed, Comparison, Counts, Read

VERSION = 1  # of the tables below
CACHE_KIB = 16_384

TABLES = """
CREATE TABLE state (
  id TEXT NOT NULL, layout TEXT NOT NULL, reading INTEGER NOT NULL, kept INTEGER NOT NULL,
  under_way INTEGER NOT NULL, told TEXT NOT NULL
);
CREATE TABLE row (key BLOB PRIMARY KEY, cells TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE difference (
  place INTEGER PRIMARY KEY, line INTEGER NOT NULL, key BLOB NOT NULL, cells TEXT
);
"""
PAGE = """
SELECT place, line, key, row.cells, difference.cells
  FROM difference LEFT JOIN row USING (key) ORDER BY place LIMIT ?
"""
MARK = (
    "REPLACE INTO row SELECT key, cells FROM difference WHERE place <= ? AND cells IS NOT NULL",
    "DELETE FROM row WHERE key IN (SELECT key FROM difference WHERE place <= ? AND cells IS NULL)",
    "DELETE FROM difference WHERE place <= ?",
)
ANEW = (
    "run civicbus connect with --anew: it publishes every row of the register once more, none of "
    "which counts twice"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row before and after, as JSON lists of cells; `None` where there was or is none."""

    place: int
    line: int
    key: bytes = field(repr=False)
    before: str | None = field(repr=False)
    after: str | None = field(repr=False)


class State:
    """Understands what was published, and what of the reading under way was not yet.

    `layout` is what the rows look like; with another one they cannot be compared. `told` is what
    goes with the reading, JSON. Methods may be called from any thread.
    """

    def __init__(self, path: Path, layout: Mapping[str, Any], position: Position | None) -> None:
        """Open the state that a position on the bus names; without one begin a new state.

        Raises:
            InputChangedError: if it is missing, another, older, or its layout is another.
            InputUnavailableError: if it cannot be opened just now.
        """
        self.path = path
        self._lock = threading.Lock()
        self._comparison: Comparison | None = None
        if position is not None and not path.exists():
            raise InputChangedError(
                f"{path}: is missing, so rows that have vanished since cannot be seen; restore it, "
                f"or {ANEW}"
            )
        with self._errors():
            self._connection = _connection(path, may_replace=position is None)
        try:
            with self._errors():
                if position is None:
                    self._begin_anew(layout)
                self._load(layout, position)
        except BaseException:
            self._connection.close()
            raise

    def _begin_anew(self, layout: Mapping[str, Any]) -> None:
        run = self._connection.execute
        with self._transaction():
            for (name,) in run("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                run(f'DROP TABLE "{name}"')
            for table in TABLES.split(";\n"):
                run(table)
            run(
                "INSERT INTO state VALUES (?, ?, 0, -1, 0, '{}')",
                (str(uuid.uuid4()), json.dumps(layout)),
            )
            run(f"PRAGMA user_version = {VERSION}")

    def _load(self, layout: Mapping[str, Any], position: Position | None) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            raise InputChangedError(f"{self.path}: is of another version of civicbus; {ANEW}")
        found = self._connection.execute(
            "SELECT id, layout, reading, kept, under_way, told FROM state"
        ).fetchone()
        kept_layout, is_under_way, told = found[1], found[4], found[5]
        self.id: str = found[0]
        self.reading: int = found[2]
        self._kept: int = found[3]
        self.is_under_way = bool(is_under_way)
        self.told: dict[str, Any] = json.loads(told)
        self._check_position(position)
        if json.loads(kept_layout) != layout:
            raise InputChangedError(
                f"{self.path}: was written for another table, key or columns than connector.toml "
                f"declares; correct it there, or {ANEW}"
            )

    def _check_position(self, position: Position | None) -> None:
        if position is None:
            return
        if position.get("state") != self.id:
            raise InputChangedError(
                f"{self.path}: is not the state that the bus knows; restore that one, or {ANEW}"
            )
        if position.get("reading") not in (self._kept, self.reading):
            raise InputChangedError(
                f"{self.path}: is of reading {self.reading}, and the bus has reading "
                f"{position.get('reading')}; restore the newest one, or {ANEW}"
            )

    @property
    def position(self) -> Position:
        """What the bus keeps of it."""
        return {**self.told.get("position", {}), "state": self.id, "reading": self.reading}

    @property
    def is_kept(self) -> bool:
        """True if the bus knows of the reading under way."""
        return self._kept == self.reading

    def keep(self) -> None:
        """The bus knows of the reading."""
        with self._locked():
            self._connection.execute("UPDATE state SET kept = reading")
            self._kept = self.reading

    def compare(self) -> None:
        """Begin to compare a reading; `take` gives its rows in the order of their keys."""
        with self._locked():
            self._discard()
            self._connection.execute("BEGIN IMMEDIATE")
            known = self._connection.execute("SELECT key, cells FROM row ORDER BY key")
            self._comparison = Comparison(known)

    def take(self, rows: Iterable[Read]) -> None:
        """The next rows."""
        with self._locked():
            assert self._comparison is not None, "compare() comes first"
            self._write(self._comparison.take(rows))

    def compared(self) -> Counts:
        """All rows have been given."""
        with self._locked():
            comparison = self._comparison
            assert comparison is not None, "compare() comes first"
            while rows := comparison.rest():
                self._write(rows)
            return comparison.counts

    def _write(self, rows: Sequence[Changed]) -> None:
        self._connection.executemany(
            "INSERT INTO difference (line, key, cells) VALUES (?, ?, ?)", rows
        )

    def discard(self) -> None:
        """Forget the reading that was compared."""
        with self._locked():
            self._discard()

    def _discard(self) -> None:
        self._comparison = None  # it may be in the middle of the rows
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def begin(self, told: Mapping[str, Any]) -> None:
        """What was compared is the reading under way from now on, whatever happens."""
        with self._locked():
            self._connection.execute(
                "UPDATE state SET reading = reading + 1, under_way = 1, told = ?",
                (json.dumps(told),),
            )
            self._connection.execute("COMMIT")
            self.reading += 1
            self.is_under_way = True
            self.told = dict(told)

    def page(self, size: int) -> list[Difference]:
        """The next differences to be published, so many at most."""
        with self._locked():
            return [Difference(*row) for row in self._connection.execute(PAGE, (size,))]

    def mark(self, place: int, *, is_last: bool) -> None:
        """The bus has the differences up to this place."""
        with self._locked(), self._transaction():
            for statement in MARK:
                self._connection.execute(statement, (place,))
            if is_last:
                self._connection.execute("UPDATE state SET under_way = 0")
        self.is_under_way = not is_last

    def close(self) -> None:
        """Let go of the file; a comparison that was not begun on is forgotten."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock, self._errors():
            yield

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            told = "another connector of the source is at work; end it"
            if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                told = "cannot be written; see to the disk and the rights"
            raise InputUnavailableError(
                f"{self.path}: {told} ({error.sqlite_errorname})"
            ) from error
        except OSError as error:
            raise InputUnavailableError(f"{self.path}: {error.strerror}; see to it") from error
        except sqlite3.DatabaseError as error:
            raise InputChangedError(
                f"{self.path}: is damaged ({error.sqlite_errorname}); restore it, or {ANEW}"
            ) from error


def _connection(path: Path, *, may_replace: bool) -> sqlite3.Connection:
    """A connection that no other process has at the same time."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        for pragma in (
            "locking_mode = EXCLUSIVE",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"cache_size = -{CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        connection.close()
        if may_replace and error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            path.unlink()
            path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
            return _connection(path, may_replace=False)
        raise
    return connection
