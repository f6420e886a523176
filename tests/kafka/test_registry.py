"""With a registry configured its ids are the ids on the wire, from connector to answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from civicbus.broker.connection import client_options
from civicbus.http.serving import serving
from civicbus.settings import Settings
from tests.kafka.bus import ROOT, Bus, until
from tests.wire.strangers_registry import FIRST_ID, strangers_registry

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

CONNECTOR = ROOT / "connectors" / "us_deaths"
TOPIC = "civic.death.v1"
PERSON = "us-dc:900001"  # of the sample file


@dataclass
class RegistryBus(Bus):
    """A bus whose every process is told of a registry."""

    registry: str = ""

    def environment(self, **more: str) -> dict[str, str]:
        return super().environment(CIVICBUS_REGISTRY=self.registry, **more)


async def ids_on_the_wire(settings: Settings, count: int) -> set[int]:
    """The schema ids in the first records of the topic."""
    consumer = AIOKafkaConsumer(
        TOPIC, **client_options(settings), auto_offset_reset="earliest", enable_auto_commit=False
    )
    async with consumer:
        return {int.from_bytes((await consumer.getone()).value[1:5]) for _ in range(count)}


def publish_and_ask(bus: Bus) -> tuple[httpx.Response, httpx.Response]:
    """The answer about a person of the sample file, and a schema as the worker serves it."""
    bus.run("topics", "create")
    bus.run("connect", str(CONNECTOR), "--input", str(CONNECTOR / "sample.csv"))
    worker = bus.start_ready_worker("one")
    until(lambda: worker.ask(PERSON).json().get("outcome") == "no", "the death is known")
    return worker.ask(PERSON), httpx.get(f"{worker.url}/registry/schemas/ids/{FIRST_ID}")


async def test_events_carry_the_registrys_ids_and_are_stored_and_answered(
    kafka_settings: Settings, tmp_path: Path
) -> None:
    assert kafka_settings.broker is not None
    async with serving(strangers_registry(), "127.0.0.1", 0) as port:
        bus = RegistryBus(kafka_settings.broker, tmp_path, registry=f"http://127.0.0.1:{port}")
        try:
            answer, schema = await asyncio.to_thread(publish_and_ask, bus)
        finally:
            bus.stop_all()
    assert answer.json()["reason"] == "death_registered"
    assert schema.status_code == 200
    assert min(await ids_on_the_wire(kafka_settings, 5)) >= FIRST_ID
