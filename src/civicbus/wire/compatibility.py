"""Compatibility: what a new version of a schema may change, so that everything stays readable.

The promise is both ways and with every version ever published (Confluent calls it FULL_TRANSITIVE).
Topics are kept for ever, so a new reader must read what was written years ago; departments upgrade
when they can, so an old reader must read what is written today.

What follows, by Avro's rules of resolution, and where these are laxer than is safe, by ours: a
field may come if it has a default, and go if it had one; a symbol may come, since the enums have
UNKNOWN as their default, but none may go; a type may not change at all, and a name that was given
up is not used again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from civicbus.wire.schemas import LockedSchema, Schema, full_name, named_types

KEEP = "leave it as it is and add a new field, with a default, beside it"


@dataclass(frozen=True)
class Difference:
    """What is wrong between two versions: in which type, at which field or symbol of it."""

    type_name: str
    part: str
    problem: str
    remedy: str


def incompatibilities(published: Sequence[LockedSchema], new: Schema) -> list[Difference]:
    """Why a schema may not follow the versions that were published; empty if it may."""
    versions = sorted(published, key=lambda locked: locked.version)
    olds = [json.loads(locked.text) for locked in versions]
    found: dict[Difference, Difference] = {}
    for locked, old in zip(versions, olds, strict=True):
        for difference in _Comparison(old, new).differences():
            text = f"{difference.problem} (version {locked.version})"
            found.setdefault(difference, replace(difference, problem=text))
    return [*found.values(), *_names_used_again(olds, new)]


class _Comparison:
    """Understands what readers of one schema cannot do with what was written by another."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._old_types, self._new_types = named_types(old), named_types(new)
        self._compared: set[str] = set()

    def differences(self) -> Iterator[Difference]:
        return self._types(self._old, self._new, full_name(self._old), "")

    def _types(self, old: Any, new: Any, record: str, field: str) -> Iterator[Difference]:
        was, is_now = describe(old, self._old_types), describe(new, self._new_types)
        if was != is_now:
            yield Difference(record, field, f"was {was} and is {is_now}", KEEP)
            return
        old, new = resolved(old, self._old_types), resolved(new, self._new_types)
        if isinstance(old, list):
            for before, after in zip(old, new, strict=True):
                yield from self._types(before, after, record, field)
        elif isinstance(old, dict):
            match old["type"]:
                case "record":
                    yield from self._records(old, new)
                case "enum":
                    yield from _enums(old, new)
                case "array":
                    yield from self._types(old["items"], new["items"], record, field)
                case "map":
                    yield from self._types(old["values"], new["values"], record, field)

    def _records(self, old: Schema, new: Schema) -> Iterator[Difference]:
        record = full_name(old)
        if record in self._compared:
            return
        self._compared.add(record)
        before = {part["name"]: part for part in old["fields"]}
        after = {part["name"]: part for part in new["fields"]}
        for name, part in before.items():
            if name in after:
                yield from self._types(part["type"], after[name]["type"], record, name)
            elif "default" not in part:
                problem = "was removed, and a reader that has not upgraded cannot do without it"
                yield Difference(record, name, problem, "put it back; it has no default")
        for name, part in after.items():
            if name not in before and "default" not in part:
                problem = "is new and has no default, so what was written before cannot be read"
                yield Difference(record, name, problem, 'make it ["null", ...], default null')


def _enums(old: Schema, new: Schema) -> Iterator[Difference]:
    for symbol in old["symbols"]:
        if symbol not in new["symbols"]:
            problem = "was removed, and what was written with it would be lost"
            remedy = "put it back, and say in the doc that it is no longer written"
            yield Difference(full_name(old), symbol, problem, remedy)
    if new.get("default") != old.get("default"):
        problem = "has another default, and with it another meaning of what old readers do not know"
        remedy = f"put back the default {old.get('default')}"
        yield Difference(full_name(old), "", problem, remedy)


def describe(schema: Any, types: Mapping[str, Schema]) -> str:
    """A type as far as a change of it can be seen from outside; fields and symbols left out."""
    schema = resolved(schema, types)
    if isinstance(schema, list):
        kinds = [describe(part, types) for part in schema]
        optional = len(kinds) == 2 and kinds[0] == "null"
        return f"optional {kinds[1]}" if optional else "one of " + ", ".join(kinds)
    if isinstance(schema, str):
        return schema
    match schema["type"]:
        case "record" | "enum":
            return f"{schema['type']} {full_name(schema)}"
        case "array" | "map":
            return str(schema["type"])
        case kind:
            logical = schema.get("logicalType")
            return str(kind) if logical is None else f"{kind} ({logical})"


def resolved(schema: Any, types: Mapping[str, Schema]) -> Any:
    """The type that a name stands for; any other type is itself."""
    return types.get(schema, schema) if isinstance(schema, str) else schema


def _names_used_again(olds: Sequence[Schema], new: Schema) -> Iterator[Difference]:
    """Fields that an earlier version had and the latest one has not."""
    if len(olds) < 2:
        return
    given_up = set().union(*(field_names(old) for old in olds)) - field_names(olds[-1])
    for record, field in sorted(given_up & field_names(new)):
        problem = "was given up in an earlier version, where it may have meant something else"
        yield Difference(record, field, problem, "choose another name")


def field_names(schema: Schema) -> set[tuple[str, str]]:
    """Every field in a schema, with the full name of its record."""
    return {
        (name, part["name"])
        for name, named in named_types(schema).items()
        for part in named.get("fields", ())
    }
