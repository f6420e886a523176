"""The walk finds exactly the encodings that are not canonical, and says where."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from civicbus.domain.events import InvalidEventError
from civicbus.wire.avro_walk import MAX_TEXT_BYTES, Walker
from civicbus.wire.canonical import decode
from civicbus.wire.codec import FRAME
from tests.wire.corpus import CONTROL, catalogue, codec
from tests.wire.makers import KINDS, event
from tests.wire.mutants import byte_mutant, token_mutant
from tests.wire.tokens import tokens, zigzag


def walk(schema: Any, body: bytes) -> None:
    fields = [{"name": "part", "type": schema}]
    Walker(json.dumps({"type": "record", "name": "R", "fields": fields})).check(body)


def flaw(schema: Any, body: bytes) -> tuple[str, str]:
    with pytest.raises(InvalidEventError) as refused:
        walk(schema, body)
    return refused.value.reason, refused.value.field


@pytest.mark.parametrize("kind", [*KINDS, *CONTROL])
def test_what_the_codec_writes_has_no_flaw(kind: str) -> None:
    walker = Walker(catalogue().latest(kind).text)
    said = [CONTROL[kind]] if kind in CONTROL else [event(kind, n) for n in range(30)]
    for one in said:
        walker.check(codec().encode(one)[FRAME.size :])


@pytest.mark.parametrize("kind", KINDS)
def test_the_walk_and_the_strict_decoder_refuse_the_same_bytes(kind: str) -> None:
    rng = random.Random(kind)
    schema = catalogue().latest(kind)
    walker = Walker(schema.text)
    sound = 0
    for _ in range(150):
        mutate = rng.choice((token_mutant, byte_mutant))
        body = (mutate(rng, event(kind, rng.randrange(200))).value or b"")[FRAME.size :]
        plain = decode(schema, body)
        reason = reason_of(walker, body)
        # The walk also refuses lists that no event may have, which decode well.
        assert (plain is None) == (reason is not None) or reason == "collection"
        sound += reason is None
    assert sound > 0


def reason_of(walker: Walker, body: bytes) -> str | None:
    try:
        walker.check(body)
    except InvalidEventError as error:
        return error.reason
    return None


def test_a_flaw_is_named_by_its_field() -> None:
    parts = tokens(event("Birth"))
    walker = Walker(catalogue().latest("Birth").text)
    for at, part in enumerate(parts):
        body = b"".join(one.encoded for one in parts[:at]) + b"\x80" * 11
        with pytest.raises(InvalidEventError) as refused:
            walker.check(body)
        expected = part.path if part.kind != "text" else None
        if expected is not None:
            assert (refused.value.reason, refused.value.field) == ("varint", expected)


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("null", b""),
        ("boolean", b"\x01"),
        ("int", zigzag(2**31 - 1)),
        ("int", zigzag(-(2**31))),
        ("long", zigzag(2**63 - 1)),
        ("long", zigzag(-(2**63))),
        ("float", b"\x00" * 4),
        ("double", b"\x00" * 8),
        ("string", b"\x00"),
        ({"type": "map", "values": "int"}, b"\x02\x02k\x01\x00"),
        ({"type": "array", "items": "int"}, b"\x00"),
        ({"type": "long", "logicalType": "timestamp-millis"}, zigzag(253_402_300_799_999)),
        ({"type": "int", "logicalType": "date"}, zigzag(2_932_896)),
    ],
)
def test_canonical_encodings_are_let_through(schema: Any, body: bytes) -> None:
    walk(schema, body)


@pytest.mark.parametrize(
    ("schema", "body", "reason"),
    [
        ("boolean", b"\x02", "range"),
        ("int", zigzag(2**31), "range"),
        ("long", b"\xff" * 9 + b"\x03", "varint"),
        ("long", b"\x80" * 9, "truncated"),
        ("float", b"\x00" * 3, "truncated"),
        ("double", b"\x00" * 9, "not_canonical"),
        ("string", zigzag(MAX_TEXT_BYTES), "truncated"),
        ("string", zigzag(MAX_TEXT_BYTES + 1), "length"),
        ("string", b"\x02\xff", "text"),
        (["null", "int"], zigzag(2), "union"),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, zigzag(1), "enum"),
        ({"type": "array", "items": "null"}, zigzag(30_000_000), "collection"),
        ({"type": "array", "items": "int"}, b"\x02\x02\x02\x02\x00", "not_canonical"),
        ({"type": "array", "items": "int"}, b"\x02\x02\x01\x02\x02\x00", "collection"),
        ({"type": "array", "items": "int"}, b"\x01\x02\x02\x00", "collection"),
        ({"type": "map", "values": "int"}, b"\x02\x02\xff\x01\x00", "text"),
        ({"type": "long", "logicalType": "timestamp-millis"}, zigzag(253_402_300_800_000), "range"),
        ({"type": "int", "logicalType": "date"}, zigzag(2_932_897), "range"),
    ],
)
def test_each_flaw_has_its_reason(schema: Any, body: bytes, reason: str) -> None:
    assert flaw(schema, body) == (reason, "value" if body == b"\x00" * 9 else "part")
