"""Peeking says the same as decoding, and never trips over bytes that are no event."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.events import (
    EVENT_TYPES,
    Annulment,
    Birth,
    Concerned,
    Death,
    Event,
    Header,
    MissingDeclaration,
    Refusal,
    Registration,
    Union,
    event_id,
)
from civicbus.domain.vocabulary import AnnulmentReason, Role, UnionKind
from civicbus.wire.codec import Codec
from civicbus.wire.peek import NOTHING, peek
from civicbus.wire.schemas import load_catalogue

CODEC = Codec(load_catalogue())


def header(sequence: int, source: str = "city-registry") -> Header:
    return Header(
        event_id(source, str(sequence)),
        source,
        tuple(Concerned(role) for role in Role),
        datetime(2026, 1, 1, tzinfo=UTC),
        target_event_id=event_id(source, "target"),
        source_sequence=sequence,
    )


def one_of_each(sequence: int) -> list[Event]:
    head = header(sequence)
    return [
        Birth(head),
        Death(head),
        Union(head, UnionKind.MARRIAGE),
        Registration(head),
        MissingDeclaration(head),
        Annulment(head, AnnulmentReason.WRONG_PERSON),
        Refusal(head, "date"),
    ]


@pytest.mark.parametrize("sequence", [0, 1, 63, 64, 2**31, 2**63 - 1])
def test_every_kind_of_event_shows_its_source_and_sequence(sequence: int) -> None:
    events = one_of_each(sequence)
    assert {type(event) for event in events} == set(EVENT_TYPES)
    for event in events:
        assert peek(CODEC.encode(event)) == ("city-registry", sequence)


def test_an_event_cut_short_within_what_is_read_shows_nothing() -> None:
    framed = CODEC.encode(Death(header(70_000)))
    needed = framed.index(b"city-registry") + len("city-registry") + 3
    assert {peek(framed[:length]) for length in range(needed)} == {NOTHING}
    assert peek(None) == NOTHING
    assert peek(framed[:needed]) == ("city-registry", 70_000)


@given(st.binary(max_size=80))
def test_random_bytes_never_raise(noise: bytes) -> None:
    for framed in (noise, b"\0\0\0\0\1" + noise):
        source, sequence = peek(framed)
        assert (source, sequence) == NOTHING or source.isascii()
