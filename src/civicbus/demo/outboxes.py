"""Departments on PostgreSQL: each writes its entries into an outbox in a database of its own.

Its connector reads them there, as `civicbus connect` does; nobody hands a file over.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from psycopg import AsyncConnection, sql
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from civicbus.connect.connector import Connector, find_connector, load_connector
from civicbus.connect.deliver import Delivery, ignore
from civicbus.connect.inputs.batches import Batch, Batches, Position, Taken
from civicbus.connect.inputs.outbox import outbox
from civicbus.connect.publisher import Publisher
from civicbus.connect.runner import Runner
from civicbus.demo.departments import DeliveryRefusedError, Department
from civicbus.demo.journals import Journal, moment
from civicbus.registers.inputs import OutboxInput
from civicbus.settings import Settings

OUTBOX = OutboxInput("civicbus_outbox", timedelta(seconds=0.5))
WORD_EVERY = 1.0  # seconds
SCHEMA = files("civicbus.connect.inputs").joinpath("outbox.sql").read_text("utf-8")
INTO = "COPY civicbus_outbox (aggregatetype, aggregateid, type, payload) FROM STDIN"


class OutboxDepartment(Department):
    """Understands what one department has written into its outbox, and what of it is on the bus."""

    def __init__(
        self, connector: Connector, journal: Journal, settings: Settings, database: AsyncConnection
    ) -> None:
        super().__init__(connector, journal)
        self._settings = settings
        self._database = database
        self._written = 0
        self._read = 0
        self._delivery = Delivery()
        self._moved = asyncio.Event()
        self._progress: Callable[[int], None] = ignore
        self._runner: Runner | None = None
        self._running: asyncio.Task[Delivery] | None = None

    def took(self, batch: Batch, taken: Taken, delivery: Delivery) -> None:
        """A batch is on the bus."""
        self._read += len(batch.records)
        self._delivery = delivery
        self._progress(delivery.events)
        if batch.records or taken.refused:
            self._moved.set()

    def said(self, complete_through: datetime) -> None:
        """Nothing to show: the questions show it."""

    def failed(self, error: Exception, pause: float) -> None:
        """It is tried again; what it was shows if it lasts."""

    async def publish(self, progress: Callable[[int], None] = ignore) -> Delivery:
        """Write the pending entries into the outbox, and wait until the connector has read them."""
        self._progress = progress
        await self._write(self.journal.take())
        self._begin()
        assert self._running is not None
        while self._read < self._written:
            self._moved.clear()
            moving = asyncio.ensure_future(self._moved.wait())
            await asyncio.wait({moving, self._running}, return_when=asyncio.FIRST_COMPLETED)
            moving.cancel()
            if self._running.done():
                self._running.result()
        if self._delivery.refused:
            raise DeliveryRefusedError.of("its outbox", self._delivery)
        return self._delivery

    async def _write(self, rows: Iterable[Mapping[str, str]]) -> None:
        first = self.journal.columns[0]
        async with (
            self._database.transaction(),
            self._database.cursor() as cursor,
            cursor.copy(INTO) as copy,
        ):
            for row in rows:
                payload = json.dumps(row, ensure_ascii=False)
                kind = row.get("kind", "ENTRY")
                await copy.write_row(("entry", row[first], kind, payload))
                self._written += 1

    async def record(self, stamped: str, **cells: str) -> tuple[str, datetime]:
        """Write one entry now, in a transaction of its own, and wait for the connector."""
        now = datetime.now(UTC)
        number = self.journal.add(**{stamped: moment(now)}, **cells)
        await self.publish()
        return number, now

    def speak(self) -> None:
        """Let the connector work: it says by itself how far the register is complete."""
        self._begin()

    def _begin(self) -> None:
        if self._running is not None:
            return
        self._runner = Runner(
            lambda: Publisher(self._settings, self.connector.system),
            self.connector,
            self._open,
            self,
            # A broker that remembers has the position of another demonstration.
            anew=self._read == 0,
            word_every=WORD_EVERY,
        )
        self._running = asyncio.create_task(self._runner.run())

    def _open(self, position: Position | None) -> Batches:
        return outbox(OUTBOX, self.connector, self._settings, position)

    async def fall_silent(self) -> None:
        """End the connector."""
        if self._running is None or self._runner is None:
            return
        running, self._running = self._running, None
        self._runner.stop()
        await running


@asynccontextmanager
async def outbox_department(
    settings: Settings, journal: Journal, server: str
) -> AsyncIterator[OutboxDepartment]:
    """A department with a database of its own on a server, and its connector.

    Raises:
        ConfigurationError: if its connector is missing or wrong.
        BrokerError, PublishError, InputChangedError: if the bus cannot take its events.
    """
    connector = load_connector(find_connector(journal.connector, settings.connectors))
    name = f"civicbus_demo_{journal.connector}"
    async with _own_database(server, name) as conninfo:
        given = settings.model_copy(update={"input_database": SecretStr(conninfo)})
        async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
            await connection.execute(SCHEMA.encode())
            working = OutboxDepartment(connector, journal, given, connection)
            try:
                yield working
            finally:
                await working.fall_silent()


@asynccontextmanager
async def _own_database(server: str, name: str) -> AsyncIterator[str]:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    async with await AsyncConnection.connect(server, autocommit=True) as connection:
        await connection.execute(drop)
        await connection.execute(create)
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            await connection.execute(drop)
