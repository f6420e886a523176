"""Reading JSON files: each record as it stands or refused, and only what is declared is seen."""

from __future__ import annotations

import io
import json
import tracemalloc

import pytest

from civicbus.connect.json_records import read_json_records
from civicbus.connect.lines import MAX_CELL
from civicbus.connect.rows import Record, UndeclaredColumnError
from civicbus.registers.systems import JsonInput
from civicbus.wire.strict_json import DEPTH_MAX

RULES = JsonInput(("id", "child.born", "status.cancelled", "next.id"))
GOOD = b'{"id": 1, "child": {"born": "2020-01-01", "secret": "x"}, "next": null}'


def read(data: bytes, rules: JsonInput = RULES) -> list[Record]:
    return list(read_json_records(io.BytesIO(data), "town.json", rules))


def refusals(records: list[Record]) -> list[tuple[int, str, str]]:
    return [(row.line, row.field, row.reason) for record in records for row in record.refused]


def test_a_value_is_found_by_the_names_that_lead_to_it() -> None:
    (record,) = read(b"[\n" + GOOD + b"]")
    (row,) = record.rows
    assert (record.key, row.line) == ("2", 2)
    assert row.cells == {
        "id": "1",
        "child.born": "2020-01-01",
        "status.cancelled": "",
        "next.id": "",
    }


def test_a_mapping_sees_no_value_that_is_not_declared() -> None:
    (row,) = read(GOOD)[0].rows
    with pytest.raises(UndeclaredColumnError, match=r"'child\.secret' is not listed under"):
        _ = row["child.secret"]
    with pytest.raises(UndeclaredColumnError):
        _ = "child.secret" in row


def test_what_is_not_there_is_told_apart_from_what_says_nothing() -> None:
    (row,) = read(b'{"id": null, "child": {}, "status": {"cancelled": ""}}')[0].rows
    assert ("id" in row, "status.cancelled" in row) == (True, True)
    assert ("child.born" in row, "next.id" in row) == (False, False)
    assert set(row.cells.values()) == {""}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ('"text"', "text"),
        ('"\\u4e09\\ud83d\\ude00 \\"\\r\\n"', '三\U0001f600 "\r\n'),
        ("true", "true"),
        ("false", "false"),
        ("null", ""),
        ("0", "0"),
        ("-0", "-0"),
        ("10000000000000000000001", "10000000000000000000001"),
        ("1.50", "1.50"),
        ("1E2", "1E2"),
    ],
)
def test_a_single_value_is_read_as_it_is_spelled(value: str, cell: str) -> None:
    assert read(f'{{"id": {value}}}'.encode())[0].rows[0]["id"] == cell


@pytest.mark.parametrize(
    ("item", "field", "reason", "told"),
    [
        (b'{"id": 1, "id": 2}', "", "json", "item 2 has a key twice in one object"),
        (b'{"child": {"born": 1, "born": 1}}', "", "json", "a key twice"),
        (b'{"id": NaN}', "", "json", "NaN or Infinity, which are not JSON"),
        (b'{"id": 1e400}', "", "json", "a number that no double holds"),
        (b'{"id": "\\ud800"}', "", "json", "half of a surrogate pair"),
        (b'{"id": "\xff"}', "", "json", "item 2 is not UTF-8"),
        (b'{"id": "\xed\xa0\x80"}', "", "json", "item 2 is not UTF-8"),
        (b'{"id": ' + b"[" * DEPTH_MAX + b"]" * DEPTH_MAX + b"}", "", "json", "nested deeper"),
        (b'{"id": ' + b"[" * 90_000 + b"]" * 90_000 + b"}", "", "json", "nested deeper"),
        (b'{"id": 1,}', "", "json", "is not a JSON document"),
        (b"{'id': 1}", "", "json", "is not a JSON document"),
        (b'{"id": 1 /* one */}', "", "json", "is not a JSON document"),
        (b'{"id": "x', "", "json", "item 2 is not a JSON document"),
        (b'{"id": "a\tb"}', "", "json", "is not a JSON document"),
        (b'{"id": "a\0b"}', "", "json", "is not a JSON document"),
        (b"null", "", "json", "item 2 is no object"),
        (b'"text"', "", "json", "is no object"),
        (b'[{"id": 1}]', "", "json", "is no object"),
        (b'{"id": {"value": 1}}', "id", "json", "an object or a list stands where a single value"),
        (b'{"id": [1]}', "id", "json", "an object or a list stands where a single value"),
        (b'{"child": "x"}', "child.born", "json", "stands where an object should"),
        (b'{"child": [{"born": 1}]}', "child.born", "json", "stands where an object should"),
        (b'{"child": {"born": "a\\u0000b"}}', "child.born", "text", "a NUL stands inside"),
        (b'{"id": "' + b"x" * (MAX_CELL + 1) + b'"}', "id", "size", f"more than {MAX_CELL}"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_and_the_others_go_through(
    item: bytes, field: str, reason: str, told: str
) -> None:
    records = read(GOOD + b"\n" + item + b"\n" + GOOD + b"\n")
    assert refusals(records) == [(2, field, reason)]
    assert told in records[1].refused[0].remedy
    assert [record.rows[0]["id"] for record in (records[0], records[2])] == ["1", "1"]


def test_a_record_of_which_one_value_cannot_be_read_still_tells_whose_it_is() -> None:
    (record,) = read(b'{"id": 7, "child": {"born": [2020]}, "status": 5}')
    assert refusals([record]) == [(1, "child.born", "json"), (1, "status.cancelled", "json")]
    assert record.rows[0]["id"] == "7"


def test_a_record_whose_end_is_in_doubt_is_incomplete_and_still_tells_whose_it_is() -> None:
    first, second, third = read(b'[{"id": 7, "child": {}}, "status": {}}, {"id": 8}]')
    assert refusals([first, second, third]) == [(1, "", "json"), (1, "", "json")]
    assert (first.rows[0]["id"], second.rows) == ("7", ())
    assert (third.rows[0]["id"], third.refused) == ("8", ())


def test_neither_a_row_nor_a_refusal_shows_what_stands_in_a_record() -> None:
    records = read(b'{"id": "Ann"}\n{"id": "Ann", "id": "Bob"}\n{"id": ["Ann"]}')
    assert "Ann" not in repr(records)


@pytest.mark.parametrize("indent", [None, 1])
def test_a_file_of_any_length_costs_the_memory_of_one_record(indent: int | None) -> None:
    one = {"id": 1, "child": {"born": "2020-01-01"}, "list": [{"a": "b" * 50}] * 20}
    data = json.dumps([one] * 1_000, indent=indent).encode()
    stream = io.BytesIO(data)
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_json_records(stream, "town.json", RULES))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 1_000
    assert peak < 1_000_000
