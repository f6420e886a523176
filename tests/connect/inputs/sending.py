"""What tests of ways in over HTTP share: whoever sends, and whoever takes what was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.door import door_app, intake_of
from civicbus.connect.inputs.batches import Batch, Taken
from civicbus.connect.inputs.intake import Intake
from civicbus.connect.mapped import map_record
from civicbus.connect.meter import Meter
from civicbus.connect.starting import STARTERS
from civicbus.settings import Settings, load_settings

LICENCES = load_connector(STARTERS / "http")
CIVIL = load_connector(Path(__file__).parent / "dci_register")
HOLDER = "990000195083040026"  # month 83, in a place that does not exist: given to nobody
OTHER = "990000194891200011"
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCHED = {"Content-Type": "application/cloudevents-batch+json"}
TOKEN = "a token of sixteen bytes and more"


def granted(entry: int, holder: str = HOLDER, **attributes: Any) -> dict[str, Any]:
    """A CloudEvent: a licence was granted."""
    data = {
        "entry": entry,
        "registeredAt": "2024-02-01T11:00:00+08:00",
        "holder": {"number": holder, "enteredByMistake": None},
        "licence": {"kind": "driving", "number": f"L-{entry}", "validUntil": "2034-01-30"},
        "date": "2024-01-31",
        "refersTo": None,
    }
    return {
        "specversion": "1.0",
        "id": f"entry-{entry}",
        "source": "/licences",
        "type": "licence.granted.v1",
        "data": data,
        **attributes,
    }


def watermark(time: str, id_: str = "word") -> dict[str, Any]:
    """The CloudEvent that says up to when all has been sent."""
    named = {"specversion": "1.0", "id": id_, "source": "/licences"}
    return {**named, "type": "civicbus.watermark.v1", "time": time}


@dataclass
class Taker:
    """Takes what was sent as the runner does, and maps it; the bus is left out."""

    connector: Connector
    intake: Intake
    batches: list[Batch] = field(default_factory=list)

    async def run(self) -> None:
        async with aclosing(self.intake.batches()) as batches:
            batch = await anext(batches)
            while True:
                self.batches.append(batch)
                now = datetime.now(UTC)
                mapped = [map_record(self.connector, record, now) for record in batch.records]
                refused = [row for one in mapped for row in one.refused]
                events = sum(len(one.filed) for one in mapped)
                batch = await batches.asend(Taken(events, refused))

    @property
    def records(self) -> int:
        """How many records were taken, repeats included."""
        return sum(len(batch.records) for batch in self.batches)


@dataclass
class Sending:
    """A connector's door without a network: whoever sends, whoever takes, and the figures."""

    client: httpx.AsyncClient
    taker: Taker
    meter: Meter
    settings: Settings

    async def opened(self) -> None:
        """Return when somebody takes what is sent."""
        while not self.taker.intake.is_open:  # noqa: ASYNC110 - the door tells nobody
            await asyncio.sleep(0.005)

    async def post(self, event: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        """Send one event in structured mode."""
        return await self.client.post("/events", json=event, headers=STRUCTURED | (headers or {}))

    async def post_batch(self, events: list[Any]) -> httpx.Response:
        """Send a batch."""
        return await self.client.post("/events", json=events, headers=BATCHED)


@asynccontextmanager
async def sending(
    data: Path, connector: Connector = LICENCES, *, takes: bool = True, **given: Any
) -> AsyncIterator[Sending]:
    """A door, and with `takes` somebody who takes what was sent through it."""
    settings = load_settings(environment="test", data=data, connector_port=0, **given)
    intake, meter = intake_of(settings, connector), Meter(connector.system.source)
    taker = Taker(connector, intake)
    transport = httpx.ASGITransport(app=door_app(settings, connector, meter, intake))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        task = asyncio.create_task(taker.run() if takes else asyncio.sleep(0))
        try:
            found = Sending(client, taker, meter, settings)
            if takes:
                await found.opened()
            yield found
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
