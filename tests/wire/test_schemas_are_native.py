"""Our schemas use only what the native decoder knows, and what it reads is what fastavro reads.

The guard screens whole blocks with pyruhvro. It does not know `uuid`, `fixed`, `bytes` and
`decimal`, and a recursive schema could exhaust the stack of any decoder.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from civicbus.wire import native
from civicbus.wire.codec import FRAME
from civicbus.wire.guard_layout import layout_of
from civicbus.wire.schemas import LockedSchema, named_types, read_schemas
from tests.wire.corpus import CONTROL, catalogue, codec
from tests.wire.makers import KINDS, event

PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "string"}
LOGICAL = {("int", "date"), ("long", "timestamp-millis"), ("long", "timestamp-micros")}

LOCKED = [
    pytest.param(schema, id=f"{schema.record}-{schema.version}")
    for schema in catalogue().versions.values()
]
RECORDS = [*KINDS, *CONTROL]


def foreign(schema: Any, named: dict[str, Any], inside: tuple[str, ...] = ()) -> set[str]:
    """The types in a schema that the native decoder does not know, and recursion."""
    if isinstance(schema, list):
        union = set() if len(schema) == 2 and schema[0] == "null" else {"a union of its own"}
        return union.union(*(foreign(part, named, inside) for part in schema))
    if isinstance(schema, str):
        if schema not in named:
            return {schema} - PRIMITIVES
        schema = named[schema]
    kind = schema["type"]
    if kind == "enum":
        return set()
    if kind in ("array", "map"):
        return foreign(schema.get("items", schema.get("values")), named, inside)
    if kind == "record":
        if schema["name"] in inside:
            return {"recursion"}
        within = (*inside, schema["name"])
        return set().union(*(foreign(part["type"], named, within) for part in schema["fields"]))
    logical = schema.get("logicalType")
    if logical is not None and (kind, logical) not in LOGICAL:
        return {logical}
    return {kind} - PRIMITIVES


@pytest.mark.parametrize("schema", LOCKED)
def test_a_locked_schema_uses_native_types_only(schema: LockedSchema) -> None:
    avro = json.loads(schema.text)
    assert foreign(avro, named_types(avro)) == set()


@pytest.mark.parametrize("record", sorted(read_schemas()))
def test_a_schema_file_uses_native_types_only(record: str) -> None:
    avro = read_schemas()[record]
    assert foreign(avro, named_types(avro)) == set()


@pytest.mark.parametrize(
    ("avro", "found"),
    [
        ("bytes", {"bytes"}),
        ({"type": "string", "logicalType": "uuid"}, {"uuid"}),
        ({"type": "bytes", "logicalType": "decimal"}, {"decimal"}),
        ({"type": "fixed", "name": "F", "size": 4}, {"fixed"}),
        (["string", "int"], {"a union of its own"}),
        ({"type": "array", "items": "bytes"}, {"bytes"}),
    ],
)
def test_the_rule_finds_what_is_not_native(avro: Any, found: set[str]) -> None:
    assert foreign({"type": "record", "name": "R", "fields": [{"type": avro}]}, {}) == found


def test_the_rule_finds_recursion() -> None:
    avro = {"type": "record", "name": "R", "fields": [{"type": ["null", "civic.R"]}]}
    assert foreign(avro, {"civic.R": avro}) == {"recursion"}


@pytest.mark.parametrize("record", RECORDS)
def test_the_native_decoder_reads_what_the_codec_writes(record: str) -> None:
    said = [CONTROL[record]] if record in CONTROL else [event(record, n) for n in range(50)]
    bodies = [codec().encode(one)[FRAME.size :] for one in said]
    batch = native.columns(bodies, catalogue().latest(record).text)
    assert batch is not None
    assert batch.num_rows == len(said)


@pytest.mark.parametrize("record", KINDS)
def test_the_latest_schema_of_every_event_can_be_screened(record: str) -> None:
    assert layout_of(catalogue().latest(record)) is not None
