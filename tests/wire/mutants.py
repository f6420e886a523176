"""Records that are almost right: one field, one part of the encoding, or some bytes changed."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import fastavro

from civicbus.domain.events import Event
from civicbus.wire.records import to_plain
from tests.wire.corpus import Record, avro_of, catalogue, codec
from tests.wire.makers import ENVIRONMENT, NOW, SOURCES, key_of
from tests.wire.tokens import framed, spelled, tokens, with_token, zigzag

UUIDS = [
    "f7977004-bcc6-58d4-a1fa-c8dfca90de32",
    "f7977004-bcc6-58d4-a1fa-c8dfca90de3G",
    "F7977004-BCC6-58D4-A1FA-C8DFCA90DE32",
    "00000000-0000-0000-0000-000000000000",
]
TEXTS = [
    *UUIDS, *SOURCES, ENVIRONMENT, key_of(5), key_of(5).upper(), "", "x", "a\x00b", "\x1f", "\x7f",
    "\t\r\n", "\x85", "\u202e", "\u2029", "\u202f", "\u2065", "\u2066", "\u206a", "‘’–", "王",
    "é" * 500, "é" * 501, "y" * 1_000, "y" * 1_001, "a" * 65, "City-registry", "city--registry",
    "somebody-else",
]  # fmt: skip
NUMBERS = [
    -(2**31), -1, 0, 1, 2, 4, 6, 12, 13, 28, 29, 30, 31, 32, 149, 150, 151, 1849, 1850, 1900, 2000,
    2013, 2014, 2016, 2026, 2027, 9998, 9999, 2**31 - 1,
]  # fmt: skip
TIMES = [
    NOW, NOW + timedelta(minutes=5), NOW + timedelta(minutes=5, milliseconds=1),
    NOW.replace(year=1850, month=1, day=1, hour=0), NOW.replace(year=1849), NOW.replace(year=9999),
    NOW.replace(year=2014), NOW - timedelta(milliseconds=1),
]  # fmt: skip
RAW_NUMBERS = [-(2**63), -(2**40), -(2**31) - 1, -1, 0, 1, 2, 7, 64, 65, 2**31, 2**40, 2**63 - 1]
RAW = [
    *map(zigzag, RAW_NUMBERS), b"\x80\x00", b"\x80" * 11, b"\xff" * 10 + b"\x01", b"",
]  # fmt: skip
RAW_TEXTS = [b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"a\x00", b"\xe2\x80\xae", b"", b"x" * 1_001]


def field_mutant(rng: random.Random, said: Event) -> Record:
    """The event with other values in one to three fields, correctly encoded."""
    kind = type(said).__name__
    schema, named = avro_of(kind)
    plain = to_plain(said)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        _change(rng, schema, named, plain)
    body = io.BytesIO()
    fastavro.schemaless_writer(body, catalogue().latest(kind).parsed, plain)
    return Record(_key(rng, plain), framed(kind, body.getvalue()))


def _key(rng: random.Random, plain: dict[str, Any]) -> bytes:
    keys = [person["person_key"] for person in plain["header"]["concerned"]]
    keys = [key.encode() for key in keys if key is not None]
    return rng.choice(keys) if keys and rng.random() < 0.9 else key_of(5).encode()


def _change(rng: random.Random, schema: Any, named: dict[str, Any], plain: Any) -> None:
    """Descend at random and change what is found there."""
    part = rng.choice(schema["fields"])
    name, inner = part["name"], part["type"]
    if isinstance(inner, list):
        if rng.random() < 0.3:
            plain[name] = None
            return
        inner = inner[1]
    inner = named.get(inner, inner) if isinstance(inner, str) else inner
    kind = inner["type"] if isinstance(inner, dict) else inner
    if kind == "record":
        if plain[name] is None:
            plain[name] = _value(rng, inner, named)
        _change(rng, inner, named, plain[name])
    elif kind == "array":
        item = inner["items"]
        item = named.get(item, item) if isinstance(item, str) else item
        if plain[name] and rng.random() < 0.8:
            _change(rng, item, named, rng.choice(plain[name]))
        else:
            plain[name] = [_value(rng, item, named) for _ in range(rng.choice((0, 1, 3, 64, 65)))]
    else:
        plain[name] = _value(rng, inner, named)


def _value(rng: random.Random, schema: Any, named: dict[str, Any]) -> Any:
    """Any value of a type, the unlikely ones more often than in life."""
    if isinstance(schema, list):
        return None if rng.random() < 0.5 else _value(rng, schema[1], named)
    if isinstance(schema, str):
        schema = named.get(schema, {"type": schema})
    match schema["type"]:
        case "record":
            return {f["name"]: _value(rng, f["type"], named) for f in schema["fields"]}
        case "array":
            return [_value(rng, schema["items"], named) for _ in range(rng.choice((0, 1, 2)))]
        case "enum":
            return rng.choice(schema["symbols"])
        case "string":
            return rng.choice(TEXTS)
        case "long" if "logicalType" in schema:
            return _moment(rng)
        case _:
            return rng.choice(NUMBERS)


def _moment(rng: random.Random) -> datetime:
    return rng.choice(TIMES)


def token_mutant(rng: random.Random, said: Event) -> Record:
    """The event with one part of its encoding replaced."""
    parts = tokens(said)
    at = rng.randrange(len(parts))
    raw = rng.choice(RAW_TEXTS if parts[at].kind == "text" else RAW)
    value = spelled(type(said).__name__, with_token(parts, at, raw))
    return Record(said.header.keys()[0].encode(), value)


def byte_mutant(rng: random.Random, said: Event) -> Record:
    """The event with bytes changed, lost, repeated or put in."""
    value = bytearray(codec().encode(said))
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(value) or 1)
        end = at + rng.choice((1, 1, 2, 8))
        rng.choice(BYTE_CHANGES)(rng, value, at, end)
    return Record(said.header.keys()[0].encode(), bytes(value))


def _flip(rng: random.Random, value: bytearray, at: int, end: int) -> None:
    for place in range(at, min(end, len(value))):
        value[place] ^= 1 << rng.randrange(8)


def _lose(_: random.Random, value: bytearray, at: int, end: int) -> None:
    del value[at:end]


def _repeat(_: random.Random, value: bytearray, at: int, end: int) -> None:
    value[at:at] = value[at:end]


def _put_in(rng: random.Random, value: bytearray, at: int, end: int) -> None:
    value[at:at] = rng.randbytes(end - at)


BYTE_CHANGES = (_flip, _flip, _lose, _repeat, _put_in)


def record_mutant(rng: random.Random, said: Event) -> Record:
    """The event as it is, under another key, at another time, or with headers."""
    whole = Record(said.header.keys()[0].encode(), codec().encode(said))
    return rng.choice(
        (
            replace(
                whole, key=rng.choice((None, b"", key_of(9).encode(), b"source:city-registry"))
            ),
            replace(whole, timestamp=rng.choice((-1, 0, 2**62, -(2**63), 2**63 - 1))),
            replace(whole, headers=[("trace", b"x" * rng.choice((1, 20_000)))]),
            replace(whole, value=rng.choice((None, b"", b"\x00", b"\x00\x00\x00\x00\x01"))),
            whole,
        )
    )


MUTATIONS: tuple[Callable[[random.Random, Event], Record], ...] = (
    field_mutant, field_mutant, field_mutant, token_mutant, byte_mutant, record_mutant,
)  # fmt: skip
