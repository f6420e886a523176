"""Between the domain's frozen dataclasses and the plain dicts that fastavro reads and writes.

Both sides have the same field names in the same nesting, so one function each way serves every
record type. Enums are their symbols, tuples are arrays; fastavro itself turns moments into milliseconds.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from civicbus.domain.events import EVENT_TYPES, Event, InvalidEventError, SourceWatermark

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

RECORD_TYPES: dict[str, type] = {kind.__name__: kind for kind in (*EVENT_TYPES, SourceWatermark)}


def to_plain(value: Any) -> Any:
    """The dict form of an event, ready for the writer."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    return value


def from_plain(record: str, plain: dict[str, Any]) -> Event | SourceWatermark:
    """The event that a decoded record is.

    Raises:
        InvalidEventError: if no such event may exist, with the quarantine reason.
    """
    event: Event | SourceWatermark = _builder(RECORD_TYPES[record])(plain)
    return event


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
def _builder(kind: type) -> Callable[[Any], Any]:
    """A function that builds a dataclass from its dict form; made once for each type."""
    hints = typing.get_type_hints(kind)
    builders = {field.name: _converter(hints[field.name]) for field in fields(kind)}

    def build(plain: dict[str, Any]) -> Any:
        values = {}
        for name, convert in builders.items():
            try:
                values[name] = convert(plain[name])
            except InvalidEventError:
                raise
            except (ValueError, OverflowError) as error:
                reason = "enum" if "is not a valid" in str(error) else "range"
                raise InvalidEventError(reason, name, "a value that is not allowed") from None
        return kind(**values)

    return build


def _converter(hint: Any) -> Callable[[Any], Any]:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        (inner,) = (arg for arg in typing.get_args(hint) if arg is not type(None))
        convert = _converter(inner)
        return lambda value: None if value is None else convert(value)
    if origin is tuple:
        each = _converter(typing.get_args(hint)[0])
        return lambda values: tuple(each(value) for value in values)
    if is_dataclass(hint):
        return _builder(typing.cast(type, hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return lambda value: value
