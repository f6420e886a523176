"""What the bus adds to a connector's event: the deployment's environment and the person keys.

A mapping is a pure function of rows and knows no secret, so it names people by their numbers. The
first number that a source gives for a person decides the key; the source must give the same one
each time.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from civicbus.domain.events import Concerned, Event, Header, Union
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import Role, UnionEnd

AnyEvent = TypeVar("AnyEvent", bound=Event)
Part = TypeVar("Part", bound=Event | Header | Concerned)

WIDOWING = (UnionEnd.DEATH, UnionEnd.PRESUMED_DEATH)


def stamp(event: AnyEvent, environment: str, secret: bytes) -> AnyEvent:
    """The event as it is published in a deployment; stamping twice changes nothing."""
    header: Header = _with(
        event.header,
        environment=environment,
        concerned=tuple(_keyed(concerned, secret) for concerned in event.header.concerned),
    )
    return _with(event, header=header, **_deceased(event, header))


def _deceased(event: Event, header: Header) -> dict[str, Any]:
    """In a union that a death ended the partner who died is concerned as DECEASED."""
    if not isinstance(event, Union) or event.end_reason not in WIDOWING:
        return {}
    deceased = [of.person_key for of in header.concerned if of.role is Role.DECEASED]
    return {"deceased_person_key": deceased[0]} if deceased else {}


def _keyed(concerned: Concerned, secret: bytes) -> Concerned:
    if not concerned.identifiers:
        return _with(concerned, person_key=None)
    return _with(concerned, person_key=person_key(concerned.identifiers[0], secret))


def _with(part: Part, **changes: Any) -> Part:
    """As `replace`, but the rules are not gone through again: that takes longer than encoding.

    Nothing that a rule is about can change here: a key is of our own making, and settings have
    checked the environment's name.
    """
    kind: Any = type(part)
    made: Part = object.__new__(kind)
    for name in _names(kind):
        value = changes[name] if name in changes else getattr(part, name)
        object.__setattr__(made, name, value)
    return made


@cache
def _names(kind: type[Event | Header | Concerned]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
