"""Records of a JSON file: the declared values of each object, and what is wrong with the others.

A mapping sees a record as one row. A cell is the text of a single value: a text itself, a number
or `true` and `false` as they are spelled, nothing for `null`. The three rules of `rows` hold here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from civicbus.connect.json_items import Item, read_items
from civicbus.connect.lines import MAX_CELL, Problem
from civicbus.connect.rows import Record, RefusedRow, Row, digest_of
from civicbus.registers.systems import Input, JsonInput
from civicbus.wire import strict_json

Paths = Mapping[str, tuple[str, ...]]

SPELLED = {None: "", True: "true", False: "false"}


def read_json_records(stream: BinaryIO, name: str, rules: JsonInput) -> Iterator[Record]:
    """The records of a file, in order; `name` stands for the file in errors.

    Raises:
        UnreadableFileError: if the file is empty, not UTF-8, or starts like no file of records.
    """
    paths = paths_of(rules)
    return (_record(item, paths) for item in read_items(stream, name))


def paths_of(rules: Input) -> Paths:
    """Where in an object each declared column stands; of a CSV connector, under its very name."""
    if isinstance(rules, JsonInput):
        return {column: tuple(column.split(".")) for column in rules.columns}
    return {column: (column,) for column in rules.columns}


def record_of(
    raw: bytes, number: int, paths: Paths, read: Callable[[dict[str, Any]], Any] = dict
) -> Record:
    """The record that one JSON object is, which came by itself and not in a file.

    `number` stands for its line. `read` makes of the object the one in which the paths lead to the
    declared values: it may take it out of an envelope, or put something beside its values. All
    single values are texts, numbers as they are spelled.
    """
    return _record(Item(number, number, raw), paths, read)


def record_of_object(
    found: Mapping[str, Any], place: int, line: int, paths: Paths, around: Mapping[str, Any]
) -> Record:
    """The record that an object is which was parsed already, its numbers kept as texts.

    `place` is its number for whoever sent it, `line` one that no other record of a batch has. The
    digest is the caller's to add.
    """
    rows, refused = _rows(Item(place, line, b""), {**found, **around}, paths)
    return Record(str(line), rows, tuple(refused))


def _record(item: Item, paths: Paths, read: Callable[[dict[str, Any]], Any] = dict) -> Record:
    found, problem = _object(item)
    rows, refused = ((), []) if found is None else _rows(item, read(found), paths)
    if problem is not None:
        refused = [RefusedRow(item.line, "", *problem)]
    return Record(str(item.line), rows, tuple(refused), digest_of(item.raw))


def _object(item: Item) -> tuple[dict[str, Any] | None, Problem | None]:
    """The object that an item spells, and what is wrong with it: either, or both."""
    try:
        found = strict_json.parse(item.raw, keep_numbers=True)
    except strict_json.NotJsonError as error:
        return None, item.problem or ("json", f"item {item.place} {error}; correct it")
    if not isinstance(found, dict):
        return None, item.problem or ("json", f"item {item.place} is no object; correct it")
    return found, item.problem


def _rows(
    item: Item, found: dict[str, Any], paths: Paths
) -> tuple[tuple[Row, ...], list[RefusedRow]]:
    cells, absent, refused = {}, [], []
    for column, path in paths.items():
        cells[column] = ""
        try:
            value = _value(found, path)
        except LookupError:
            absent.append(column)
            continue
        except TypeError:
            remedy = "a single value or a list stands where an object should"
            refused.append(_refused(item, column, "json", remedy))
            continue
        if isinstance(value, dict | list):
            remedy = "an object or a list stands where a single value should"
            refused.append(_refused(item, column, "json", remedy))
            continue
        text = value if isinstance(value, str) else SPELLED[value]
        if "\0" in text:
            refused.append(_refused(item, column, "text", "a NUL stands inside"))
        elif len(text) > MAX_CELL:
            refused.append(_refused(item, column, "size", f"more than {MAX_CELL} characters"))
        else:
            cells[column] = text
    return (Row(item.line, cells, frozenset(absent)),), refused


def _refused(item: Item, column: str, reason: str, told: str) -> RefusedRow:
    return RefusedRow(item.line, column, reason, f"item {item.place}: {told}; correct it")


def _value(found: Any, path: tuple[str, ...]) -> Any:
    """The value to which a path leads. Behind `null` there is nothing.

    Raises:
        LookupError: if a name on the way is not there.
        TypeError: if the way leads through something that is no object.
    """
    for name in path:
        if found is None:
            raise LookupError
        if not isinstance(found, dict):
            raise TypeError
        found = found[name]
    return found
