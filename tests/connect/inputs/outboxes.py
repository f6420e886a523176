"""What tests of the outbox share: a table, its writer, and what a way in hands on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.inputs import outbox as outbox_module
from civicbus.connect.inputs.batches import Batch, Batches, Position
from civicbus.connect.inputs.outbox import outbox
from civicbus.connect.rows import Record
from civicbus.registers.inputs import OutboxInput
from civicbus.settings import Settings, load_settings

ROOT = Path(__file__).parents[3]
CLAIMS = load_connector(ROOT / "connectors" / "city_social_security")
SCHEMA = Path(outbox_module.__file__).with_name("outbox.sql").read_text("utf-8")
RULES = OutboxInput("civicbus_outbox", timedelta(seconds=1))
PERSON = "990000194891200011"
INSERT = (
    "INSERT INTO civicbus_outbox (aggregatetype, aggregateid, type, payload) "
    "VALUES ('person', 'a person', 'CLAIM', %s) RETURNING id::text"
)


def payload(number: int, **cells: Any) -> str:
    """The payload of the claim of that number."""
    at = datetime(2026, 2, 1, 9, tzinfo=UTC).isoformat()
    claim = {"claim": str(number), "claimed_at": at, "person": PERSON}
    return json.dumps(claim | {"date_of_death": "2026-01-30"} | cells)


def prepare(database: str) -> None:
    """Make the table, and a role that may do what its instructions say."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SCHEMA.encode())


def settings_for(database: str, **more: Any) -> Settings:
    """Settings of a connector of this database."""
    return load_settings(input_database=SecretStr(database), **more)


def as_role(database: str, name: str) -> str:
    """The same database, as somebody else."""
    return make_conninfo(database, user=name)


def insert(connection: psycopg.Connection[Any], *numbers: int) -> list[str]:
    """Write claims of these numbers; returns the rows' ids."""
    return [
        connection.execute(INSERT, [payload(number)]).fetchone()[0]  # type: ignore[index]
        for number in numbers
    ]


@dataclass
class Reader:
    """Takes batches of a way in, as the runner does, and remembers what it was handed."""

    batches: Batches
    records: list[Record] = field(default_factory=list)
    position: Position | None = None
    complete_through: datetime | None = None

    @property
    def ids(self) -> list[str]:
        """The records' names, in the order in which they were handed on."""
        return [record.key for record in self.records]

    async def next(self) -> Batch:
        """Take one batch."""
        batch = await anext(self.batches)
        self.records += batch.records
        self.position = batch.position or self.position
        self.complete_through = batch.complete_through
        return batch

    async def catch_up(self) -> Batch:
        """Take batches until nothing more waits."""
        while not (batch := await self.next()).caught_up:
            pass
        return batch


@asynccontextmanager
async def reading(
    database: str,
    position: Position | None = None,
    rules: OutboxInput = RULES,
    connector: Connector = CLAIMS,
) -> AsyncIterator[Reader]:
    """A reader of the outbox, from a position on."""
    batches = outbox(rules, connector, settings_for(database), position)
    try:
        yield Reader(batches)
    finally:
        await batches.aclose()
