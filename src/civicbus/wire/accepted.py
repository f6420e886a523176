"""Events from dict forms that have passed the guard, built without holding them to its rules again.

Whoever answers a question builds the events of a whole dossier, which the guard has judged before
they were stored. To judge them once more takes two thirds of the time that decoding takes. For
whatever has not passed the guard there is `wire.records`; a test holds both to the same events.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from civicbus.domain.events import ControlRecord, Event
from civicbus.wire.records import RECORD_TYPES, hints_of

Build = Callable[[Any], Any]
Put = Callable[[Any, Any], None]


def from_accepted(record: str, plain: dict[str, Any]) -> Event | ControlRecord:
    """The event that a decoded record is, if it has passed the guard.

    Raises:
        KeyError: if it cannot have done so.
    """
    event: Event | ControlRecord = _builder(RECORD_TYPES[record])(plain)
    return event


@cache
def _builder(kind: type) -> Build:
    """A function that builds a dataclass from its dict form; made once for each type."""
    hints = hints_of(kind)
    parts = [
        (part.name, _setter(kind, part.name), _default(part), _converter(hints[part.name]))
        for part in fields(kind)
    ]
    new = object.__new__

    def build(plain: Any) -> Any:
        built: Any = new(kind)
        for name, put, default, convert in parts:
            value = plain.get(name, default)
            if value is MISSING:
                raise KeyError(name)
            if convert is None or value is None or value is default:
                put(built, value)
            else:
                put(built, convert(value))
        return built

    return build


def _setter(kind: type, name: str) -> Put:
    """What sets a field of an instance that is frozen for everybody else: its slot."""
    put: Put = getattr(kind, name).__set__
    return put


def _default(part: Field[Any]) -> Any:
    """What a field holds of which an older schema version has nothing."""
    if part.default_factory is not MISSING:
        return part.default_factory()
    return part.default


def _converter(hint: Any) -> Build | None:
    """What a decoded value becomes; `None` if it stays as it is."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        (inner,) = (arg for arg in typing.get_args(hint) if arg is not type(None))
        return _converter(inner)
    if origin is tuple:
        convert = _converter(typing.get_args(hint)[0])
        return tuple if convert is None else lambda values: tuple(map(convert, values))
    if is_dataclass(hint):
        return _builder(typing.cast(type, hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {member.value: member for member in hint}.__getitem__
    return None
