"""The schema folder as a whole: is it in order, and does the lock file say what the files say?

The lock file only grows. A version that was published keeps its id and its text for ever: the log
is full of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civicbus.wire.compatibility import Difference, incompatibilities
from civicbus.wire.schema_rules import read_strictly, rule_breaches, too_alike, whole_breaches
from civicbus.wire.schemas import (
    LOCK_FILE,
    LockedSchema,
    SchemaError,
    canonical_text,
    full_name,
    load_catalogue,
    named_types,
    read_schemas,
)

RESTORE = "restore it from version control"


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: in which file and field, what it is, and what to do about it."""

    file: str
    field: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.problem}; {self.remedy}"


def check(folder: Path) -> list[Finding]:
    """Everything that is wrong with a folder of schemas; empty if all is in order.

    Raises:
        SchemaError: if a file or the lock file cannot be read at all.
    """
    schemas = _Folder(folder)
    remedy = "run `civicbus schemas lock` to give it its next version"
    return schemas.faults() or [
        Finding(schemas.file_of(record), record, "has changed since it was locked", remedy)
        for record in schemas.changed()
    ]


def lock(folder: Path) -> list[LockedSchema]:
    """Give each schema that has changed its next version and id; returns what was added.

    Raises:
        SchemaError: if anything else is wrong with the folder; then nothing is written.
    """
    schemas = _Folder(folder)
    if faults := schemas.faults():
        raise SchemaError("\n".join(str(fault) for fault in faults))
    added = []
    for schema_id, record in enumerate(schemas.changed(), schemas.highest_id + 1):
        version = len(schemas.published.get(record, [])) + 1
        text = canonical_text(schemas.current[record])
        added.append(LockedSchema(schema_id, version, record, text))
    if added:
        path = folder / LOCK_FILE
        beside = path.with_suffix(".new")  # so that a crash leaves the old file or the new one
        beside.write_text(lock_text([*schemas.entries, *map(_entry, added)]), encoding="utf-8")
        beside.replace(path)
    return added


def lock_text(entries: Iterable[dict[str, Any]]) -> str:
    """The lock file as it stands on disk."""
    return json.dumps({"schemas": list(entries)}, ensure_ascii=False, indent=1) + "\n"


def _entry(locked: LockedSchema) -> dict[str, Any]:
    return {
        "id": locked.id,
        "version": locked.version,
        "record": locked.record,
        "schema": json.loads(locked.text),
    }


class _Folder:
    """Understands the schema files and the lock file of one folder."""

    def __init__(self, folder: Path) -> None:
        self.current = read_schemas(folder)
        self._files = {path: read_strictly(path) for path in sorted(folder.glob("*.avsc"))}
        self._homes = {
            name: path.name
            for path, (schema, _) in self._files.items()
            for name in named_types(schema)
        }
        self.published: dict[str, list[LockedSchema]] = {}
        versions = load_catalogue(folder).versions.values()
        for locked in sorted(versions, key=lambda locked: locked.version):
            self.published.setdefault(locked.record, []).append(locked)
        lock_file = json.loads((folder / LOCK_FILE).read_text(encoding="utf-8"))
        self.entries: list[dict[str, Any]] = lock_file["schemas"]

    @property
    def highest_id(self) -> int:
        return max((entry["id"] for entry in self.entries), default=0)

    def file_of(self, record: str) -> str:
        return self._homes[full_name(self.current[record])]

    def changed(self) -> list[str]:
        """The records of which the lock file's latest version says something else."""
        return [
            record
            for record, schema in self.current.items()
            if record not in self.published
            or self.published[record][-1].text != canonical_text(schema)
        ]

    def faults(self) -> list[Finding]:
        """What has to be mended before anything can be locked."""
        found = [*self._ambiguous(), *self._lock_faults()]
        for path, (schema, _) in self._files.items():
            found += self._located(rule_breaches(path, schema))
        for record, schema in self.current.items():
            found += self._located(whole_breaches(schema))
            found += self._located(incompatibilities(self.published.get(record, []), schema))
        return list(dict.fromkeys(found))

    def _located(self, differences: Iterable[Difference]) -> list[Finding]:
        """Findings that name the file in which a type is defined, not one that uses it."""
        return [
            Finding(
                self._homes.get(found.type_name, LOCK_FILE),
                f"{found.type_name}.{found.part}".removeprefix("civic.").rstrip("."),
                found.problem,
                found.remedy,
            )
            for found in differences
        ]

    def _ambiguous(self) -> Iterator[Finding]:
        """Keys and names of which nobody can tell which one is meant."""
        for path, (schema, twice) in self._files.items():
            for key in twice:
                problem = f"has the key {key} twice in one place, and readers take either"
                yield Finding(path.name, schema["name"], problem, "remove one of them")
            for name in named_types(schema):
                if self._homes[name] != path.name:
                    problem = f"is defined in {self._homes[name]} too"
                    field = name.removeprefix("civic.")
                    yield Finding(path.name, field, problem, "rename one of them")
        for name, other in too_alike(self._homes):
            problem = f"is too like the name {other} in {self._homes[other]}"
            field = name.removeprefix("civic.")
            yield Finding(self._homes[name], field, problem, "choose another name")

    def _lock_faults(self) -> Iterator[Finding]:
        """What is wrong with the lock file itself: only `lock` should ever write it."""
        ids = [entry["id"] for entry in self.entries]
        if ids != sorted(set(ids)):
            yield Finding(LOCK_FILE, "id", "is not always greater than the one before", RESTORE)
        for record, versions in self.published.items():
            numbers = [locked.version for locked in versions]
            if numbers != list(range(1, len(numbers) + 1)):
                yield Finding(LOCK_FILE, record, "has versions other than 1, 2, 3 ...", RESTORE)
            for place, locked in enumerate(versions):
                for found in incompatibilities(versions[:place], json.loads(locked.text)):
                    field = f"{found.type_name}.{found.part}"
                    yield Finding(LOCK_FILE, field, found.problem, RESTORE)
            if record not in self.current:
                problem = "was published, and no file defines it"
                yield Finding(LOCK_FILE, record, problem, "restore its file")
