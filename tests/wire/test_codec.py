"""Events to bytes and back: nothing is lost, nothing is written that the schema does not allow."""

from __future__ import annotations

import io
import json
import types
import typing
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fastavro
import pytest
from fastavro.validation import validate
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.events import ControlRecord, Event, InvalidEventError, SourceWatermark
from civicbus.wire.accepted import from_accepted
from civicbus.wire.codec import FRAME, Codec
from civicbus.wire.records import RECORD_TYPES, from_millis, from_plain, to_millis, to_plain
from civicbus.wire.schemas import (
    LOCK_FILE,
    Catalogue,
    LockedSchema,
    SchemaError,
    load_catalogue,
    read_schemas,
    schema_folder,
)
from tests.patience import tried
from tests.wire.corpus import CONTROL, catalogue, codec, watermark
from tests.wire.makers import KINDS, event
from tests.wire.strategies import EVENTS, moments


@pytest.mark.parametrize("record", EVENTS)
@tried(10)
@given(data=st.data())
def test_what_is_written_is_read_back_unchanged(record: str, data: st.DataObject) -> None:
    said = data.draw(EVENTS[record])
    framed = codec().encode(said)
    assert codec().decode(framed) == said
    assert codec().decode_accepted(framed) == said
    assert codec().encode(codec().decode(framed)) == framed


@pytest.mark.parametrize("record", EVENTS)
def test_a_record_is_framed_with_the_id_of_the_lock_file(record: str) -> None:
    entries = json.loads((schema_folder() / LOCK_FILE).read_text(encoding="utf-8"))["schemas"]
    versions = {entry["version"]: entry["id"] for entry in entries if entry["record"] == record}
    said = CONTROL.get(record) or event(record)
    framed = codec().encode(said)
    assert framed[0] == 0
    assert int.from_bytes(framed[1:5], "big") == versions[max(versions)]
    assert FRAME.size == 5


def test_the_framing_is_confluents() -> None:
    """Byte for byte, so that a change of the framing cannot go unnoticed."""
    said = SourceWatermark("a", datetime(1970, 1, 1, 0, 0, 0, 1000, UTC), 2, 3, "b")
    first = Codec(Catalogue({8: catalogue().versions[8]}))
    assert first.encode(said) == b"\x00\x00\x00\x00\x08" + b"\x02a" + b"\x02b" + b"\x02\x04\x06"


def test_the_latest_version_is_written_whatever_its_id() -> None:
    latest = catalogue().latest("Birth")
    newer = LockedSchema(99, latest.version + 1, "Birth", latest.text)
    older = LockedSchema(500, 0, "Birth", latest.text)
    grown = Catalogue({99: newer, 500: older, **catalogue().versions})
    assert Codec(grown).encode(event("Birth"))[:5] == FRAME.pack(0, 99)


@pytest.mark.parametrize("number", catalogue().versions)
def test_what_any_locked_version_wrote_is_read_and_says_the_same(number: int) -> None:
    locked = catalogue().versions[number]
    for said in _sayable(locked):
        body = _body(locked, said)
        framed = FRAME.pack(0, locked.id) + body
        found = codec().decode(framed)
        assert _body(locked, found) == body
        accepted = codec().decode_accepted(framed)
        assert accepted == found
        assert repr(accepted) == repr(found)  # a symbol of an enum equals its text


def _sayable(locked: LockedSchema) -> list[Event | ControlRecord]:
    """Events that a version can write: an old one lacks the symbols that have come since."""
    if locked.record in CONTROL:
        return [CONTROL[locked.record]]
    said = [event(locked.record, seed) for seed in range(30)]
    able = [one for one in said if validate(to_plain(one), locked.parsed, raise_errors=False)]
    assert len(able) > 5
    return list(able)


def _body(locked: LockedSchema, said: Event | ControlRecord) -> bytes:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, locked.parsed, to_plain(said))
    return body.getvalue()


def test_an_id_that_was_never_given_is_refused() -> None:
    framed = codec().encode(event("Birth"))
    with pytest.raises(KeyError):
        codec().decode(FRAME.pack(0, 4_000_000_000) + framed[FRAME.size :])


def test_a_record_without_a_field_that_it_needs_cannot_have_been_accepted() -> None:
    plain = to_plain(event("Birth"))
    del plain["header"]["event_id"]
    with pytest.raises(KeyError, match="event_id"):
        from_accepted("Birth", plain)


@pytest.mark.parametrize("number", [2**63, 2**80])
def test_a_number_that_the_schema_cannot_hold_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="SourceWatermark") as refused:
        codec().encode(watermark(sequence=number))
    assert "sequence" in str(refused.value)
    assert str(number) not in str(refused.value)


def test_a_value_of_another_type_is_refused_by_its_field_and_never_repeated() -> None:
    said = event("Birth")
    object.__setattr__(said, "place", 4711)  # no constructor lets this through
    with pytest.raises(ValueError, match="Birth") as refused:
        codec().encode(said)
    assert "place" in str(refused.value)
    assert "4711" not in str(refused.value)


def test_a_record_that_nobody_defined_is_refused() -> None:
    with pytest.raises(KeyError):
        Codec(Catalogue({})).encode(event("Birth"))


@pytest.mark.parametrize("record", KINDS)
def test_unknown_is_never_taken_for_a_fact(record: str) -> None:
    plain = to_plain(event(record))
    plain["header"]["change"] = "UNKNOWN"
    with pytest.raises(InvalidEventError) as refused:
        from_plain(record, plain)
    assert refused.value.reason == "enum"
    assert refused.value.field.endswith("change")


@given(moments, st.integers(0, 999))
def test_a_moment_is_written_to_the_millisecond_rounded_down(
    moment: datetime, microseconds: int
) -> None:
    finer = moment + timedelta(microseconds=microseconds)
    assert from_millis(to_millis(finer)) == moment
    said = watermark(complete_through=finer)
    assert codec().decode(codec().encode(said)) == watermark(complete_through=moment)


@pytest.mark.parametrize("record", RECORD_TYPES)
def test_a_schema_has_the_fields_and_codes_of_its_dataclass(record: str) -> None:
    """Dataclasses and schema files are written by hand, both; this holds them together."""
    _same(read_schemas()[record], RECORD_TYPES[record])


def _same(schema: Any, kind: type) -> None:
    """Check names, optionality and codes of every field, however deep."""
    hints = typing.get_type_hints(kind)
    parts = {part["name"]: part["type"] for part in schema["fields"]}
    assert parts.keys() == {field.name for field in fields(kind)}
    if issubclass(kind, Event):
        assert list(parts) == [field.name for field in fields(kind)]
    for name, avro in parts.items():
        hint = hints[name]
        assert isinstance(avro, list) == isinstance(hint, types.UnionType), name
        if isinstance(avro, list):
            avro, hint = avro[1], typing.get_args(hint)[0]  # noqa: PLW2901 - the same, without null
        if typing.get_origin(hint) is tuple:
            avro, hint = avro["items"], typing.get_args(hint)[0]  # noqa: PLW2901 - of its items
        if isinstance(avro, dict) and avro["type"] == "enum":
            assert (avro["name"], avro["symbols"]) == (hint.__name__, ["UNKNOWN", *hint])
        elif isinstance(avro, dict) and avro["type"] == "record":
            _same(avro, hint)


def test_the_lock_file_gives_each_id_once() -> None:
    entries = json.loads((schema_folder() / LOCK_FILE).read_text(encoding="utf-8"))["schemas"]
    assert len({entry["id"] for entry in entries}) == len(entries) == len(catalogue().versions)


def test_the_locked_text_is_the_schema_that_is_written_with() -> None:
    locked = catalogue().latest("Death")
    assert fastavro.schema.to_parsing_canonical_form(
        locked.parsed
    ) == fastavro.schema.to_parsing_canonical_form(read_schemas()["Death"])


def test_a_missing_lock_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=f"{LOCK_FILE}.*version control"):
        load_catalogue(tmp_path)
