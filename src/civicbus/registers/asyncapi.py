"""The AsyncAPI document of the topics: `schemas/asyncapi.json`, for tools and for subscribers.

It is written from the lock file, the topic families and the broker's configuration, and describes
the bus as a subscriber sees it: subscribers `receive`; departments' connectors, and for the
quarantine workers, `send`. The schemas in it are those that publishers write now, word for word as
the bus serves them. JSON, because AsyncAPI takes it as well as YAML and needs no library for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civicbus import __version__
from civicbus.broker.topics import topic_config
from civicbus.domain.events import ABOUT_EVENTS, CONTROL_TYPES, SourceWatermark
from civicbus.registers.asyncapi_messages import KAFKA, Json, components
from civicbus.settings import Settings
from civicbus.wire.schemas import load_catalogue, schema_folder
from civicbus.wire.topics import PERSON_TOPICS, POSITION_TOPIC, QUARANTINE_TOPIC, REFUSED_ROW_TOPIC

ASYNCAPI = "asyncapi.json"
AVRO = "application/vnd.apache.avro"
REGISTRY_PATH = "/registry"

DESCRIPTION = """\
What departments share on the bus, as a subscriber sees it: subscribers `receive`, the connectors \
of departments `send`. Each act is an event, written once under the key of each person whom it \
concerns, with the same event id; a correction is a new event that names the one it changes. What \
only the bus's operators write is in no `send`.

A record on Kafka is a zero byte, the schema id in four bytes, big-endian, and the Avro body \
(Confluent's framing). A topic holds several record types, so subjects are named by topic and \
record (TopicRecordNameStrategy); a worker's API serves the schemas as a registry does. Records of \
one person stand in one partition, in their order: the partition of a key is murmur2 of it, as \
with Kafka's own clients. Person topics are kept for ever. Read with \
`isolation.level=read_committed`: what a transaction has not committed is no fact.

In the Avro schemas `personal_data` says how near each field is to a person, and `legal_basis` the \
law by which it is held and shared. Addresses, partitions and replicas are the defaults; \
`civicbus topics list` tells a deployment's own partitions.

Generated from the schema files: `civicbus schemas asyncapi` writes it anew.
"""
SERVERS = {
    "development": ("kafka", "127.0.0.1:9092", "A broker of one's own, without TLS."),
    "production": (
        "kafka-secure",
        "broker.example:9093",
        "A deployment's brokers: TLS is demanded, and the registry is behind its own address.",
    ),
}
PRODUCTION_API = "https://bus.example"


@dataclass(frozen=True)
class Channel:
    """A topic as the document has it: its key there, and which messages may stand in it.

    `sent` are the messages that `writer` sends; what else there is comes from operators.
    """

    name: str
    topic: str
    title: str
    description: str
    messages: tuple[str, ...]
    reader: str
    writer: str
    sent: tuple[str, ...]


def write_asyncapi(folder: Path) -> Path:
    """Write the document beside the schemas; returns its path.

    Raises:
        SchemaError: as for `asyncapi_text`.
    """
    path = folder / ASYNCAPI
    path.write_text(asyncapi_text(folder), encoding="utf-8")
    return path


def asyncapi_text(folder: Path | None = None) -> str:
    """The document for the schemas of a folder; the same schemas give the same bytes.

    Raises:
        SchemaError: if the lock file cannot be read, or a record of some topic has no schema in it.
    """
    return json.dumps(_document(folder or schema_folder()), ensure_ascii=False, indent=1) + "\n"


def _document(folder: Path) -> Json:
    # Of the defaults alone: what whoever generates it has configured is no part of the document.
    defaults = Settings.model_construct()
    channels = [*_person_channels(), *_other_channels()]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "civicbus",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
        },
        "defaultContentType": AVRO,
        "servers": _servers(defaults),
        "channels": {channel.name: _channel(channel, defaults) for channel in channels},
        "operations": dict(_operations(channels, defaults)),
        "components": components(load_catalogue(folder)),
    }


def _servers(defaults: Settings) -> Json:
    apis = {"development": defaults.advertised(), "production": PRODUCTION_API}
    return {
        name: {
            "host": "{broker}",
            "protocol": protocol,
            "description": description,
            "variables": {
                "broker": {
                    "default": broker,
                    "description": "Host and port of a broker: CIVICBUS_BROKER.",
                }
            },
            "bindings": {
                "kafka": {
                    "schemaRegistryUrl": apis[name] + REGISTRY_PATH,
                    "schemaRegistryVendor": "confluent",
                    **KAFKA,
                }
            },
        }
        for name, (protocol, broker, description) in SERVERS.items()
    }


def _person_channels() -> Iterator[Channel]:
    for topic, family in PERSON_TOPICS.items():
        own = _names(family.own_types)
        yield Channel(
            family.name,
            topic,
            f"Events of the family {family.name}",
            f"{', '.join(own)}; what withdraws, disputes or stands in for such an event; and how "
            "far each source is known.",
            _names([*family.record_types, *CONTROL_TYPES]),
            "A subscriber",
            "A connector",
            _names([*family.own_types, *ABOUT_EVENTS, SourceWatermark]),
        )


def _other_channels() -> Iterator[Channel]:
    refused = ("RefusedRecord", "RefusedRecordOutcome")
    yield Channel(
        "quarantine",
        QUARANTINE_TOPIC,
        "Records that the guard refused",
        "Each record of a person topic that a worker refused, byte for byte, with the reason in "
        "headers named as Kafka Connect names them; and what was done about it later. For the "
        "operators: what a record holds is of no known form.",
        refused,
        "An operator",
        "A worker",
        refused[:1],
    )
    rows = ("RefusedRow", "SettledRow")
    yield Channel(
        "refused-row",
        REFUSED_ROW_TOPIC,
        "Notes about rows that a connector could not map",
        "Which Refusal stands for which row, so that a connector which starts again finds its own "
        "refusals and annuls them when the rows can be mapped. Compacted; a source's notes stand "
        "in the partition of its name.",
        rows,
        "A connector",
        "A connector",
        rows,
    )
    yield Channel(
        "position",
        POSITION_TOPIC,
        "Where connectors read on",
        "How far a connector has read its department's system, kept behind the events that came of "
        "it, so that one which starts again goes on from there. Compacted; a source's positions "
        "stand in the partition of its name.",
        ("Position",),
        "A connector",
        "A connector",
        ("Position",),
    )


def _channel(channel: Channel, defaults: Settings) -> Json:
    configuration = topic_config(channel.topic, defaults.replication)
    return {
        "address": channel.topic,
        "title": channel.title,
        "description": channel.description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in channel.messages},
        "bindings": {
            "kafka": {
                "topic": channel.topic,
                "partitions": defaults.partitions,
                "replicas": defaults.replication,
                "topicConfiguration": {
                    name: _typed(name, value) for name, value in configuration.items()
                },
                **KAFKA,
            }
        },
    }


def _typed(name: str, value: str) -> Any:
    """A topic's configuration value as the binding has it; Kafka itself only has texts."""
    if name == "cleanup.policy":
        return value.split(",")
    return int(value) if value.removeprefix("-").isdigit() else value


def _operations(channels: Iterable[Channel], defaults: Settings) -> Iterator[tuple[str, Json]]:
    group = {
        "type": "string",
        "description": f"A group of the subscriber's own; `{defaults.group}` is the workers'.",
        "not": {"const": defaults.group},
    }
    for channel in channels:
        suffix = channel.name.title().replace("-", "")
        reference = {"$ref": f"#/channels/{channel.name}"}
        yield (
            f"receive{suffix}",
            {
                "action": "receive",
                "channel": reference,
                "summary": f"{channel.reader} reads {channel.topic}.",
                "bindings": {"kafka": {"groupId": group, **KAFKA}},
            },
        )
        yield (
            f"send{suffix}",
            {
                "action": "send",
                "channel": reference,
                "summary": f"{channel.writer} writes to {channel.topic}.",
                "messages": [
                    {"$ref": f"#/channels/{channel.name}/messages/{name}"} for name in channel.sent
                ],
            },
        )


def _names(kinds: Iterable[type]) -> tuple[str, ...]:
    return tuple(kind.__name__ for kind in kinds)
