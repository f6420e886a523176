"""The door of a connector that reads for itself: it tells how it fares, and takes nothing."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from civicbus.connect.connector import Connector
from civicbus.connect.deliver import Delivery
from civicbus.connect.door import door
from civicbus.connect.inputs.batches import Batch, Taken
from civicbus.connect.meter import Meter
from civicbus.registers.inputs import OutboxInput
from civicbus.settings import Settings, load_settings
from tests.connect.inputs.sending import LICENCES

OUTBOX = OutboxInput("civicbus_outbox", timedelta(seconds=1))
READS: Connector = replace(LICENCES, system=replace(LICENCES.system, live=OUTBOX))


async def test_without_a_port_there_is_no_door_and_no_need_of_one(tmp_path: Path) -> None:
    async with door(load_settings(data=tmp_path), READS, Meter("town")) as found:
        assert (found.port, found.intake) == (None, None)


async def test_it_tells_how_the_connector_fares_and_takes_nothing(
    tmp_path: Path, settings: Settings
) -> None:
    given = settings.model_copy(update={"data": tmp_path, "connector_port": 0})
    meter = Meter("town")
    async with (
        door(given, READS, meter) as found,
        httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{found.port}") as client,
    ):
        assert (await client.get("/healthz")).status_code == 200
        before = await client.get("/readyz")
        assert (before.status_code, before.headers["retry-after"]) == (503, "5")
        assert before.json() == {"ready": False, "reason": "nothing has been published yet"}
        meter.took(Batch(), Taken(), Delivery())
        assert (await client.get("/readyz")).json() == {"ready": True}
        metrics = await client.get("/metrics")
        assert metrics.headers["content-type"].startswith("text/plain; version=")
        assert 'civicbus_connector_batches_total{source="town"} 1.0' in metrics.text
        assert metrics.headers["cache-control"] == "no-store"
        assert (await client.post("/events", json={})).status_code == 404
        assert (await client.post("/healthz")).status_code == 405
        assert (await client.post("/metrics")).json()["type"] == "method-not-allowed"


async def test_a_broker_that_does_not_answer_is_told_with_its_remedy(tmp_path: Path) -> None:
    given = load_settings(data=tmp_path, connector_port=0, broker="127.0.0.1:9")
    meter = Meter("town")
    meter.took(Batch(), Taken(), Delivery())
    async with (
        door(given, READS, meter) as found,
        httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{found.port}") as client,
    ):
        response = await client.get("/readyz")
    assert response.status_code == 503
    assert "start it, or correct CIVICBUS_BROKER" in response.json()["reason"]


async def test_an_address_that_is_taken_is_told_with_a_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        given = load_settings(data=tmp_path, connector_port=port)
        with pytest.raises(OSError, match="choose another address"):
            async with door(given, READS, Meter("town")):
                pass
