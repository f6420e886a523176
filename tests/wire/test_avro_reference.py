"""What we write, read by another implementation of Avro that shares no code with fastavro.

Goal: a department that uses any Avro library reads from our topics exactly what we meant. Method:
avro-python3, the Apache project's own, decodes the bytes of random events of every record type, by
the schema text that the lock file (and the registry) gives out.
"""

from __future__ import annotations

import io
from datetime import datetime
from functools import cache
from typing import Any

import avro.io
import avro.schema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.wire.codec import FRAME
from civicbus.wire.records import RECORD_TYPES, to_millis, to_plain
from tests.patience import tried
from tests.wire.corpus import catalogue, codec
from tests.wire.strategies import EVENTS


@cache
def reader(record: str) -> avro.io.DatumReader:
    return avro.io.DatumReader(avro.schema.parse(catalogue().latest(record).text))


def read(record: str, framed: bytes) -> tuple[Any, int]:
    """The decoded record, and how many bytes it left over."""
    body = io.BytesIO(framed[FRAME.size :])
    return reader(record).read(avro.io.BinaryDecoder(body)), len(body.read())


def as_avro(value: Any) -> Any:
    """A plain event as Avro itself has it: moments are numbers of milliseconds."""
    if isinstance(value, dict):
        return {name: as_avro(part) for name, part in value.items()}
    if isinstance(value, list):
        return [as_avro(part) for part in value]
    return to_millis(value) if isinstance(value, datetime) else value


@pytest.mark.parametrize("record", EVENTS)
@tried(10)
@given(data=st.data())
def test_another_implementation_reads_what_we_write(record: str, data: st.DataObject) -> None:
    event = data.draw(EVENTS[record])
    found, left_over = read(record, codec().encode(event))
    assert found == as_avro(to_plain(event))
    assert left_over == 0


@pytest.mark.parametrize("record", EVENTS)
@tried(5)
@given(data=st.data())
def test_we_read_what_another_implementation_writes(record: str, data: st.DataObject) -> None:
    event = data.draw(EVENTS[record])
    framed = codec().encode(event)
    body = io.BytesIO()
    found, _ = read(record, framed)
    writer = avro.io.DatumWriter(avro.schema.parse(catalogue().latest(record).text))
    writer.write(found, avro.io.BinaryEncoder(body))
    assert framed[: FRAME.size] + body.getvalue() == framed


def test_every_record_type_is_tried() -> None:
    assert EVENTS.keys() == RECORD_TYPES.keys() == {s.record for s in catalogue().versions.values()}


@pytest.mark.parametrize("number", catalogue().versions)
def test_another_implementation_takes_every_schema_that_was_ever_locked(number: int) -> None:
    locked = catalogue().versions[number]
    assert avro.schema.parse(locked.text).fullname == f"civic.{locked.record}"
