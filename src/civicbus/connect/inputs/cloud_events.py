"""CloudEvents 1.0 as they come over HTTP: structured, binary, or many in a batch.

The official SDK says whether the attributes may be. What it leaves open is decided before: it lets
the last of two keys win, takes `NaN`, makes up an id, a version and a time where none was sent, and
reads a time that is only half of one. JSON is read strictly, and nothing is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import OPTIONAL_ATTRIBUTES, REQUIRED_ATTRIBUTES, CloudEvent

from civicbus.connect.timestamps import moment
from civicbus.wire import strict_json

JSON_TYPE = re.compile(r"(application|text)/([a-z0-9.-]+\+)?json(;.*)?", re.IGNORECASE)
NAME = re.compile(r"[a-z0-9]{1,64}")
HEADER_PREFIX = "ce-"
EVENTS_MAX = 1_000  # in a batch
ATTRIBUTE_MAX = 4_096  # characters
KNOWN = (*REQUIRED_ATTRIBUTES, *OPTIONAL_ATTRIBUTES)


class NotReadableError(ValueError):
    """The body is no JSON that is taken here; says which rule, never what stood there."""


@dataclass(frozen=True, slots=True)
class NotAnEvent:
    """What was sent in place of an event: the attribute that is wrong, and what to do."""

    field: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event: its attributes as texts, its time, and its data, where a number is a text too."""

    attributes: Mapping[str, str] = field(repr=False)
    time: datetime | None
    data: Mapping[str, Any] | None = field(repr=False)

    @property
    def type(self) -> str:
        """What kind of event it is, in the sender's words."""
        return self.attributes["type"]


Read = Event | NotAnEvent


def structured(body: bytes) -> Read:
    """The event that a body in structured mode is.

    Raises:
        NotReadableError: if it is no JSON.
    """
    return _event(*_parsed(body))


def batched(body: bytes) -> Sequence[Read]:
    """The events of a batch.

    Raises:
        NotReadableError: if it is no JSON array, or of too many.
    """
    found, spelled = _parsed(body)
    if not isinstance(found, list):
        raise NotReadableError("is no array")
    if len(found) > EVENTS_MAX:
        raise NotReadableError(f"has more than {EVENTS_MAX} events")
    return [_event(*pair) for pair in zip(found, spelled, strict=True)]


def binary(headers: Iterable[tuple[str, str]], body: bytes) -> Read:
    """The event of which the attributes are headers, and the body is the data.

    Raises:
        NotReadableError: if the body is no JSON.
    """
    attributes: dict[str, Any] = {}
    for name, value in headers:
        if not name.lower().startswith(HEADER_PREFIX):
            continue
        attribute = name.lower().removeprefix(HEADER_PREFIX)
        if attribute in attributes:
            return NotAnEvent(_told(attribute), "give each header once")
        try:
            attributes[attribute] = unquote(value, errors="strict")
        except UnicodeDecodeError:
            return NotAnEvent(_told(attribute), "write percent-encoded UTF-8")
    if body:
        attributes["data"], spelled = _parsed(body)
        return _event(attributes, {**attributes, "data": spelled})
    return _event(attributes, attributes)


def _parsed(body: bytes) -> tuple[Any, Any]:
    """What a body spells, and the same with its numbers as they are spelled."""
    try:
        return strict_json.parse(body), strict_json.parse(body, keep_numbers=True)
    except strict_json.NotJsonError as error:
        raise NotReadableError(str(error)) from None


def _event(found: Any, spelled: Any) -> Read:
    if not isinstance(found, dict):
        return NotAnEvent("", "send an object: a CloudEvent")
    if "data_base64" in found:
        return NotAnEvent("data_base64", "send the data as JSON, under data")
    attributes = {name: value for name, value in found.items() if name != "data"}
    texts: dict[str, str] = {}
    for name, value in attributes.items():
        if value is None:
            continue  # as if it were not there, by the JSON format of CloudEvents
        if (text := _text(name, value)) is None:
            return NotAnEvent(_told(name), "write a text of at most 4096 characters")
        texts[name] = text
    if (problem := _problem(texts)) is not None:
        return problem
    data = found.get("data")
    if data is not None and not isinstance(data, dict):
        return NotAnEvent("data", "send an object")
    time = moment(texts["time"]) if "time" in texts else None
    return Event(texts, time, None if data is None else spelled["data"])


def _text(name: str, value: Any) -> str | None:
    """An attribute as a text; `None` if it may not have such a value."""
    if isinstance(value, bool) and name not in KNOWN:
        return "true" if value else "false"
    if isinstance(value, int) and name not in KNOWN:
        return str(value)
    is_good = isinstance(value, str) and len(value) <= ATTRIBUTE_MAX and "\0" not in value
    return value if is_good else None


def _problem(attributes: Mapping[str, str]) -> NotAnEvent | None:
    """What is wrong with the attributes."""
    for name in REQUIRED_ATTRIBUTES:
        if not attributes.get(name):
            return NotAnEvent(name, "it is missing or empty; CloudEvents 1.0 requires it")
    if not all(NAME.fullmatch(name) for name in attributes):
        return NotAnEvent("extension", "name attributes with a-z and 0-9 alone")
    if "time" in attributes and moment(attributes["time"]) is None:
        return NotAnEvent("time", "write YYYY-MM-DDThh:mm:ss with Z or an offset (+08:00)")
    if not JSON_TYPE.fullmatch(attributes.get("datacontenttype", "application/json")):
        return NotAnEvent("datacontenttype", "send the data as application/json")
    given: dict[str, Any] = dict(attributes)
    if "time" in given:
        given["time"] = moment(given["time"])
    try:
        CloudEvent(given)
    except CloudEventValidationError as error:
        wrong = min(error.errors)
        return NotAnEvent(_told(wrong), "it is not as CloudEvents 1.0 has it; correct it")
    return None


def _told(attribute: str) -> str:
    """An attribute's name, unless the sender made it up: that may be a person's number."""
    return attribute if attribute in (*KNOWN, "data") else "extension"
