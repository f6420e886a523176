"""Files put into a folder, each of which holds what is new.

The position on the bus says how many records of which delivery are published, so nothing has to be
remembered here, and nothing in the folder is touched.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.batches import Batch, Batches, InputChangedError, Position
from civicbus.connect.inputs.checked_file import CheckedFile
from civicbus.connect.inputs.envelope import Envelope
from civicbus.connect.inputs.inbox import Inbox, Published
from civicbus.connect.inputs.waiting import ended, steps, under_way
from civicbus.registers.inputs import FolderInput
from civicbus.registers.systems import Input, System
from civicbus.settings import ConfigurationError


async def folder(rules: FolderInput, connector: Connector, position: Position | None) -> Batches:
    """The records of the deliveries in a folder from a position on, for ever.

    Raises:
        InputUnavailableError: if the folder cannot be read, or a delivery is missing.
        InputChangedError: if a delivery is not what its manifest announces, or not what it was.
    """
    inbox = Inbox(folder_path(rules, connector))
    published, records = _place(position)
    through = None
    if position is None:
        yield Batch(position=_kept(published, records))  # from here on the bus has one
    while True:
        if records is not None:
            delivered = await asyncio.to_thread(inbox.again, published)
        elif (found := await asyncio.to_thread(inbox.next, published)) is not None:
            delivered, published, records = found, published.and_(found), 0
        else:
            for step in steps(rules.every.total_seconds()):
                yield Batch(complete_through=through, caught_up=True)
                await asyncio.sleep(step)
            continue
        with closing(CheckedFile(delivered, rules_of_file(connector.system))) as file:
            async with under_way(_check(file)) as checking:
                while not await ended(checking):
                    yield Batch(complete_through=through)
                checking.result()
            async with aclosing(file.records(records)) as pages:
                async for page in pages:
                    records += len(page)
                    yield Batch(page, _kept(published, records))
        through, records = delivered.manifest.complete_through, None
        is_last = not await asyncio.to_thread(inbox.holds_more, published)
        yield Batch((), _kept(published, None), through, caught_up=is_last)


async def _check(file: CheckedFile) -> None:
    async for _ in file.checked():
        pass


def rules_of_file(system: System) -> Input:
    """What a delivered file looks like: with a key the register's own columns stand in it.

    Raises:
        ConfigurationError: if the system declares no folder.
    """
    live = system.live
    if not isinstance(live, FolderInput):
        raise ConfigurationError(
            f"{system.source}: no folder is declared; write [input.folder] in connector.toml"
        )
    if not live.key:
        return system.input
    return replace(system.input, columns=Envelope(system.input.columns, live.key).columns)


def folder_path(rules: FolderInput, connector: Connector) -> Path:
    """Where deliveries are put: the declared path, from the connector's folder on."""
    return connector.folder / rules.path


def _place(position: Position | None) -> tuple[Published, int | None]:
    """The last delivery, and how many of its records are published; `None` if all are."""
    if position is None:
        return Published(), None
    if position.get("input") != "folder":
        raise InputChangedError(
            "the position on the bus is that of another way in; run civicbus connect with --anew: "
            "it publishes every delivery in the folder, none of which counts twice"
        )
    return Published.of(position), position["records"]


def _kept(published: Published, records: int | None) -> dict[str, Any]:
    return {"input": "folder", **published.kept(), "records": records}
