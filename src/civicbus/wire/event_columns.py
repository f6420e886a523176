"""Events of one type as columns, which native code can write as Avro a block at a time.

It is conservative, as the guard's screen is. Columns are made only of values that are of their
field's very type; anything else is left to fastavro, which names the field that is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from itertools import accumulate, chain
from operator import attrgetter, itemgetter
from typing import Any

import pyarrow as pa

from civicbus.wire import native
from civicbus.wire.schemas import LockedSchema, Schema, named_types

Values = Sequence[Any]
Column = Callable[[Values], Any]
RecordColumn = Callable[[Any, tuple[str, ...], list[Column]], Column]


class DoubtError(Exception):
    """A value that is not of its field's very type."""


class EventColumns:
    """Understands how the events of one schema version become a record batch."""

    def __init__(self, schema: LockedSchema) -> None:
        avro: Schema = json.loads(schema.text)
        self._named = named_types(avro)
        self._arrow = native.arrow_schema(schema.text)
        rows = pa.struct(list(self._arrow))
        self._of_objects = self._of(avro, rows, _of_objects)
        self._of_dicts = self._of(avro, rows, _of_dicts)

    def batch(self, events: Values) -> Any | None:
        """The events, or their dict forms, a row each; `None` if one of them is in doubt."""
        column = self._of_dicts if isinstance(events[0], dict) else self._of_objects
        try:
            rows = column(events)
        except (DoubtError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return None
        return pa.RecordBatch.from_arrays(rows.flatten(), schema=self._arrow)

    def _of(self, avro: Any, arrow: Any, make: RecordColumn) -> Column:
        if isinstance(avro, list):
            (inner,) = (branch for branch in avro if branch != "null")
            return _optional(self._of(inner, arrow, make), arrow)
        if isinstance(avro, str):
            avro = self._named.get(avro, {"type": avro})
        match avro["type"]:
            case "string":
                return _plain(arrow, str)
            case "int" | "long" if "logicalType" not in avro:
                return _plain(arrow, int)
            case "long" if avro["logicalType"] == "timestamp-millis":
                return _moments(arrow)
            case "enum":
                return _symbols(arrow, frozenset(avro["symbols"]))
            case "array":
                kind = tuple if make is _of_objects else list
                return _lists(arrow, kind, self._of(avro["items"], arrow.value_type, make))
            case "record":
                names = tuple(part["name"] for part in avro["fields"])
                parts = [
                    self._of(part["type"], arrow.field(part["name"]).type, make)
                    for part in avro["fields"]
                ]
                return make(arrow, names, parts)
            case _:
                raise TypeError("our schemas have no such type")  # tests/wire keep it so


def _plain(arrow: Any, kind: type) -> Column:
    """Numbers or texts. True is no number here, nor is 3.0; a number too large is an error."""

    def column(values: Values) -> Any:
        _demand({kind}, map(type, values))
        return pa.array(values, arrow)

    return column


def _symbols(arrow: Any, symbols: frozenset[str]) -> Column:
    def column(values: Values) -> Any:
        _demand(symbols, values)
        return pa.array(values, arrow)

    return column


def _moments(arrow: Any) -> Column:
    """Moments, rounded down to milliseconds as fastavro does."""
    in_utc = pa.timestamp(arrow.unit, "UTC")

    def column(values: Values) -> Any:
        _demand({datetime}, map(type, values))
        if any(value.tzinfo is None for value in values):
            raise DoubtError
        return pa.array(values, in_utc).cast(arrow)

    return column


def _lists(arrow: Any, kind: type, items: Column) -> Column:
    def column(values: Values) -> Any:
        _demand({kind}, map(type, values))
        ends = pa.array(accumulate(map(len, values), initial=0), pa.int32())
        flat = items(list(chain.from_iterable(values)))
        return pa.ListArray.from_arrays(ends, flat, type=arrow)

    return column


def _optional(inner: Column, arrow: Any) -> Column:
    """What may be absent: the column of what is present, spread over all rows."""

    def column(values: Values) -> Any:
        present = [value for value in values if value is not None]
        if not present:
            return pa.nulls(len(values), arrow)
        found = inner(present)
        if len(present) == len(values):
            return found
        places = accumulate((value is not None for value in values), initial=0)
        return found.take(
            pa.array(
                [None if value is None else at for value, at in zip(values, places, strict=False)],
                pa.int32(),
            )
        )

    return column


def _of_objects(arrow: Any, names: tuple[str, ...], parts: list[Column]) -> Column:
    """Records from dataclasses that have these fields and no others."""
    wanted = frozenset(names)

    def column(values: Values) -> Any:
        _demand({wanted}, map(_field_names, set(map(type, values))))
        return _records(arrow, [map(attrgetter(name), values) for name in names], parts)

    return column


def _of_dicts(arrow: Any, names: tuple[str, ...], parts: list[Column]) -> Column:
    """Records from dicts that have these keys and no others."""

    def column(values: Values) -> Any:
        _demand({dict}, map(type, values))
        _demand({len(names)}, map(len, values))
        return _records(arrow, [map(itemgetter(name), values) for name in names], parts)

    return column


def _records(arrow: Any, cells: Sequence[Any], parts: list[Column]) -> Any:
    arrays = [part(list(values)) for part, values in zip(parts, cells, strict=True)]
    return pa.StructArray.from_arrays(arrays, fields=list(arrow))


@cache
def _field_names(kind: type) -> frozenset[str]:
    return frozenset(part.name for part in fields(kind)) if is_dataclass(kind) else frozenset()


def _demand(allowed: set[Any] | frozenset[Any], found: Any) -> None:
    if not allowed.issuperset(found):
        raise DoubtError
