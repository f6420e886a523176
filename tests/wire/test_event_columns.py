"""Blocks of events written natively: byte for byte what fastavro writes, or fastavro itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import Basis, Concerned, Event
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, Role
from civicbus.wire import codec as codec_module
from civicbus.wire import native
from civicbus.wire.codec import FRAME, Codec
from civicbus.wire.event_columns import EventColumns
from civicbus.wire.records import to_plain
from tests.patience import tried
from tests.wire.corpus import catalogue, codec
from tests.wire.makers import KINDS, birth, event
from tests.wire.strategies import EVENTS

BLOCK = 40


def written_natively(record: str, events: list[Any]) -> list[bytes] | None:
    """The bodies if the whole way was native; never fastavro's."""
    schema = catalogue().latest(record)
    batch = EventColumns(schema).batch(events)
    return None if batch is None else native.bodies(batch, schema.text)


@pytest.mark.parametrize("record", EVENTS)
@tried(10)
@given(data=st.data())
def test_native_bytes_are_fastavros_bytes(record: str, data: st.DataObject) -> None:
    said = data.draw(st.lists(EVENTS[record], min_size=1, max_size=4))
    one_by_one = [codec().encode(one)[FRAME.size :] for one in said]
    assert written_natively(record, said) == one_by_one
    assert written_natively(record, [to_plain(one) for one in said]) == one_by_one


@pytest.mark.parametrize("record", KINDS)
def test_a_large_block_of_a_type_is_written_natively(record: str) -> None:
    said: list[Any] = [event(record, seed) for seed in range(BLOCK)]
    one_by_one = [codec().encode(one) for one in said]
    assert written_natively(record, said) == [framed[FRAME.size :] for framed in one_by_one]
    assert codec().encode_block(said) == one_by_one
    assert codec().encode_plain(record, [to_plain(one) for one in said]) == one_by_one


def test_a_block_of_several_types_keeps_its_order() -> None:
    said = [event(KINDS[seed % len(KINDS)], seed) for seed in range(40 * len(KINDS))]
    assert codec().encode_block(said) == [codec().encode(one) for one in said]
    assert codec().encode_block([]) == []


@pytest.mark.parametrize("micros", [0, 1, 999, 1000, 1500, 999_999])
@pytest.mark.parametrize("year", [1850, 1969, 1970, 2026])
def test_a_moment_is_rounded_down_as_fastavro_does(year: int, micros: int) -> None:
    moment = datetime(year, 12, 31, 23, 59, 59, micros, tzinfo=UTC)
    said = event("Death", 1)
    said = replace(said, header=replace(said.header, registered_at=moment, occurred=UNKNOWN_DATE))
    framed = codec().encode(said)
    assert written_natively("Death", [said]) == [framed[FRAME.size :]]


BIRTH = birth(random.Random(3))


def spoiled(**header: Any) -> Event:
    """An event whose header holds what no constructor of ours looks at."""
    said = replace(BIRTH)
    object.__setattr__(said, "header", replace(said.header))
    for name, value in header.items():
        object.__setattr__(said.header, name, value)
    return said


WRONG: dict[str, Callable[[], Any]] = {
    "a number for a text": lambda: replace(BIRTH, place=5),  # type: ignore[arg-type]
    "bytes for a text": lambda: replace(BIRTH, place=b"5"),  # type: ignore[arg-type]
    "a text for a number": lambda: spoiled(source_sequence="5"),
    "a truth for a number": lambda: spoiled(source_sequence=True),
    "a fraction for a number": lambda: spoiled(source_sequence=3.0),
    "a number too large": lambda: spoiled(source_sequence=2**63),
    "nothing where something is needed": lambda: spoiled(source=None),
    "nothing for a list": lambda: spoiled(concerned=None),
    "a list for a tuple": lambda: spoiled(concerned=list(BIRTH.header.concerned)),
    "a text for a list": lambda: spoiled(concerned="abc"),
    "an unknown symbol": lambda: spoiled(change="MOVED"),
    "a text for a moment": lambda: spoiled(registered_at="2026-01-01"),
    "another class": lambda: spoiled(basis=BIRTH.header.occurred),
    "nobody among the persons": lambda: spoiled(concerned=(None, *BIRTH.header.concerned)),
    "half a character": lambda: spoiled(environment="\ud800"),
    "no role": lambda: spoiled(concerned=(Concerned(None, (Identifier("a", "b"),)),)),  # type: ignore[arg-type]
    "no scheme": lambda: spoiled(
        concerned=(Concerned(Role.CHILD, (Identifier(None, "b"),)),)  # type: ignore[arg-type]
    ),
    "a lost field": lambda: {**to_plain(BIRTH), "header": {}},
    "an unknown field": lambda: {**to_plain(BIRTH), "colour": "red"},
    "a renamed field": lambda: {
        ("colour" if name == "place" else name): value for name, value in to_plain(BIRTH).items()
    },
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_fastavro_refuses_no_block_lets_through(wrong: str) -> None:
    made = WRONG[wrong]()
    good = [event("Birth", seed) for seed in range(BLOCK)]
    one = made if isinstance(made, dict) else to_plain(made)
    with pytest.raises((ValueError, TypeError)) as refused:
        codec().encode_plain("Birth", [one])
    assert written_natively("Birth", [made]) is None
    with pytest.raises(refused.type):
        codec().encode_plain("Birth", [*map(to_plain, good), one])
    if not isinstance(made, dict):
        with pytest.raises(refused.type):
            codec().encode_block([*good, made])


@pytest.mark.parametrize(
    "odd",
    [
        lambda: spoiled(registered_at=datetime(2026, 1, 1)),  # noqa: DTZ001
        lambda: spoiled(basis=Basis(BasisKind.DEED, "", None)),
    ],
    ids=["a moment without a zone", "an empty text"],
)
def test_what_fastavro_accepts_is_written_as_fastavro_does(odd: Callable[[], Event]) -> None:
    block = [*(event("Birth", seed) for seed in range(BLOCK)), odd()]
    assert codec().encode_block(block) == [codec().encode(one) for one in block]


def test_a_block_that_native_code_cannot_write_is_written_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = [event("Contribution", seed) for seed in range(BLOCK)]
    expected = [codec().encode(one) for one in said]
    monkeypatch.setattr(native, "bodies", lambda *_: None)
    assert Codec(catalogue()).encode_block(said) == expected


def test_native_code_says_so_when_it_cannot_write_a_batch() -> None:
    columns = EventColumns(catalogue().latest("Contribution"))
    batch = columns.batch([event("Contribution", seed) for seed in range(3)])
    assert native.bodies(batch, catalogue().latest("Birth").text) is None


def test_few_events_are_written_sooner_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(EventColumns, "batch", lambda _, events: asked.append(len(events)))
    said = [event("Union", seed) for seed in range(codec_module.WORTH_COLUMNS)]
    fresh = Codec(catalogue())
    fresh.encode_block(said[1:])
    assert asked == []
    assert fresh.encode_block(said) == [codec().encode(one) for one in said]
    assert asked == [codec_module.WORTH_COLUMNS]
