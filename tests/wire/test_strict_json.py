"""JSON without its traps."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.wire.strict_json import DEPTH_MAX, NotJsonError, parse

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='ab"[{\\é'), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_json_writes_is_read_back(value: object) -> None:
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value
    assert parse(json.dumps(value).encode()) == value


@given(st.binary())
def test_bytes_are_a_value_or_refused(body: bytes) -> None:
    with contextlib.suppress(NotJsonError):
        parse(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{} {}",
        b'{"a": 1, "a": 1}',
        b'[{"a": {"b": 1, "b": 2}}]',
        b'{"a": NaN}',
        b"[Infinity, 1]",
        b"[-Infinity]",
        b"[1e400]",
        b"[-1e400]",
        b'["\\ud800"]',
        b'{"\\udfff": 1}',
        b"\xed\xa0\x80",
        b"\xff\xfe{\x00}\x00",
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-16-le"),
        '{"a": 1}'.encode("utf-32"),
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xc0\xaf"}',
        b"{'a': 1}",
        b'{"a": 1,}',
        b"{/**/}",
        b'{"a": "\n"}',
        b"1" * 10_000,
        b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1),
        b'{"a":' * (DEPTH_MAX + 1) + b"1" + b"}" * (DEPTH_MAX + 1),
    ],
)
def test_a_trap_is_refused(body: bytes) -> None:
    with pytest.raises(NotJsonError):
        parse(body)


def test_as_deep_as_allowed_is_taken() -> None:
    assert parse(b"[" * DEPTH_MAX + b"]" * DEPTH_MAX)


def test_brackets_inside_a_text_are_no_nesting() -> None:
    text = '["{' * 100 + "\\"
    assert parse(json.dumps([text]).encode()) == [text]


def test_the_deepest_body_of_64_kib_is_refused_quickly() -> None:
    started = time.process_time()
    with pytest.raises(NotJsonError):
        parse(b"[" * 65_536)
    assert time.process_time() - started < 0.05


def test_a_number_can_be_kept_as_it_is_spelled() -> None:
    body = b'{"a": 10000000000000000000001, "b": 1.50, "c": -0, "d": [1e2, "1"]}'
    assert parse(body, keep_numbers=True) == {
        "a": "10000000000000000000001",
        "b": "1.50",
        "c": "-0",
        "d": ["1e2", "1"],
    }
    with pytest.raises(NotJsonError, match="no double"):
        parse(b"[1e400]", keep_numbers=True)
