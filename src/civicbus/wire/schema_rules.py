"""The rules that every schema file keeps, whatever the version before it was like.

They keep a reader from being misled or overwhelmed: an old reader that meets a new symbol must see
UNKNOWN and never some fact; five bytes must not spell a million items; a default must not say what
no source has said; nothing about a person is shared that no law allows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from civicbus.wire.compatibility import Difference, resolved
from civicbus.wire.personal_data import untagged
from civicbus.wire.schemas import SHARED, Schema, full_name, named_types

UNKNOWN = "UNKNOWN"
NESTING_MAX = 8
FIELDS_MAX = 200
FILE_BYTES_MAX = 64 * 1024

# What the guard's native decoder knows, and every reader agrees about.
PRIMITIVES = {"null", "boolean", "int", "long", "string"}
LOGICAL = {("int", "date"), ("long", "timestamp-millis"), ("long", "timestamp-micros")}

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RETRACTION = re.compile(r"ANNUL|RETRACT|WITHDR[AE]W|CANCEL|VOID|DELET|REPEAL")
LOOK_ALIKES = str.maketrans("01i", "oll")
# `wire.peek` reads these without decoding the rest.
FIRST_OF_HEADER = ["event_id", "source", "source_sequence"]

PLAIN_NAME = "is not a name of plain letters, digits and underscores"


def rule_breaches(path: Path, schema: Schema) -> Iterator[Difference]:
    """What is wrong with a file and with the types that are defined in it."""
    yield from _file(path, schema)
    for name, named in named_types(schema).items():
        yield from _names(name, named)
        yield from _documented(name, named)
        if named["type"] == "enum":
            yield from _enum(name, named)
            continue
        yield from untagged(name, named)
        for part in named["fields"]:
            yield from _default(name, part)
            for kind in _kinds(part["type"]):
                yield from _kind(name, part["name"], kind)


def whole_breaches(schema: Schema) -> Iterator[Difference]:
    """What is wrong with a schema whose shared types are written out in it."""
    types = named_types(schema)
    name = full_name(schema)
    if sum(len(named.get("fields", ())) for named in types.values()) > FIELDS_MAX:
        yield Difference(name, "", f"has more than {FIELDS_MAX} fields", "make two records of it")
    yield from _deep(schema, types, name, "", ())
    header = types.get(f"civic.{SHARED.capitalize()}")
    if header is not None:
        if schema["fields"][0]["name"] != SHARED:
            yield Difference(name, SHARED, "is not the first field", "put it first")
        if [part["name"] for part in header["fields"][:3]] != FIRST_OF_HEADER:
            remedy = f"begin it with {', '.join(FIRST_OF_HEADER)}"
            yield Difference(full_name(header), "", "begins otherwise than readers expect", remedy)


def read_strictly(path: Path) -> tuple[Any, list[str]]:
    """The JSON of a file, and the keys that stand twice in one object: readers take either."""
    twice: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in items]
        twice.extend({key for key in keys if keys.count(key) > 1})
        return dict(items)

    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=pairs), twice


def _file(path: Path, schema: Schema) -> Iterator[Difference]:
    name = full_name(schema)
    if path.stat().st_size > FILE_BYTES_MAX:
        kib = FILE_BYTES_MAX // 1024
        yield Difference(name, "", f"stands in a file larger than {kib} KiB", "make it smaller")
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", schema["name"]).lower()
    if path.stem != stem:
        remedy = f"rename the file to {stem}.avsc"
        yield Difference(name, "", "stands in a file of another name", remedy)


def _names(name: str, named: Schema) -> Iterator[Difference]:
    parts = named.get("symbols") or [part["name"] for part in named["fields"]]
    if not all(NAME.fullmatch(part) for part in name.split(".")):
        yield Difference(name, "", PLAIN_NAME, "rename it")
    if named.get("namespace", "civic") != "civic":
        yield Difference(name, "", "has a namespace of its own", "use the namespace civic")
    for part in parts:
        if not NAME.fullmatch(part):
            yield Difference(name, part, PLAIN_NAME, "rename it")
    for part, other in too_alike(parts):
        yield Difference(name, part, f"is too like the name {other}", "choose another name")


def too_alike(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names that differ from another only by case, underscores, or letters that look alike."""
    seen: dict[str, str] = {}
    for name in names:
        bare = name.lower().replace("_", "").translate(LOOK_ALIKES)
        other = seen.setdefault(bare, name)
        if other != name:
            yield name, other


def _documented(name: str, named: Schema) -> Iterator[Difference]:
    for part, described in [("", named), *((p["name"], p) for p in named.get("fields", ()))]:
        if not str(described.get("doc", "")).strip():
            yield Difference(name, part, "has no doc", "say in a sentence what it means")
        if "aliases" in described:
            remedy = "remove it; add a new field and keep the old one"
            yield Difference(name, part, "has an alias, which could swap two fields", remedy)


def _enum(name: str, enum: Schema) -> Iterator[Difference]:
    if UNKNOWN not in enum["symbols"] or enum.get("default") != UNKNOWN:
        problem = "lets an old reader take a new symbol for a fact"
        remedy = f"add the symbol {UNKNOWN} and make it the enum's default"
        yield Difference(name, "", problem, remedy)
    for symbol in enum["symbols"]:
        if RETRACTION.search(symbol.upper()):
            problem = "withdraws something, and an old reader would not see that"
            remedy = "publish an Annulment, which is a record of its own"
            yield Difference(name, symbol, problem, remedy)


def _default(record: str, part: Schema) -> Iterator[Difference]:
    default = part.get("default")
    if default not in (None, [], {}):
        problem = f"has the default {json.dumps(default)}, which states what no source has said"
        yield Difference(record, part["name"], problem, 'make it ["null", ...], default null')


def _kinds(schema: Any) -> Iterator[Any]:
    """A type and the nameless types in it; what has a name is looked at by itself."""
    yield schema
    if isinstance(schema, list):
        for part in schema:
            yield from _kinds(part)
    elif isinstance(schema, dict) and "name" not in schema:
        for key in ("items", "values"):
            if key in schema:
                yield from _kinds(schema[key])


def _kind(record: str, field: str, schema: Any) -> Iterator[Difference]:
    if isinstance(schema, list):
        if len(schema) != 2 or schema[0] != "null" or schema[1] == "null":
            problem = "is a choice other than between null and one type"
            yield Difference(record, field, problem, "make an optional field of each")
        return
    kind = schema if isinstance(schema, str) else schema["type"]
    logical = None if isinstance(schema, str) else schema.get("logicalType")
    if kind in ("float", "double"):
        remedy = "use long in the smallest unit, or string"
        yield Difference(record, field, f"is a {kind}, which is not exact", remedy)
    elif "." not in kind and kind not in PRIMITIVES | {"record", "enum", "array", "map"}:
        yield Difference(record, field, f"is of the type {kind}", "use string, int or long")
    elif logical is not None and (kind, logical) not in LOGICAL:
        remedy = "use date or timestamp-millis, or leave it out"
        yield Difference(record, field, f"is of the logical type {logical}", remedy)


def _deep(
    schema: Any, types: Mapping[str, Schema], record: str, field: str, inside: tuple[str, ...]
) -> Iterator[Difference]:
    """Recursion, nesting without end, and items that take no bytes."""
    schema = resolved(schema, types)
    if isinstance(schema, list):
        for part in schema:
            yield from _deep(part, types, record, field, inside)
    elif isinstance(schema, dict):
        name = full_name(schema) if "name" in schema else str(schema["type"])
        if name in inside and "name" in schema:
            remedy = "name the other record by its id instead"
            yield Difference(record, field, "makes the record hold itself", remedy)
            return
        if len(inside) >= NESTING_MAX:
            problem = f"is nested deeper than {NESTING_MAX}"
            yield Difference(record, field, problem, "make the record flatter")
            return
        for part in schema.get("fields", ()):
            yield from _deep(part["type"], types, name, part["name"], (*inside, name))
        for key in {"items", "values"} & schema.keys():
            if _takes_no_bytes(schema[key], types):
                problem = "has items of no bytes, of which a short message could spell millions"
                yield Difference(record, field, problem, "use a number that counts them")
            yield from _deep(schema[key], types, record, field, (*inside, name))


def _takes_no_bytes(item: Any, types: Mapping[str, Schema]) -> bool:
    item = resolved(item, types)
    return item == "null" or (
        isinstance(item, dict)
        and item["type"] == "record"
        and all(_takes_no_bytes(part["type"], types) for part in item["fields"])
    )
