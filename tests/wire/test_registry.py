"""The catalogue as a registry's read API: its answers, and Confluent's own client reading them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext
from fastapi import FastAPI

from civicbus.api.registry import registry_router
from civicbus.domain.events import SourceWatermark
from civicbus.http.serving import serving
from civicbus.wire.codec import Codec
from civicbus.wire.registry import NoSuchEntryError, RegistryView, subjects_of
from civicbus.wire.schemas import Catalogue, LockedSchema, load_catalogue

CATALOGUE = load_catalogue()
VIEW = RegistryView(CATALOGUE)
DEATHS = "civic.death.v1-civic.Death"


def two_versions() -> Catalogue:
    """A catalogue in which deaths have two versions, the second with the id 999."""
    first = CATALOGUE.versions[2]
    text = first.text.replace('"doc":', '"doc":"Second. "+', 1).replace('"Second. "+"', '"Second. ')
    others = {n: schema for n, schema in CATALOGUE.versions.items() if schema.record != "Death"}
    return Catalogue({**others, 2: first, 999: LockedSchema(999, 2, "Death", text)})


@pytest.fixture
async def client() -> AsyncIterator[SchemaRegistryClient]:
    app = FastAPI()
    app.include_router(registry_router(two_versions()))
    async with serving(app, "127.0.0.1", 0) as port:
        with SchemaRegistryClient({"url": f"http://127.0.0.1:{port}/registry"}) as client:
            yield client


def test_a_record_that_several_topics_hold_has_a_subject_in_each() -> None:
    assert subjects_of(CATALOGUE.latest("Death")) == (DEATHS,)
    watermarks = subjects_of(CATALOGUE.latest("SourceWatermark"))
    assert {"civic.birth.v1-civic.SourceWatermark", "civic.death.v1-civic.SourceWatermark"} < set(
        watermarks
    )
    assert set(VIEW.answer("subjects")) >= {DEATHS, *watermarks}


def test_a_version_is_found_by_its_number_and_as_the_latest() -> None:
    view = RegistryView(two_versions())
    assert view.answer("subjects", DEATHS, "versions") == [1, 2]
    assert view.answer("subjects", DEATHS, "versions", "latest")["id"] == 999
    first = view.answer("subjects", DEATHS, "versions", "1")
    assert first == {
        "subject": DEATHS,
        "version": 1,
        "id": 2,
        "schema": CATALOGUE.versions[2].text,
    }
    assert view.answer("subjects", DEATHS, "versions", "1", "schema") == json.loads(first["schema"])


def test_a_schema_is_found_by_its_id_and_says_where_it_is_used() -> None:
    assert VIEW.answer("schemas", "ids", "2") == {"schema": CATALOGUE.versions[2].text}
    assert VIEW.answer("schemas", "ids", "2", "versions") == [{"subject": DEATHS, "version": 1}]


@pytest.mark.parametrize(
    ("path", "code", "status"),
    [
        (("subjects", "civic.death.v1-value", "versions"), 40401, 404),
        (("subjects", DEATHS, "versions", "999"), 40402, 404),
        (("subjects", DEATHS, "versions", "0"), 42202, 422),
        (("subjects", DEATHS, "versions", "-1"), 42202, 422),
        (("subjects", DEATHS, "versions", "٣"), 42202, 422),
        (("subjects", DEATHS, "versions", "9" * 5000), 42202, 422),
        (("schemas", "ids", "4711"), 40403, 404),
        (("schemas", "ids", "x"), 40403, 404),
        (("schemas", "ids", "9" * 5000), 40403, 404),
        (("schemas",), 404, 404),
        (("",), 404, 404),
    ],
    ids=lambda value: "/".join(value)[:60] if isinstance(value, tuple) else None,
)
def test_what_is_not_there_is_told_with_the_registrys_own_code(
    path: tuple[str, ...], code: int, status: int
) -> None:
    with pytest.raises(NoSuchEntryError) as caught:
        VIEW.answer(*path)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert caught.value.document()["error_code"] == code


async def test_confluents_client_reads_subjects_versions_and_schemas(
    client: SchemaRegistryClient,
) -> None:
    def read() -> None:
        assert client.get_subjects() == RegistryView(two_versions()).answer("subjects")
        assert client.get_versions(DEATHS) == [1, 2]
        latest = client.get_latest_version(DEATHS)
        assert (latest.schema_id, latest.version) == (999, 2)
        assert client.get_version(DEATHS, 1).schema_id == 2
        told = json.loads(client.get_schema(CATALOGUE.latest("Birth").id).schema_str or "")
        assert told["fields"][1]["personal_data"] == "personal"
        assert client.get_schema(1).schema_str == CATALOGUE.versions[1].text

    await asyncio.to_thread(read)


async def test_confluents_client_understands_that_something_is_not_there(
    client: SchemaRegistryClient,
) -> None:
    with pytest.raises(SchemaRegistryError) as caught:
        await asyncio.to_thread(client.get_schema, 4_711)
    assert (caught.value.http_status_code, caught.value.error_code) == (404, 40403)
    with pytest.raises(SchemaRegistryError) as caught:
        await asyncio.to_thread(client.get_latest_version, "nobodys-subject")
    assert caught.value.error_code == 40401


async def test_confluents_deserializer_decodes_our_records_through_it(
    client: SchemaRegistryClient,
) -> None:
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    framed = Codec(CATALOGUE).encode(SourceWatermark("civil-registry", noon, 7, 3, "test"))
    context = SerializationContext("civic.death.v1", MessageField.VALUE)
    found = await asyncio.to_thread(AvroDeserializer(client), framed, context)
    assert found == {
        "source": "civil-registry",
        "complete_through": noon,
        "sequence": 7,
        "partition_records": 3,
        "environment": "test",
    }
