"""Records as Kafka gives them, good ones by the hundred, and old versions of schemas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from civicbus.domain.events import ControlRecord, Dismissal, Event, SourceWatermark
from civicbus.domain.families import FAMILIES
from civicbus.wire.codec import Codec
from civicbus.wire.records import to_millis
from civicbus.wire.schemas import Catalogue, LockedSchema, Schema, load_catalogue, named_types
from civicbus.wire.topics import watermark_key
from tests.builders import LEAST
from tests.wire.makers import ENVIRONMENT, NOW, SOURCES, event

PUBLISHERS = {source: frozenset(FAMILIES) for source in SOURCES}
# Events about events may stand in any topic; the tests put them into these.
FAMILY_OF = {"Annulment": "birth", "RangeVoid": "birth", "Dispute": "death", "Refusal": "death"}


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def codec() -> Codec:
    return Codec(catalogue())


@cache
def avro_of(kind: str) -> tuple[Schema, dict[str, Schema]]:
    """The latest schema of a type, and every type in it by name."""
    schema: Schema = json.loads(catalogue().latest(kind).text)
    return schema, named_types(schema)


@dataclass(frozen=True)
class Record:
    """A Kafka record as a consumer gives it."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = field(default=())
    partition: int = 0
    timestamp: int = to_millis(NOW)


def family_of(kind: str) -> str:
    (own,) = (one.family for one in LEAST if one.__name__ == kind)
    return own or FAMILY_OF[kind]


def topic_of(kind: str) -> str:
    return FAMILIES[family_of(kind)].topic


def record_of(said: Event | SourceWatermark, **more: Any) -> Record:
    """The record as a publisher that keeps to the rules sends it."""
    if isinstance(said, SourceWatermark):
        return Record(watermark_key(said.source), codec().encode(said), **more)
    return Record(said.header.keys()[0].encode(), codec().encode(said), **more)


@cache
def good_record(kind: str, seed: int) -> Record:
    """A record that may enter the topic of its type."""
    return record_of(event(kind, seed))


def good_records(kind: str, count: int) -> tuple[Record, ...]:
    """Different records of one type, all of which may enter its topic."""
    return tuple(good_record(kind, seed) for seed in range(1000, 1000 + count))


def watermark(**more: Any) -> SourceWatermark:
    return replace(SourceWatermark(SOURCES[0], NOW, 7, 5, ENVIRONMENT), **more)


# One of each type that is no event.
CONTROL: dict[str, ControlRecord] = {
    "SourceWatermark": watermark(),
    "Dismissal": Dismissal(5, ENVIRONMENT),
}


def older(schema: LockedSchema, schema_id: int, without: Sequence[str]) -> LockedSchema:
    """A version of a schema from before some fields, named by their last name."""

    def cut(part: Any) -> Any:
        if isinstance(part, list):
            return [cut(item) for item in part if not _named(item, without)]
        if isinstance(part, dict):
            return {name: cut(value) for name, value in part.items()}
        return part

    return replace(schema, id=schema_id, version=0, text=json.dumps(cut(json.loads(schema.text))))


def _named(part: Any, names: Sequence[str]) -> bool:
    return isinstance(part, dict) and part.get("name") in names and "type" in part
