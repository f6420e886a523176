"""Encodings in their smallest parts, made apart from any Avro library.

`tokens` encodes an event as a list of parts, each with its field and kind. So a test can replace
exactly one of them: this length, that choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from civicbus.domain.events import ControlRecord, Event
from civicbus.wire.codec import FRAME, MAGIC
from civicbus.wire.records import to_millis, to_plain
from tests.wire.corpus import avro_of, catalogue


@dataclass(frozen=True)
class Token:
    """The smallest part of an encoding: a number, or the bytes of a text.

    `kind` is what it stands for: `choice` (of a union), `symbol`, `count`, `length`, `text`,
    `int`, `long` or `time`.
    """

    path: str
    kind: str
    encoded: bytes
    choices: int = 0


def tokens(said: Event | ControlRecord) -> list[Token]:
    """The encoding of an event by the latest version of its schema."""
    schema, named = avro_of(type(said).__name__)
    return list(_tokens(schema, named, to_plain(said), ""))


def _tokens(schema: Any, named: dict[str, Any], value: Any, path: str) -> Iterable[Token]:
    if isinstance(schema, list):
        choice = 0 if value is None else 1
        yield Token(path, "choice", zigzag(choice), len(schema))
        if value is not None:
            yield from _tokens(schema[1], named, value, path)
        return
    if isinstance(schema, str):
        schema = named.get(schema, {"type": schema})
    match schema["type"]:
        case "record":
            for part in schema["fields"]:
                inner = f"{path}.{part['name']}".lstrip(".")
                yield from _tokens(part["type"], named, value[part["name"]], inner)
        case "array":
            if value:
                yield Token(path, "count", zigzag(len(value)))
            for item in value:
                yield from _tokens(schema["items"], named, item, path)
            yield Token(path, "count", zigzag(0))
        case "enum":
            symbols = schema["symbols"]
            yield Token(path, "symbol", zigzag(symbols.index(value)), len(symbols))
        case "string":
            yield Token(path, "length", zigzag(len(value.encode())))
            yield Token(path, "text", value.encode())
        case "long" if "logicalType" in schema:
            yield Token(path, "time", zigzag(to_millis(value)))
        case kind:
            yield Token(path, kind, zigzag(value))


def framed(kind: str, body: bytes) -> bytes:
    return FRAME.pack(MAGIC, catalogue().latest(kind).id) + body


def spelled(kind: str, parts: Iterable[Token]) -> bytes:
    """The framed bytes of tokens."""
    return framed(kind, b"".join(part.encoded for part in parts))


def with_token(parts: list[Token], place: int, encoded: bytes) -> list[Token]:
    """The tokens with other bytes in one place; a text brings its length along."""
    changed = list(parts)
    changed[place] = replace(parts[place], encoded=encoded)
    if parts[place].kind == "text":
        changed[place - 1] = replace(parts[place - 1], encoded=zigzag(len(encoded)))
    return changed


def zigzag(number: int) -> bytes:
    """A number as Avro writes it: sign in the lowest bit, seven bits to a byte, lowest first."""
    bits = number << 1 if number >= 0 else (-number << 1) - 1
    encoded = bytearray()
    while bits >= 0x80:
        encoded.append(bits & 0x7F | 0x80)
        bits >>= 7
    encoded.append(bits)
    return bytes(encoded)
