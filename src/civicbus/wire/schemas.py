"""The schemas as files: reading `schemas/`, resolving shared types, and the ids of the lock file.

`schemas/` is the single source. `schema-ids.lock.json` beside it gives each schema version a
number that never changes; with no registry configured those numbers are the ids on the wire, and
`wire.registry` serves them to any Kafka tool.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import fastavro

LOCK_FILE = "schema-ids.lock.json"
SHARED = "header"

Schema = dict[str, Any]


class SchemaError(ValueError):
    """A schema file or the lock file is wrong; the text names the file and the remedy."""


@dataclass(frozen=True)
class LockedSchema:
    """One version of one record type: its id on the wire and its self-contained text."""

    id: int
    version: int
    record: str
    text: str

    @cached_property
    def parsed(self) -> Schema:
        """The schema as fastavro wants it."""
        parsed = fastavro.parse_schema(json.loads(self.text))
        assert isinstance(parsed, dict)
        return parsed


@dataclass(frozen=True)
class Catalogue:
    """All schema versions ever published; for each record type the latest one is written."""

    versions: Mapping[int, LockedSchema]

    def latest(self, record: str) -> LockedSchema:
        """The version that publishers write now.

        Raises:
            KeyError: if there is no such record type.
        """
        found = [schema for schema in self.versions.values() if schema.record == record]
        if not found:
            raise KeyError(record)
        return max(found, key=lambda schema: schema.version)


def schema_folder() -> Path:
    """`CIVICBUS_SCHEMAS`, else the copy in the installed package, else the checkout's folder."""
    if configured := os.environ.get("CIVICBUS_SCHEMAS"):
        return Path(configured)
    package = Path(__file__).resolve().parents[1]
    installed = package / "schemas"
    return installed if installed.is_dir() else package.parents[1] / "schemas"


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read the lock file.

    Raises:
        SchemaError: if it is missing or cannot be read.
    """
    path = (folder or schema_folder()) / LOCK_FILE
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["schemas"]
        locked = [
            LockedSchema(
                entry["id"], entry["version"], entry["record"], canonical_text(entry["schema"])
            )
            for entry in entries
        ]
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise SchemaError(f"{path}: {error}; restore it from version control") from error
    return Catalogue({schema.id: schema for schema in locked})


def read_schemas(folder: Path | None = None) -> dict[str, Schema]:
    """Every record schema of the folder by record name, types of other files written out in place.

    Raises:
        SchemaError: naming the file that is not a valid schema.
    """
    folder = folder or schema_folder()
    paths = {folder / f"{SHARED}.avsc", *folder.glob("*.avsc")}
    files = {path: _read(path) for path in sorted(paths)}
    types: dict[str, Schema] = {}
    for path, schema in files.items():
        types |= _types_of(path, schema)
    found = {}
    for path, schema in files.items():
        if path.stem == SHARED:
            continue
        try:
            resolved = _written_out(schema, types | named_types(schema), set())
            fastavro.parse_schema(resolved)
            _demand_fields(resolved)
        except Exception as error:
            raise SchemaError(f"{path}: {error}") from error
        found[resolved["name"]] = resolved
    return found


def _demand_fields(schema: Schema) -> None:
    for name, named in named_types(schema).items():
        if named["type"] == "record" and "fields" not in named:
            raise SchemaError(f"the record {name} has no fields; give it a list of them")


def _types_of(path: Path, schema: Schema) -> dict[str, Schema]:
    try:
        return named_types(schema)
    except (KeyError, TypeError, AttributeError) as error:
        raise SchemaError(f"{path}: not an Avro schema: {error!r}") from error


def named_types(schema: Any) -> dict[str, Schema]:
    """The records and enums defined anywhere in a schema, by full name."""
    if isinstance(schema, list):
        return {name: found for part in schema for name, found in named_types(part).items()}
    if not isinstance(schema, dict):
        return {}
    here = {full_name(schema): schema} if schema["type"] in ("record", "enum") else {}
    inner = [schema.get("items"), schema.get("values")]
    inner += [field["type"] for field in schema.get("fields", ())]
    return here | named_types([part for part in inner if part is not None])


def full_name(schema: Schema) -> str:
    """The name with its namespace; ours is `civic` throughout."""
    return f"{schema.get('namespace', 'civic')}.{schema['name']}"


def canonical_text(schema: Any) -> str:
    """One text for one schema: the same schema gives the same bytes."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def _read(path: Path) -> Schema:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SchemaError(f"{path}: {error}") from error
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise SchemaError(f"{path}: define one record in the file")
    return schema


def _written_out(schema: Any, types: Mapping[str, Schema], seen: set[str]) -> Any:
    """The schema with each shared type defined where it is first used, and named after that."""
    if isinstance(schema, list):
        return [_written_out(part, types, seen) for part in schema]
    if isinstance(schema, str):
        if schema not in types or schema in seen:
            return schema
        return _written_out(types[schema], types, seen)
    if schema["type"] in ("record", "enum"):
        if full_name(schema) in seen:
            return full_name(schema)
        seen.add(full_name(schema))
    result = dict(schema)
    if "items" in schema:
        result["items"] = _written_out(schema["items"], types, seen)
    if "fields" in schema:
        result["fields"] = [
            field | {"type": _written_out(field["type"], types, seen)} for field in schema["fields"]
        ]
    return result
