"""Peeking says the same as decoding, and never trips over bytes that are no event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.events import EVENT_TYPES, Death, Event
from civicbus.wire.codec import Codec
from civicbus.wire.peek import NOTHING, peek
from civicbus.wire.schemas import load_catalogue
from tests.builders import header_of, least

CODEC = Codec(load_catalogue())


def said(kind: type[Event], sequence: int) -> Event:
    return least(kind, header_of(kind, source="city-registry", source_sequence=sequence))


@pytest.mark.parametrize("sequence", [0, 1, 63, 64, 2**31, 2**63 - 1])
def test_every_kind_of_event_shows_its_source_and_sequence(sequence: int) -> None:
    for kind in EVENT_TYPES:
        assert peek(CODEC.encode(said(kind, sequence))) == ("city-registry", sequence)


def test_an_event_cut_short_within_what_is_read_shows_nothing() -> None:
    framed = CODEC.encode(said(Death, 70_000))
    needed = framed.index(b"city-registry") + len("city-registry") + 3
    assert {peek(framed[:length]) for length in range(needed)} == {NOTHING}
    assert peek(None) == NOTHING
    assert peek(framed[:needed]) == ("city-registry", 70_000)


@given(st.binary(max_size=80))
def test_random_bytes_never_raise(noise: bytes) -> None:
    for framed in (noise, b"\0\0\0\0\1" + noise):
        source, sequence = peek(framed)
        assert (source, sequence) == NOTHING or source.isascii()
