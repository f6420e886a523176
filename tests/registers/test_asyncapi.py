"""The AsyncAPI document of the topics: current, complete, and true of what the bus does.

Method: what it says is compared with the parts of the bus that do it, above all with the registry
and with what is written to Kafka. `test_asyncapi_valid` holds it to the published specification.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import fastavro
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from jsonschema_rs import Draft7Validator
from typer.testing import CliRunner

from civicbus.api.registry import registry_router
from civicbus.broker.topics import REQUIRED_CONFIG
from civicbus.cli.schemas_command import schemas as commands
from civicbus.connect.inputs.outbox_place import Place as OutboxPlace
from civicbus.connect.kept_position import encode_position
from civicbus.domain.events import CONTROL_TYPES, EVENT_TYPES
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.engine.quarantine import (
    Outcome,
    Place,
    RefusedRecord,
    Settled,
    error_headers,
    outcome_headers,
)
from civicbus.registers.asyncapi import ASYNCAPI, asyncapi_text
from civicbus.wire.codec import FRAME, Codec
from civicbus.wire.registry import RegistryView
from civicbus.wire.releases import Release, ReleaseSeal
from civicbus.wire.row_notes import RowNote
from civicbus.wire.schemas import LOCK_FILE, load_catalogue, read_schemas, schema_folder
from civicbus.wire.topics import (
    ALL_TOPICS,
    COMPACTED_TOPICS,
    PERSON_TOPICS,
    POSITION_TOPIC,
    QUARANTINE_TOPIC,
    REFUSED_ROW_TOPIC,
    watermark_key,
)
from tests.wire.evolutions import GOOD
from tests.wire.makers import event

DOCUMENT: dict[str, Any] = json.loads(asyncapi_text())
CHANNELS: dict[str, Any] = {
    channel["address"]: channel for channel in DOCUMENT["channels"].values()
}
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]
RECORDS = [kind.__name__ for kind in (*EVENT_TYPES, *CONTROL_TYPES)]
CATALOGUE = load_catalogue()
VIEW = RegistryView(CATALOGUE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "schemas"
    shutil.copytree(schema_folder(), copy)
    return copy


def target(reference: dict[str, str]) -> Any:
    """What a reference points at."""
    found: Any = DOCUMENT
    for part in reference["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def references(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def operations(action: str, channel: str) -> list[dict[str, Any]]:
    return [
        operation
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == action and target(operation["channel"])["address"] == channel
    ]


def key_schema(message: str) -> Any:
    return target(MESSAGES[message]["bindings"])["kafka"]["key"]


def headers_fit(message: str, headers: list[tuple[str, bytes]]) -> bool:
    """True if a message tells of each of the headers, and they are as it tells."""
    schema = MESSAGES[message]["headers"]
    schema = target(schema) if "$ref" in schema else schema
    told = {name: value.decode() for name, value in headers}
    return Draft7Validator(schema | {"additionalProperties": False}).is_valid(told)


def test_the_document_is_current() -> None:
    """Run `civicbus schemas asyncapi` if this fails."""
    assert (schema_folder() / ASYNCAPI).read_text(encoding="utf-8") == asyncapi_text()


def test_it_does_not_depend_on_what_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVICBUS_PARTITIONS", "64")
    monkeypatch.setenv("CIVICBUS_API_PORT", "81")
    assert json.loads(asyncapi_text()) == DOCUMENT


def test_the_command_writes_it_beside_the_schemas(folder: Path) -> None:
    (folder / ASYNCAPI).unlink()
    result = CliRunner().invoke(commands, ["asyncapi", "--folder", str(folder)])
    assert result.exit_code == 0
    assert result.stdout.strip() == str(folder / ASYNCAPI)
    assert (folder / ASYNCAPI).read_text(encoding="utf-8") == asyncapi_text()


def test_a_new_version_is_in_it_once_it_is_locked(folder: Path) -> None:
    GOOD[0].make(folder)
    assert json.loads(asyncapi_text(folder)) == DOCUMENT
    assert CliRunner().invoke(commands, ["lock", "--folder", str(folder)]).exit_code == 0
    birth = json.loads((folder / ASYNCAPI).read_text(encoding="utf-8"))["components"]["messages"][
        "Birth"
    ]
    assert birth["x-schema-id"] == load_catalogue(folder).latest("Birth").id
    assert birth["x-schema-version"] == MESSAGES["Birth"]["x-schema-version"] + 1


def test_a_record_that_was_never_locked_is_told_by_name(folder: Path) -> None:
    lock = json.loads((folder / LOCK_FILE).read_text(encoding="utf-8"))
    lock["schemas"] = [entry for entry in lock["schemas"] if entry["record"] != "Birth"]
    (folder / LOCK_FILE).write_text(json.dumps(lock), encoding="utf-8")
    result = CliRunner().invoke(commands, ["asyncapi", "--folder", str(folder)])
    assert result.exit_code == 1
    assert "no version of Birth is locked" in result.stderr


def test_every_topic_is_a_channel_and_nothing_else_is() -> None:
    assert list(CHANNELS) == list(ALL_TOPICS)
    assert len(DOCUMENT["channels"]) == len(ALL_TOPICS)
    for topic, channel in CHANNELS.items():
        assert channel["bindings"]["kafka"]["topic"] == topic


@pytest.mark.parametrize("topic", ALL_TOPICS)
def test_a_subscriber_receives_from_every_topic_and_the_bus_sends_to_it(topic: str) -> None:
    (receive,) = operations("receive", topic)
    (send,) = operations("send", topic)
    assert "messages" not in receive  # so it receives whatever may stand there
    sent = [reference["$ref"].rpartition("/")[2] for reference in send["messages"]]
    of_operators = {"Dismissal", "RefusedRecordOutcome"}
    assert set(sent) == set(CHANNELS[topic]["messages"]) - of_operators


@pytest.mark.parametrize("topic", PERSON_TOPICS)
def test_a_person_topic_has_the_messages_that_the_registry_has_for_it(topic: str) -> None:
    subjects = {subject for subject in VIEW.answer("subjects") if subject.startswith(f"{topic}-")}
    messages = CHANNELS[topic]["messages"].values()
    assert {f"{topic}-{target(message)['name']}" for message in messages} == subjects
    everywhere = {"Annulment", "Refusal", "SourceWatermark", "Dismissal"}
    assert everywhere < set(CHANNELS[topic]["messages"])


@pytest.mark.parametrize("record", RECORDS)
def test_a_payload_is_avro_and_what_the_registry_serves(record: str) -> None:
    message = MESSAGES[record]
    payload = target(message["payload"])
    assert payload["schemaFormat"] == "application/vnd.apache.avro;version=1.9.0"
    assert fastavro.parse_schema(payload["schema"])
    topic = next(topic for topic in CHANNELS if record in CHANNELS[topic]["messages"])
    served = VIEW.answer("subjects", f"{topic}-civic.{record}", "versions", "latest")
    assert payload["schema"] == json.loads(served["schema"])
    assert (message["x-schema-id"], message["x-schema-version"]) == (
        served["id"],
        served["version"],
    )


@pytest.mark.parametrize("record", RECORDS)
def test_a_payload_keeps_the_personal_data_class_and_the_law_of_every_field(record: str) -> None:
    schema = target(MESSAGES[record]["payload"])["schema"]
    assert schema == read_schemas()[record]
    assert all(part["personal_data"] and part["legal_basis"] for part in schema["fields"])


def test_the_schema_id_stands_where_the_bindings_say() -> None:
    framed = Codec(CATALOGUE).encode(event("Death", 1))
    binding = target(MESSAGES["Death"]["bindings"])["kafka"]
    length = int(binding["schemaIdPayloadEncoding"])
    assert binding["schemaIdLocation"] == "payload"
    assert int.from_bytes(framed[1 : 1 + length], "big") == MESSAGES["Death"]["x-schema-id"]
    assert FRAME.size == 1 + length


@pytest.mark.parametrize("message", MESSAGES)
def test_a_subject_is_named_where_the_registry_has_one(message: str) -> None:
    binding = target(MESSAGES[message].get("bindings", {"$ref": "info"})).get("kafka", {})
    expected = "TopicRecordNameStrategy" if message in RECORDS else None
    assert binding.get("schemaLookupStrategy") == expected
    is_avro = message in (*RECORDS, "RefusedRow")
    assert binding.get("schemaIdPayloadEncoding") == ("4" if is_avro else None)


def test_topics_are_configured_as_they_are_created() -> None:
    for topic, channel in CHANNELS.items():
        binding = channel["bindings"]["kafka"]
        assert (binding["partitions"], binding["replicas"]) == (8, 1)
        configuration = binding["topicConfiguration"]
        assert REQUIRED_CONFIG.keys() < configuration.keys()
        compacted = topic in COMPACTED_TOPICS
        assert configuration == {
            "cleanup.policy": ["compact" if compacted else "delete"],
            "retention.ms": -1,
            "message.timestamp.type": "LogAppendTime",
            "compression.type": "lz4",
            "max.message.bytes": 262_144,
            "min.insync.replicas": 1,
        }


async def test_the_schemas_are_served_where_the_servers_say() -> None:
    app = FastAPI()
    app.include_router(registry_router(CATALOGUE))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://worker") as client:
        for server in DOCUMENT["servers"].values():
            binding = server["bindings"]["kafka"]
            assert binding["schemaRegistryVendor"] == "confluent"
            path = urlsplit(binding["schemaRegistryUrl"]).path
            answer = await client.get(f"{path}/schemas/ids/{MESSAGES['Birth']['x-schema-id']}")
            assert answer.json() == {"schema": CATALOGUE.latest("Birth").text}


def test_the_keys_are_those_that_records_have() -> None:
    person = person_key(Identifier("nl-bsn", "999991644"), b"secret")
    source = watermark_key("city-civil-registry").decode()
    for message, key in (
        ("Birth", person),
        ("Annulment", person),
        ("SourceWatermark", source),
        ("Dismissal", person),
        ("Dismissal", None),
        ("RefusedRow", event("Refusal", 1).header.event_id),
        ("Position", "city-civil-registry"),
    ):
        assert Draft7Validator(key_schema(message)).is_valid(key), message
    for message, key in (
        ("Birth", source),
        ("Birth", person[1:]),
        ("Birth", None),
        ("SourceWatermark", person),
        ("Dismissal", source),
        ("RefusedRow", person),
        ("Position", source),
    ):
        assert not Draft7Validator(key_schema(message)).is_valid(key), message


def test_the_headers_of_the_quarantine_are_those_that_are_written() -> None:
    place = Place("civic.birth.v1", 3, 42)
    at = {"topic": place.topic, "partition": 3, "offset": 42, "timestamp": 1_700_000_000_000}
    empty = SimpleNamespace(**at, key=None, value=None, headers=())
    refused = error_headers(RefusedRecord(empty, "range", "sequence must not be negative"))
    assert headers_fit("RefusedRecord", refused)
    assert not headers_fit("RefusedRecord", refused[1:])
    headers = (("name", b"h" * 40_000),)
    large = SimpleNamespace(**at, key=b"k" * 40_000, value=b"v" * 200_000, headers=headers)
    assert headers_fit("RefusedRecord", error_headers(RefusedRecord(large, "size", "too large")))
    outcome = outcome_headers(Outcome(place, Settled.DISMISSED, 2, "range", "a test", "somebody"))
    assert headers_fit("RefusedRecordOutcome", outcome)
    assert not headers_fit("RefusedRecordOutcome", refused)
    assert set(CHANNELS[QUARANTINE_TOPIC]["messages"]) == {"RefusedRecord", "RefusedRecordOutcome"}


def test_the_headers_of_notes_and_releases_are_those_that_are_written() -> None:
    note = RowNote("id", "city-civil-registry", "birth", "digest", "range").headers()
    seal = ReleaseSeal(b"operators").headers("civic.birth.v1", 3, None, None, Release(42, 2))
    for message in CHANNELS[REFUSED_ROW_TOPIC]["messages"]:
        assert headers_fit(message, note)
        assert not headers_fit(message, note[1:])
    assert headers_fit("Birth", [])
    assert headers_fit("Birth", seal)
    assert headers_fit("Dismissal", seal)
    assert not headers_fit("Dismissal", seal[1:])


def test_a_position_is_what_a_connector_keeps() -> None:
    assert set(CHANNELS[POSITION_TOPIC]["messages"]) == {"Position"}
    schema = Draft7Validator(MESSAGES["Position"]["payload"])
    assert schema.is_valid(json.loads(encode_position(OutboxPlace().kept())))
    assert not schema.is_valid([])


def test_every_reference_points_at_something() -> None:
    found = list(references(DOCUMENT))
    assert len(found) > len(RECORDS)
    assert all(isinstance(target(reference), dict) for reference in found)
