"""Where one item of a JSON file ends: found whatever the pieces it comes in, and never guessed."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from civicbus.connect import json_items
from civicbus.connect.json_items import MAX_ITEM_BYTES, READ_BYTES, Item, read_items
from civicbus.connect.rows import UnreadableFileError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\{}[],\n'))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=4), max_size=6)
# Bytes that open, close, separate or escape something, in any order.
TANGLES = st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b",", b'"', b"\\", b"\n", b" ", b"1"]))


class InPieces(io.BytesIO):
    """A stream that gives a few bytes at a time, as a socket may."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        super().__init__(data)
        self._sizes = sizes

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._sizes.pop() if self._sizes else size)


def items(data: bytes) -> list[Item]:
    return list(read_items(io.BytesIO(data), "town.json"))


def good(found: list[Item]) -> list[Any]:
    """What the items without a problem spell, as far as they spell anything."""
    values = []
    for item in found:
        try:
            values += [] if item.problem else [json.loads(item.raw)]
        except ValueError:
            continue
    return values


def refused(found: list[Item]) -> list[tuple[int, int]]:
    """Place and line of the items with a problem, or that spell nothing."""
    values = []
    for item in found:
        try:
            json.loads(item.raw)
        except ValueError:
            values.append((item.place, item.line))
        else:
            values += [(item.place, item.line)] if item.problem else []
    return values


@given(OBJECTS, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_an_array_has_the_items_that_were_written(
    objects: list[dict[str, Any]], indent: str | int | None, ascii_only: bool
) -> None:
    found = items(json.dumps(objects, indent=indent, ensure_ascii=ascii_only).encode())
    assert [item.place for item in found] == list(range(1, len(objects) + 1))
    assert good(found) == objects


@given(OBJECTS.filter(bool), st.sampled_from(["\n", "\r\n", "\n \n\n"]))
def test_lines_have_the_items_that_were_written(objects: list[dict[str, Any]], end: str) -> None:
    data = end.join(json.dumps(one) for one in objects).encode()
    found = items(data)
    assert good(found) == objects
    assert [item.line for item in found] == [
        1 + place * end.count("\n") for place in range(len(objects))
    ]


@given(
    st.one_of(
        OBJECTS.map(lambda objects: json.dumps(objects, indent=1).encode()),
        OBJECTS.map(lambda objects: b"\n".join(json.dumps(one).encode() for one in objects)),
        TANGLES.map(lambda parts: b"[" + b"".join(parts)),
        TANGLES.map(lambda parts: b"{" + b"".join(parts)),
    ),
    st.lists(st.integers(1, 9)),
)
@example(b'[{"a": "\\"}, {"}]', [7, 1, 1, 1, 1, 1, 1, 1])
@example(b'[{"a": "\\\n"}, {}]', [1, 1, 9])
@example(b"\n\n [{}]\n]", [1, 1, 1, 1, 1, 1, 1, 1])
def test_in_whatever_pieces_a_file_comes_its_items_are_the_same(
    data: bytes, sizes: list[int]
) -> None:
    try:
        whole = items(data)
    except UnreadableFileError:
        with pytest.raises(UnreadableFileError):
            list(read_items(InPieces(data, sizes), "town.json"))
        return
    assert list(read_items(InPieces(data, sizes), "town.json")) == whole


WRITTEN = [{"n": n, "in": {"list": [n, {}], "text": "x"}, "last": {"x": n}} for n in range(4)]
SPELLED = json.dumps(WRITTEN, indent=1).encode()
MARKS = [at for at, byte in enumerate(SPELLED) if at > 0 and byte in b"{}[],:"]


@pytest.mark.parametrize("inserted", [b"", b"{", b"}", b"[", b"]", b",", b'"'])
@pytest.mark.parametrize("replaced", [0, 1])
def test_a_mark_too_many_or_too_few_makes_no_object_that_was_not_written(
    inserted: bytes, replaced: int
) -> None:
    """Half an object would be somebody's record with the half missing that says it is cancelled."""
    for at in MARKS:
        found = items(SPELLED[:at] + inserted + SPELLED[at + replaced :])
        objects = [value for value in good(found) if isinstance(value, dict)]
        assert [value for value in objects if value not in WRITTEN] == []


@pytest.mark.parametrize(
    ("data", "told", "left"),
    [
        (b'[{"a": 1}, {"b": }, {"c": 3}]', [(2, 1)], [{"a": 1}, {"c": 3}]),
        (b'[{"a": 1},\n{"b": 2]},\n{"c": 3}]', [(2, 2)], [{"a": 1}, {"c": 3}]),
        (b'[{"a": 1},\n{"b": "2,\n"c": 3},\n{"d": 4}]', [(2, 2)], [{"a": 1}, {"d": 4}]),
        (b'[{"a": 1},\n\n{"b": "2},\n{"c": 3}]', [(2, 3), (3, 4)], [{"a": 1}]),
        (b'[{"a": 1}, , {"c": 3}]', [(2, 1)], [{"a": 1}, {"c": 3}]),
        (b'[{"a": 1},\n]', [(2, 2)], [{"a": 1}]),
        (b'[{"a": 1}, nonsense]', [(1, 1), (2, 1)], []),
        (b'[{"a": {}}, "b": 1},\n{"c": 3}]', [(1, 1), (2, 1)], [{"c": 3}]),
        (b'[{"a": 1}], "b": 2}, {"c": 3}]', [(1, 1), (2, 1)], []),
        (b'[{"a": 1}]\n[{"b": 2}]', [(2, 2)], [{"a": 1}]),
        (b'[{"a": 1},\n{"b": {"c": 2},\n{"d": 3}]', [(2, 2), (3, 3)], [{"a": 1}]),
        (b'[{"a": 1},\n{"b": {"c": 2,\n{"d": 3}]', [(2, 2)], [{"a": 1}]),
        (b'[{"a": 1},\n{"b": 2', [(2, 2)], [{"a": 1}]),
        (b'[{"a": 1},\n{"b": 2}', [(3, 2)], [{"a": 1}, {"b": 2}]),
        (b'[{"a": 1},', [(2, 1)], [{"a": 1}]),
        (b"[", [(1, 1)], []),
        (b'{"a": 1}\n{"b": \n{"c": 3}', [(2, 2)], [{"a": 1}, {"c": 3}]),
        (b'{"a": 1}\n{"b": 2},\n{"c": 3}', [(2, 2)], [{"a": 1}, {"c": 3}]),
        (b'{"a": 1}\n{"b": "x', [(2, 2)], [{"a": 1}]),
        (b'{"a": 1}\n{"b": 2} {"c": 3}\n', [(2, 2)], [{"a": 1}]),
    ],
)
def test_an_item_that_is_broken_is_told_and_the_others_are_read(
    data: bytes, told: list[tuple[int, int]], left: list[object]
) -> None:
    found = items(data)
    assert refused(found) == told
    assert good(found) == left


def test_values_that_are_no_objects_do_not_spoil_their_neighbours() -> None:
    assert good(items(b'[{"a": 1}, 5, null, "x", [{}], {"b": 2}]')) == [
        {"a": 1}, 5, None, "x", [{}], {"b": 2},
    ]  # fmt: skip


def test_an_item_that_is_too_long_is_passed_over_and_no_other() -> None:
    long = b'{"a": "' + b"x" * (2 * MAX_ITEM_BYTES) + b'"}'
    for data in (b'[{"b": 1},\n' + long + b',\n{"c": 2}]', b'{"b": 1}\n' + long + b'\n{"c": 2}'):
        found = items(data)
        assert good(found) == [{"b": 1}, {"c": 2}]
        assert [(item.line, item.problem and item.problem[0]) for item in found] == [
            (1, None), (2, "size"), (3, None),
        ]  # fmt: skip


def test_a_bracket_that_never_closes_costs_no_more_than_an_item(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_items, "MAX_ITEM_BYTES", 1_000)

    class Endless(io.BytesIO):
        asked = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size == READ_BYTES
            self.asked += 1
            return b'[{"a": [' if self.asked == 1 else b"x," * 500 if self.asked < 1_000 else b""

    (item,) = read_items(Endless(), "town.json")
    assert item.problem == ("json", "item 1 is still open where the file ends; correct it")
    assert len(item.raw) <= 1_000


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "town.json: the file is empty"),
        (b" \n\n", "town.json: the file is empty"),
        (b'\xef\xbb\xbf[{"a": 1}]', "line 1: encoding: starts with a byte order mark"),
        ('[{"a": 1}]'.encode("utf-16"), "line 1: encoding: starts with a byte order mark"),
        ('[{"a": 1}]'.encode("utf-16-le"), "line 1: encoding: is UTF-16 or UTF-32"),
        ('[{"a": 1}]'.encode("utf-32-be"), "line 1: encoding: is UTF-16 or UTF-32"),
        (b"\nid,name\n1,Ann\n", "line 2: json: starts with neither [ nor {"),
        (b"<records/>", "line 1: json: starts with neither"),
        (b"null", "line 1: json: starts with neither"),
    ],
)
def test_what_is_no_file_of_records_is_refused_whole(data: bytes, told: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        items(data)
    assert told in str(caught.value)


def test_an_array_of_nothing_has_no_items() -> None:
    assert items(b"[]") == items(b" [\n ] \n") == []
