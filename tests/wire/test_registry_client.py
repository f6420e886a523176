"""The client against a registry of strangers, and against our own, which is only read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from civicbus.api.registry import registry_router
from civicbus.domain.events import SourceWatermark
from civicbus.http.serving import serving
from civicbus.wire.codec import Codec
from civicbus.wire.registry import subjects_of
from civicbus.wire.registry_client import (
    RegistryClient,
    RegistryError,
    configured_catalogue,
    register_catalogue,
)
from civicbus.wire.schemas import Catalogue, LockedSchema, load_catalogue
from tests.wire.strangers_registry import FIRST_ID, strangers_registry
from tests.wire.test_registry import DEATHS

CATALOGUE = load_catalogue()
DEATH = CATALOGUE.latest("Death")


def client_of(app: FastAPI, path: str = "") -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=f"http://registry.test{path}"
    )


@pytest.fixture
async def strangers() -> AsyncIterator[RegistryClient]:
    async with client_of(strangers_registry()) as http:
        yield RegistryClient(http)


def with_field(**field: object) -> str:
    """The schema of deaths with one field more."""
    schema = json.loads(DEATH.text)
    schema["fields"].append({"name": "added", "type": "string", **field})
    return json.dumps(schema)


async def test_a_schema_that_the_registry_has_keeps_its_id(strangers: RegistryClient) -> None:
    assert await strangers.register(DEATHS, DEATH.text) == FIRST_ID
    assert await strangers.register(DEATHS, DEATH.text) == FIRST_ID
    assert await strangers.schema(FIRST_ID) == DEATH.text


async def test_a_change_that_readers_cannot_follow_is_incompatible_and_refused(
    strangers: RegistryClient,
) -> None:
    await strangers.register(DEATHS, DEATH.text)
    assert await strangers.compatible(DEATHS, with_field(default="")) is True
    assert await strangers.compatible(DEATHS, with_field()) is False
    with pytest.raises(RegistryError, match="Incompatible schema; make the change compatible"):
        await strangers.register(DEATHS, with_field())


async def test_a_first_schema_is_always_compatible(strangers: RegistryClient) -> None:
    assert await strangers.compatible("new-subject", DEATH.text) is True


async def test_the_registrys_ids_take_the_place_of_ours_and_decode_what_is_written_with_them(
    strangers: RegistryClient,
) -> None:
    found = await register_catalogue(strangers, CATALOGUE)
    assert min(found.versions) == FIRST_ID
    assert len(found.versions) == len(CATALOGUE.versions)
    theirs = {(one.record, one.version): one for one in found.versions.values()}
    for schema in CATALOGUE.versions.values():
        assert theirs[schema.record, schema.version].text == schema.text
        number = theirs[schema.record, schema.version].id
        assert await strangers.schema(number) == schema.text
    watermark = SourceWatermark("civil-registry", datetime(2024, 3, 1, tzinfo=UTC), 7, 3)
    framed = Codec(found).encode(watermark)
    assert int.from_bytes(framed[1:5]) == found.latest("SourceWatermark").id >= FIRST_ID
    assert Codec(found).decode(framed) == watermark
    again = await register_catalogue(strangers, CATALOGUE)
    assert again == found


async def test_versions_are_registered_oldest_first(strangers: RegistryClient) -> None:
    second = LockedSchema(1, 2, "Death", with_field(default=""))
    first = LockedSchema(2, 1, "Death", DEATH.text)
    found = await register_catalogue(strangers, Catalogue({1: second, 2: first}))
    assert [schema.version for _, schema in sorted(found.versions.items())] == [1, 2]


async def test_a_schema_can_be_read_from_our_own_registry_which_refuses_new_ones() -> None:
    app = FastAPI()
    app.include_router(registry_router(CATALOGUE))
    async with client_of(app, "/registry") as http:
        client = RegistryClient(http)
        assert await client.schema(DEATH.id) == DEATH.text
        with pytest.raises(RegistryError, match="Schema not found"):
            await client.schema(4_711)
        with pytest.raises(RegistryError, match=r"405|Method Not Allowed"):
            await client.register(subjects_of(DEATH)[0], DEATH.text)


async def test_something_that_is_no_registry_is_named_with_the_remedy() -> None:
    app = FastAPI(openapi_url=None)

    @app.get("/schemas/ids/{number}")
    async def page(number: str) -> list[str]:
        return [number]

    async with client_of(app) as http:
        with pytest.raises(RegistryError, match=r"registry\.test.*correct CIVICBUS_REGISTRY"):
            await RegistryClient(http).schema(1)


def test_a_registry_that_does_not_run_is_named_with_the_remedy() -> None:
    with pytest.raises(RegistryError, match=r"127\.0\.0\.1:1.*correct CIVICBUS_REGISTRY"):
        configured_catalogue("http://127.0.0.1:1")


def test_without_a_registry_the_ids_are_those_of_the_lock_file() -> None:
    assert configured_catalogue(None) == CATALOGUE


async def test_a_configured_registry_is_asked_even_where_an_event_loop_runs() -> None:
    async with serving(strangers_registry(), "127.0.0.1", 0) as port:
        found = await asyncio.to_thread(configured_catalogue, f"http://127.0.0.1:{port}")
    assert min(found.versions) == FIRST_ID
    with pytest.raises(RegistryError, match=r"127\.0\.0\.1"):
        configured_catalogue(f"http://127.0.0.1:{port}")
