"""Blocks made to cost time or memory."""

from __future__ import annotations

import io
from dataclasses import replace

import fastavro

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Birth, Concerned, Investigation
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role
from civicbus.wire.guard_judge import MAX_VALUE_BYTES
from civicbus.wire.records import to_plain
from tests.wire.corpus import Record, catalogue, codec
from tests.wire.makers import event
from tests.wire.tokens import Token, framed, spelled, tokens, zigzag

FETCH_BYTES = 1024 * 1024  # what one fetch from a broker brings of one partition


def hostile_blocks(block_bytes: int) -> dict[str, list[Record]]:
    """Blocks of about a size, by what is hostile about them."""
    said = event("Birth")
    assert isinstance(said, Birth)
    parts = tokens(said)
    fill = MAX_VALUE_BYTES - 5
    persons = next(at for at, part in enumerate(parts) if part.path == "header.concerned")
    listed = next(at for at, part in enumerate(parts) if part.path.endswith("identifiers"))
    nobody = b"\x00\x02\x00\x00\x00"  # a child without key, number, name and birth date
    values = {
        "continuation bits": framed("Birth", b"\x80" * fill),
        "all bits": framed("Birth", b"\xff" * fill),
        "zeros": framed("Birth", bytes(fill)),
        "endless text": _cut(parts, 0, zigzag(2**40) + b"x" * 60_000),
        "endless list": _cut(parts, persons, zigzag(2**50) + nobody * 12_000),
        "thirteen thousand persons": _cut(parts, persons, zigzag(13_000) + nobody * 13_000),
        "a block each": _cut(parts, persons, (zigzag(1) + nobody) * 10_000),
        "negative blocks": _cut(parts, persons, (zigzag(-1) + zigzag(5) + nobody) * 9_000),
        "nested lists": _cut(parts, listed, zigzag(2**40) + (zigzag(1) + b"\x00\x00") * 20_000),
        "thirty thousand numbers": _cut(parts, listed, zigzag(30_000) + b"\x00\x00" * 30_000),
        "as full as allowed": codec().encode(_full(said)),
        "as full as allowed, of no type": _of_nobody_born(_full(said)),
        "as full as allowed, cut": codec().encode(_full(said))[:-1],
    }
    key = said.header.keys()[0].encode()
    blocks = {
        name: [Record(key, value)] * (block_bytes // len(value)) for name, value in values.items()
    }
    short = spelled("Birth", parts)
    return blocks | {
        "many cut records": [Record(key, short[:-1])] * (block_bytes // 512),
        "many under a wrong key": [Record(b"", short)] * (block_bytes // 512),
    }


def _cut(parts: list[Token], at: int, rest: bytes) -> bytes:
    """The encoding up to a place, and other bytes from there."""
    return spelled("Birth", [*parts[:at], Token("", "", rest)])


def _of_nobody_born(said: Birth) -> bytes:
    """A birth of which no child is concerned: might it be of another type? Each is tried."""
    plain = to_plain(said)
    for concerned in plain["header"]["concerned"]:
        concerned["role"] = Role.PERSON.value
    body = io.BytesIO()
    fastavro.schemaless_writer(body, catalogue().latest("Birth").parsed, plain)
    return framed("Birth", body.getvalue())


def _full(said: Birth) -> Birth:
    """An event with every list as long as it may be."""
    numbers = tuple(Identifier("us-dc", str(number)) for number in range(64))
    persons = tuple(Concerned(Role.CHILD, numbers) for _ in range(64))
    marks = (Investigation("x", PartialDate(2014), None),) * 64
    concerned = (said.header.concerned[0], *persons[1:])
    return replace(
        said, header=replace(said.header, concerned=concerned, under_investigation=marks)
    )
