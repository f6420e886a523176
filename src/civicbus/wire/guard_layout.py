"""Where in a schema's columns the texts, symbols, dates and lists stand that the screen checks.

A schema version is laid side by side with the dataclass that its records become. Where the two do
not fit as the screen needs it (a version from before a field that a rule reads), there is no
layout, and its records are judged one by one.
"""

from __future__ import annotations

import json
import types
import typing
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Concerned, Event, Header
from civicbus.wire.records import RECORD_TYPES, hints_of
from civicbus.wire.schemas import LockedSchema, Schema, named_types

ITEMS = -1  # a step from a list to its items

Path = tuple[int, ...]

# Fields of shared types of which the screen reads the column by name.
READ_BY_RULES: dict[type, tuple[str, ...]] = {
    Header: tuple(part.name for part in fields(Header)),
    Concerned: ("role", "identifiers", "person_key", "birth_date"),
    PartialDate: ("year", "month", "day", "qualifier"),
}

# Texts of a strict form, which the screen checks apart: no other character gets past that.
OF_STRICT_FORM: dict[type, tuple[str, ...]] = {
    Header: ("event_id", "target_event_id", "source"),
    Concerned: ("person_key",),
}


class UnlikeError(Exception):
    """The schema version and the dataclass do not fit."""


@dataclass(slots=True)
class Layout:
    """The steps to each column, by kind; `refused` are symbols that no event may carry."""

    texts: list[Path] = field(default_factory=list)
    symbols: list[Path] = field(default_factory=list)
    dates: list[Path] = field(default_factory=list)
    lists: list[Path] = field(default_factory=list)
    refused: set[bytes] = field(default_factory=set)


def layout_of(schema: LockedSchema) -> Layout | None:
    """The layout of a schema version's columns; `None` if it has to be judged one by one."""
    avro: Schema = json.loads(schema.text)
    layout = Layout()
    try:
        _Side(named_types(avro), layout).lay(avro, RECORD_TYPES[schema.record], ())
    except UnlikeError:
        return None
    return layout


class _Side:
    """Walks the schema and the dataclass in step."""

    def __init__(self, named: dict[str, Schema], layout: Layout) -> None:
        self._named = named
        self._layout = layout

    def lay(self, avro: Any, hint: Any, path: Path) -> None:
        inner = _without_null(hint)
        if isinstance(avro, list):
            branches = [branch for branch in avro if branch != "null"]
            if len(branches) != 1 or inner is hint:
                raise UnlikeError
            avro = branches[0]
        if isinstance(avro, str):
            avro = self._named.get(avro, {"type": avro})
        match avro["type"]:
            case "string" if inner is str:
                self._layout.texts.append(path)
            case "enum" if isinstance(inner, type) and issubclass(inner, StrEnum):
                self._layout.symbols.append(path)
                known = {member.value for member in inner}
                self._layout.refused |= {s.encode() for s in avro["symbols"] if s not in known}
            case "int" | "long" if inner is int and "logicalType" not in avro:
                pass
            case "long" if inner is datetime and avro.get("logicalType") == "timestamp-millis":
                pass
            case "array" if typing.get_origin(inner) is tuple:
                self._layout.lists.append(path)
                self.lay(avro["items"], typing.get_args(inner)[0], (*path, ITEMS))
            case "record" if is_dataclass(inner):
                self._record(avro, typing.cast(type, inner), path)
            case _:
                raise UnlikeError

    def _record(self, avro: Schema, kind: type, path: Path) -> None:
        present = {part["name"]: place for place, part in enumerate(avro["fields"])}
        hints = hints_of(kind)
        for part in fields(kind):
            if part.name in present:
                place = present[part.name]
                self.lay(avro["fields"][place]["type"], hints[part.name], (*path, place))
                if part.name in OF_STRICT_FORM.get(kind, ()):
                    self._layout.texts.remove((*path, place))
            elif part.name in _read_by_rules(kind) or _is_needed(part):
                raise UnlikeError
        if kind is PartialDate:
            self._layout.dates.append(path)


def _read_by_rules(kind: type) -> tuple[str, ...]:
    """The fields of which the screen reads the column by name; other texts and dates by place."""
    if not issubclass(kind, Event):
        return READ_BY_RULES.get(kind, ())
    ends = ("end_reason",) if kind.ends_with_reason else ()
    return (*kind.ranges, *kind.texts, *ends)


def _is_needed(part: Any) -> bool:
    return part.default is MISSING and part.default_factory is MISSING


def _without_null(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (arg for arg in typing.get_args(hint) if arg is not type(None))
    return hint
