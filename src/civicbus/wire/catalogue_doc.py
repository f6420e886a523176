"""The shared-information catalogue: `schemas/README.md`, written from the schema files.

A page for people. It says in which topic which record stands and what each field means, in the
words of the schemas; whatever is wrong on it is wrong in a schema's `doc`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from civicbus.domain.events import ABOUT_EVENTS, CONTROL_TYPES
from civicbus.domain.families import FAMILIES
from civicbus.wire.compatibility import resolved
from civicbus.wire.personal_data import PERSONAL_DATA
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

What departments share on the bus: each record with its fields, their types and their meaning, how
near each is to a person, and the law by which it is held and shared. `civicbus schemas readme`
writes this page from the schema files beside it; edit those.

A record on Kafka is a zero byte, the schema id in four bytes, and the Avro body (Confluent's
framing). The ids stand in `schema-ids.lock.json`, which the bus also serves as a schema registry.
A new version must be readable by everybody who knows an older one, and the other way round:
`civicbus schemas check` says what is not, `civicbus schemas lock` gives a new version its id.

## Topics

Records are keyed by person key, watermarks by their source. All topics have the same number of
partitions; the partition of a key is murmur2 of it, as with Kafka's own clients. Besides its own
records every topic may hold {everywhere}.

| topic | records |
| --- | --- |
"""
RECORDS = """
## Records
"""
SHARED_TYPES = """
## Shared types
"""
PERSONAL = """
## Personal data

Every field is of one class. The class and the law of a record's `header` are those of the act
itself: that there is such a record about somebody may say as much as any field of it. The law is
that of the reference deployment, which is in China; what only registers of another country have
cites theirs. In the schema files the two are the attributes `personal_data` and `legal_basis`.

| class | meaning |
| --- | --- |
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
    everywhere = _links([*ABOUT_EVENTS, *CONTROL_TYPES])
    page = [INTRODUCTION.format(everywhere=everywhere), *_topics(), PERSONAL, *_classes(), RECORDS]
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
        yield f"| `{family.topic}` | {_links(family.own_types)} |\n"


def _links(kinds: Iterable[type]) -> str:
    return ", ".join(f"[{kind.__name__}](#{kind.__name__.lower()})" for kind in kinds)


def _classes() -> Iterator[str]:
    for name, meaning in PERSONAL_DATA.items():
        yield f"| `{name}` | {meaning} |\n"


def _section(record: Schema, note: str = "") -> str:
    return f"\n### {record['name']}\n\n{record['doc']} {note}".rstrip() + "\n\n"


def _fields(record: Schema, types: Mapping[str, Schema]) -> Iterator[str]:
    yield "| field | type | meaning | personal data | legal basis |\n"
    yield "| --- | --- | --- | --- | --- |\n"
    for part in record["fields"]:
        cells = [f"`{part['name']}`", _type(part["type"], types), part["doc"]]
        # A file that has yet to be mended has a page all the same; the check names the gap.
        cells += [part.get("personal_data", ""), part.get("legal_basis", "")]
        yield f"| {' | '.join(_cell(str(cell)) for cell in cells)} |\n"


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
