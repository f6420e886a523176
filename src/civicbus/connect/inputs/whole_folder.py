"""Files put into a folder, each of which holds the whole register, and what differs between them.

A row that cannot be read must not look like one that is gone: a file with any such row is refused
as a whole.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing, closing

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.batches import Batch, Batches, InputChangedError, Position
from civicbus.connect.inputs.checked_file import CheckedFile
from civicbus.connect.inputs.comparison import Read
from civicbus.connect.inputs.difference import MassChange, Reading, Register, opened_register
from civicbus.connect.inputs.envelope import Envelope
from civicbus.connect.inputs.folder import folder_path, rules_of_file
from civicbus.connect.inputs.inbox import Inbox, Published
from civicbus.connect.inputs.manifest import Delivered
from civicbus.connect.inputs.waiting import ended, steps, under_way
from civicbus.connect.rows import Record
from civicbus.registers.inputs import FolderInput
from civicbus.registers.systems import Input
from civicbus.settings import Settings

ROWS_AT_A_TIME = 5_000


async def whole_folder(
    rules: FolderInput,
    connector: Connector,
    settings: Settings,
    position: Position | None,
    guard: MassChange,
) -> Batches:
    """The differences between the deliveries in a folder, for ever.

    Raises:
        InputUnavailableError: if the folder cannot be read, or a delivery is missing.
        InputChangedError: if a delivery cannot be taken as it is, or the state is not the one that
            the position names.
    """
    envelope = Envelope(connector.system.input.columns, rules.key)
    layout = {"input": f"folder {rules.path}", "key": list(rules.key)}
    inbox = Inbox(folder_path(rules, connector))
    through = None
    with opened_register(connector, settings, envelope, layout, guard, position) as register:
        as_file = rules_of_file(connector.system)
        while True:
            if (named := register.naming()) is not None:
                yield Batch(position=named, complete_through=through)
                await register.named()
            published = Published.of(register.told.get("position", {}))
            if register.is_under_way:
                is_last = not await asyncio.to_thread(inbox.holds_more, published)
                while (page := await register.page()) is not None:
                    batch = register.batch(page, caught_up=is_last)
                    yield batch
                    await register.mark(page)
                    through = batch.complete_through or through
            found = await asyncio.to_thread(inbox.next, published)
            if found is None:
                for step in steps(rules.every.total_seconds()):
                    yield Batch(complete_through=through, caught_up=True)
                    await asyncio.sleep(step)
                continue
            async with under_way(_compare(found, as_file, register)) as comparing:
                while not await ended(comparing):
                    yield Batch(complete_through=through)
                comparing.result()


async def _compare(delivered: Delivered, rules: Input, register: Register) -> None:
    """Compare a delivery; what differs is to be published next."""
    number = delivered.manifest.number
    register.what = f"{delivered.path} (delivery {number})"
    with closing(CheckedFile(delivered, rules)) as file, closing(_Sorter()) as sorter:
        async with aclosing(file.checked()) as pages:
            async for page in pages:
                await asyncio.to_thread(sorter.take, _read(page, delivered, register.envelope))
        counts = await register.compare(sorter.pages())
    at = delivered.manifest.complete_through
    published = Published.of(register.told.get("position", {})).and_(delivered)
    reading = Reading(at, at, position=published.kept())
    await register.begin(counts, reading, even_if_equal=True)


def _read(page: list[Record], delivered: Delivered, envelope: Envelope) -> list[Read]:
    """The rows of some records.

    Raises:
        InputChangedError: if one of them cannot be read.
    """
    found = []
    for record in page:
        if record.refused:
            refused = record.refused[0]
            raise InputChangedError(
                f"{delivered.path}: line {refused.line}: {refused.reason}: {refused.remedy}. A row "
                "that cannot be read must not count as gone, so nothing of the file was "
                "published; deliver it corrected, under the same number"
            )
        (row,) = record.rows
        cells = [None if name in row.absent else row[name] for name in envelope.columns]
        read = envelope.read(cells, row.line)
        if read is None:
            raise InputChangedError(
                f"{delivered.path}: line {row.line}: the key is empty, so nothing of the file was "
                "published; correct the register, or key in connector.toml"
            )
        found.append(read)
    return found


class _Sorter:
    """Rows in any order, to be had in the order of their keys; on disk (TMPDIR), never in memory.

    What is written there is gone with the process, however it ends.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("BEGIN")
        self._connection.execute("CREATE TABLE row (key BLOB, line INTEGER, cells TEXT)")

    def take(self, rows: list[Read]) -> None:
        with self._lock:
            self._connection.executemany("INSERT INTO row VALUES (?, ?, ?)", rows)

    async def pages(self) -> AsyncGenerator[list[Read]]:
        query = "SELECT key, line, cells FROM row ORDER BY key, line"
        rows = await asyncio.to_thread(self._connection.execute, query)
        while page := await asyncio.to_thread(self._next, rows):
            yield page

    def _next(self, rows: sqlite3.Cursor) -> list[Read]:
        with self._lock:
            return rows.fetchmany(ROWS_AT_A_TIME)

    def close(self) -> None:
        with self._lock:
            self._connection.close()
