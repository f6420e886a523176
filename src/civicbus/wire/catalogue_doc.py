"""The shared-information catalogue: `schemas/README.md`, written from the schema files.

A page for people. It says in which topic which record stands and what each field means, in the
words of the schemas; whatever is wrong on it is wrong in a schema's `doc`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from civicbus.domain.families import FAMILIES
from civicbus.wire.compatibility import resolved
from civicbus.wire.schemas import (
    Schema,
    load_catalogue,
    named_types,
    read_schemas,
    schema_folder,
)

README = "README.md"

INTRODUCTION = """\
# Shared information

What departments share on the bus: each record with its fields, their types and their meaning.
`civicbus schemas readme` writes this page from the schema files beside it; edit those.

A record on Kafka is a zero byte, the schema id in four bytes, and the Avro body (Confluent's
framing). The ids stand in `schema-ids.lock.json`, which the bus also serves as a schema registry.
A new version must be readable by everybody who knows an older one, and the other way round:
`civicbus schemas check` says what is not, `civicbus schemas lock` gives a new version its id.

## Topics

Records are keyed by person key, watermarks by their source. All topics have the same number of
partitions; the partition of a key is murmur2 of it, as with Kafka's own clients.

| topic | records |
| --- | --- |
"""
RECORDS = """
## Records
"""
SHARED_TYPES = """
## Shared types
"""
CODE_LISTS = """
## Code lists

`UNKNOWN` is what an old reader sees in place of a code that it does not know; nobody writes it.

| list | codes | meaning |
| --- | --- | --- |
"""
KINDS = {"timestamp-millis": "time (UTC, to the millisecond)", "date": "day"}


def write_readme(folder: Path) -> Path:
    """Write the page beside the schemas; returns its path."""
    path = folder / README
    path.write_text(readme_text(folder), encoding="utf-8")
    return path


def readme_text(folder: Path | None = None) -> str:
    """The page for the schemas of a folder.

    Raises:
        SchemaError: if the schemas or the lock file cannot be read.
    """
    folder = folder or schema_folder()
    records = read_schemas(folder)
    types: dict[str, Schema] = {}
    for schema in records.values():
        types |= named_types(schema)
    versions = load_catalogue(folder).versions.values()
    latest = {locked.record: locked for locked in sorted(versions, key=lambda one: one.version)}
    page = [INTRODUCTION, *_topics(), RECORDS]
    for name in sorted(records):
        locked = latest.get(name)
        note = f"Version {locked.version}, id {locked.id}." if locked else "Not locked yet."
        page += [_section(records[name], note), *_fields(records[name], types)]
    page.append(SHARED_TYPES)
    for named in types.values():
        if named["type"] == "record" and named["name"] not in records:
            page += [_section(named), *_fields(named, types)]
    page += [CODE_LISTS, *_codes(types)]
    return "".join(page)


def _topics() -> Iterator[str]:
    for family in FAMILIES.values():
        names = [*(kind.__name__ for kind in family.record_types), "SourceWatermark"]
        links = ", ".join(f"[{name}](#{name.lower()})" for name in names)
        yield f"| `{family.topic}` | {links} |\n"


def _section(record: Schema, note: str = "") -> str:
    return f"\n### {record['name']}\n\n{record['doc']} {note}".rstrip() + "\n\n"


def _fields(record: Schema, types: Mapping[str, Schema]) -> Iterator[str]:
    yield "| field | type | meaning |\n| --- | --- | --- |\n"
    for part in record["fields"]:
        yield f"| `{part['name']}` | {_type(part['type'], types)} | {_cell(part['doc'])} |\n"


def _codes(types: Mapping[str, Schema]) -> Iterator[str]:
    for name in sorted(types):
        enum = types[name]
        if enum["type"] == "enum":
            symbols = ", ".join(f"`{symbol}`" for symbol in enum["symbols"])
            yield f"| {enum['name']} | {symbols} | {_cell(enum['doc'])} |\n"


def _type(schema: Any, types: Mapping[str, Schema]) -> str:
    """A type in words."""
    schema = resolved(schema, types)
    if isinstance(schema, list):
        return f"{_type(schema[-1], types)}, optional"
    if isinstance(schema, str):
        return schema
    match schema["type"]:
        case "array":
            return f"list of {_type(schema['items'], types)}"
        case "map":
            return f"map to {_type(schema['values'], types)}"
        case "enum":
            return f"code of [{schema['name']}](#code-lists)"
        case "record":
            return f"[{schema['name']}](#{schema['name'].lower()})"
        case kind:
            return KINDS.get(schema.get("logicalType", ""), str(kind))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
