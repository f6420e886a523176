"""What stands in the quarantine topic with a record that was refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from civicbus.engine.quarantine import (
    LARGEST_HEADERS,
    LARGEST_KEY,
    LARGEST_VALUE,
    RefusedRecord,
    beginning,
    error_headers,
)
from tests.engine.samples import TOPIC, Record

RECORD = Record(7, b"key", b"value", headers=(("kept", b"as it was"),))


def headers_of(record: Record) -> dict[str, bytes]:
    return dict(error_headers(RefusedRecord(record, "size", "value: too large")))


def test_the_headers_say_where_a_record_came_from_and_why_it_was_refused() -> None:
    headers = headers_of(RECORD)
    assert headers["kept"] == b"as it was"
    assert headers["__connect.errors.topic"] == TOPIC.encode()
    assert headers["__connect.errors.offset"] == b"7"
    assert headers["x-reason"] == b"size"
    assert not any(name.startswith("x-original-") and name.endswith("-bytes") for name in headers)


@pytest.mark.parametrize(
    ("record", "told", "size"),
    [
        (replace(RECORD, value=bytes(LARGEST_VALUE + 1)), "value", LARGEST_VALUE + 1),
        (replace(RECORD, key=bytes(LARGEST_KEY + 1)), "key", LARGEST_KEY + 1),
        (replace(RECORD, headers=(("h", bytes(LARGEST_HEADERS)),)), "headers", LARGEST_HEADERS + 1),
    ],
)
def test_the_size_is_told_of_what_is_too_large_to_be_kept(
    record: Record, told: str, size: int
) -> None:
    headers = headers_of(record)
    assert headers[f"x-original-{told}-bytes"] == str(size).encode()
    assert "h" not in headers


@pytest.mark.parametrize("data", [None, b"", b"short", bytes(LARGEST_VALUE)])
def test_what_fits_is_kept_whole(data: bytes | None) -> None:
    assert beginning(data, LARGEST_VALUE) == data
