"""The departments at work: each publishes its journal through its own connector and publisher."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from civicbus.connect.connector import Connector, find_connector, load_connector
from civicbus.connect.deliver import Delivery, deliver, ignore
from civicbus.connect.publisher import Publisher
from civicbus.demo.journals import Journal, moment
from civicbus.settings import Settings

HEARTBEAT_SECONDS = 1.0


class DeliveryRefusedError(RuntimeError):
    """Rows of the synthetic city were refused; the text names the department, line and reason."""

    @classmethod
    def of(cls, place: str, delivery: Delivery) -> DeliveryRefusedError:
        """What was refused first, of a file or an outbox."""
        row = delivery.refused[0]
        return cls(
            f"{place}: line {row.line}: {row.field}: {row.reason}: {row.remedy} "
            f"({delivery.refused_count} rows refused)"
        )


class Department(ABC):
    """Understands what one department has published, and how far its word reaches."""

    def __init__(self, connector: Connector, journal: Journal) -> None:
        self.connector = connector
        self.journal = journal
        self.source = connector.system.source
        self.title = connector.system.title

    @property
    def entries(self) -> int:
        """How many entries wait to be handed over."""
        return len(self.journal.pending)

    def named(self, name: str) -> str:
        """The number of the entry that is known by this name."""
        return self.journal.named[name]

    @abstractmethod
    async def publish(self, progress: Callable[[int], None] = ignore) -> Delivery:
        """Hand the pending entries over, and return when they are on the bus.

        Raises:
            DeliveryRefusedError: if one could not be mapped.
        """

    @abstractmethod
    async def record(self, stamped: str, **cells: str) -> tuple[str, datetime]:
        """Write one entry now and publish it; returns its number and the moment it was written.

        `stamped` is the column that holds the moment.
        """

    @abstractmethod
    def speak(self) -> None:
        """Begin to say regularly how far the register is complete."""

    @abstractmethod
    async def fall_silent(self) -> None:
        """Say no more. What had failed before raises its error here."""


class FileDepartment(Department):
    """Understands a department that hands files over."""

    def __init__(self, connector: Connector, journal: Journal, publisher: Publisher) -> None:
        super().__init__(connector, journal)
        self._publisher = publisher
        self._busy_since: datetime | None = datetime.now(UTC)
        self._beating: asyncio.Task[None] | None = None

    async def publish(self, progress: Callable[[int], None] = ignore) -> Delivery:
        """Write a file of the pending entries, and publish it."""
        self._busy_since = self._busy_since or datetime.now(UTC)
        path = self.journal.hand_over()
        with path.open("rb") as file:
            delivery = await deliver(
                self.connector, file, path.name, self._publisher, datetime.now(UTC), progress
            )
        if delivery.refused:
            raise DeliveryRefusedError.of(str(path), delivery)
        self._busy_since = None
        return delivery

    async def record(self, stamped: str, **cells: str) -> tuple[str, datetime]:
        """Write one entry now, into a file of its own, and publish it."""
        # From here on the department's word reaches no further, until the entry is published.
        now = self._busy_since = datetime.now(UTC)
        number = self.journal.add(**{stamped: moment(now)}, **cells)
        await self.publish()
        return number, now

    def speak(self) -> None:
        """Begin to say regularly how far the register is complete."""
        self._beating = asyncio.create_task(
            self._publisher.heartbeat(HEARTBEAT_SECONDS, self._complete_through)
        )

    async def fall_silent(self) -> None:
        """Say no more. A heartbeat that had failed before raises its error here."""
        if self._beating is not None:
            beating, self._beating = self._beating, None
            beating.cancel()
            await asyncio.wait([beating])
            if not beating.cancelled():
                beating.result()

    def _complete_through(self) -> datetime:
        return self._busy_since or datetime.now(UTC)


@asynccontextmanager
async def file_department(settings: Settings, journal: Journal) -> AsyncIterator[Department]:
    """A department that hands files over, with its publisher connected.

    Raises:
        ConfigurationError: if its connector is missing or wrong.
        BrokerError, PublishError: if the bus cannot take its events.
    """
    folder = find_connector(journal.connector, settings.connectors)
    connector = load_connector(folder)
    async with Publisher(settings, connector.system) as publisher:
        working = FileDepartment(connector, journal, publisher)
        try:
            yield working
        finally:
            await working.fall_silent()
