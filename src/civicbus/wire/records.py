"""Between the domain's frozen dataclasses and the plain dicts that fastavro reads and writes.

Both sides have the same field names in the same nesting, so one function each way serves every
record type. Enums are their symbols, tuples are arrays; fastavro itself turns moments into
milliseconds. A schema version may lack a field that has come since; then the default holds.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from civicbus.domain.events import (
    CONTROL_TYPES,
    EVENT_TYPES,
    MAX_CONCERNED,
    MAX_LISTED,
    ControlRecord,
    Event,
    Header,
    InvalidEventError,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

RECORD_TYPES: dict[str, type] = {kind.__name__: kind for kind in (*EVENT_TYPES, *CONTROL_TYPES)}


def to_plain(value: Any) -> Any:
    """The dict form of an event, ready for the writer."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    return value


def from_plain(record: str, plain: dict[str, Any]) -> Event | ControlRecord:
    """The event that a decoded record is.

    Raises:
        InvalidEventError: if no such event may exist, with the quarantine reason.
    """
    event: Event | ControlRecord = _builder(RECORD_TYPES[record])(plain)
    return event


def header_from_plain(plain: dict[str, Any]) -> Header:
    """The header that a decoded one is; `from_plain` takes it in place of its dict form.

    Raises:
        InvalidEventError: if no event may have such a header.
    """
    header: Header = _builder(Header)(plain)
    return header


def to_millis(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC, rounded down."""
    return (moment - EPOCH) // MILLISECOND


def from_millis(millis: int) -> datetime:
    """The moment of a timestamp.

    Raises:
        OverflowError: if no calendar has it.
    """
    return EPOCH + timedelta(milliseconds=millis)


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields; to work them out takes longer than to decode an event."""
    return typing.get_type_hints(kind)


class _MisfitError(InvalidEventError):
    """A decoded value that its field cannot hold; each level on the way up adds its name."""

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(reason, field, "a value that is not allowed")


@cache
def _builder(kind: type) -> Callable[[Any], Any]:
    """A function that builds a dataclass from its dict form; made once for each type."""
    hints = hints_of(kind)
    converters = {field.name: _converter(hints[field.name]) for field in fields(kind)}
    needed = [
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    ]

    def build(plain: dict[str, Any]) -> Any:
        if isinstance(plain, kind):
            return plain
        for name in needed:
            if name not in plain:
                raise _MisfitError("schema", name)
        values = {}
        for name, convert in converters.items():
            if name not in plain:
                continue
            try:
                values[name] = convert(plain[name])
            except _MisfitError as error:
                raise _MisfitError(error.reason, f"{name}.{error.field}") from None
            except InvalidEventError:
                raise
            except KeyError:
                raise _MisfitError("enum", name) from None
            except (ValueError, OverflowError):
                raise _MisfitError("range", name) from None
        return kind(**values)

    return build


def _converter(hint: Any) -> Callable[[Any], Any]:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        (inner,) = (arg for arg in typing.get_args(hint) if arg is not type(None))
        convert = _converter(inner)
        return lambda value: None if value is None else convert(value)
    if origin is tuple:
        return _list_converter(_converter(typing.get_args(hint)[0]))
    if is_dataclass(hint):
        return _builder(typing.cast(type, hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {member.value: member for member in hint}.__getitem__
    return lambda value: value


def _list_converter(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def build(values: list[Any]) -> tuple[Any, ...]:
        # Before the items are built: 64 KiB can spell ten thousand persons.
        if len(values) > max(MAX_CONCERNED, MAX_LISTED):
            raise _MisfitError("collection", "items")
        return tuple(convert(value) for value in values)

    return build
