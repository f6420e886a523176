"""Reading files: every row as it stands or refused, never repaired, shifted or joined."""

from __future__ import annotations

import io

import pytest

from civicbus.connect.lines import MAX_CELL, MAX_LINE_BYTES, MAX_QUOTED_LINES
from civicbus.connect.rows import (
    MAX_ROWS_IN_RECORD,
    Record,
    UndeclaredColumnError,
    UnreadableFileError,
    read_records,
)
from civicbus.registers.systems import CsvInput

ALONE = CsvInput(",", "utf-8", ("id", "name"))
GROUPED = CsvInput(",", "utf-8", ("name",), record_column="id")


def read(data: bytes, rules: CsvInput = ALONE) -> list[Record]:
    return list(read_records(io.BytesIO(data), "town.csv", rules))


def cells(records: list[Record]) -> list[list[tuple[str, ...]]]:
    return [[tuple(row.cells.values()) for row in record.rows] for record in records]


def refusals(records: list[Record]) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for record in records for row in record.refused]


def unreadable(data: bytes, rules: CsvInput = ALONE) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(data, rules)
    return str(caught.value)


def test_columns_are_found_by_name_in_whatever_order_they_stand() -> None:
    (record,) = read(b"town,name,id\nDelft,Ann,1\n")
    (row,) = record.rows
    assert (row["id"], row["name"], row.line) == ("1", "Ann", 2)


def test_a_mapping_sees_no_column_that_is_not_declared() -> None:
    (record,) = read(b"id,name,secret\n1,Ann,x\n")
    assert record.rows[0].cells == {"id": "1", "name": "Ann"}
    with pytest.raises(UndeclaredColumnError, match=r"'secret' is not listed under input\.columns"):
        _ = record.rows[0]["secret"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_both_line_ends_and_a_missing_last_one_are_read(end: bytes) -> None:
    assert cells(read(end.join([b"id,name", b"1,Ann", b"2,Bob"]))) == [
        [("1", "Ann")],
        [("2", "Bob")],
    ]


def test_lines_that_hold_nothing_are_passed_over_and_counted() -> None:
    records = read(b"id,name\n\n1,Ann\n\n\n2,Bob\n\n")
    assert [record.line for record in records] == [3, 6]


def test_a_delimiter_that_ends_every_line_makes_no_column() -> None:
    rules = CsvInput(";", "utf-8", ("name",), record_column="")
    records = read(b";name;\n7;Ann;\n;Bob;\n8;Cid;\n", rules)
    assert cells(records) == [[("Ann",), ("Bob",)], [("Cid",)]]


def test_quotes_hold_delimiters_quotes_and_line_breaks() -> None:
    records = read(b'id,name\n1,"Ann ""A"", of\r\nDelft"\n2,Bob\n')
    assert cells(records) == [[("1", 'Ann "A", of\nDelft')], [("2", "Bob")]]
    assert [record.line for record in records] == [2, 4]


def test_a_quote_that_never_closes_refuses_its_line_and_no_other() -> None:
    rows = b"".join(b"%d,x\n" % number for number in range(3, 3 + 3 * MAX_QUOTED_LINES))
    records = read(b'id,name\n1,Ann\n2,"Bob\n' + rows)
    assert refusals(records) == [(3, "quote")]
    assert len([record for record in records if not record.refused]) == 1 + 3 * MAX_QUOTED_LINES


def test_a_quote_that_another_persons_quote_closes_joins_nobody_to_anybody() -> None:
    records = read(b'id,name\n1,"Ann\n2,Bob\n3,"Cid"\n4,Dan\n')
    assert refusals(records) == [(2, "quote")]
    good = [record for record in records if not record.refused]
    assert cells(good) == [[("2", "Bob")], [("3", "Cid")], [("4", "Dan")]]


def test_a_quote_that_closes_by_chance_in_a_later_row_does_not_swallow_it() -> None:
    records = read(b'id,name\n1,"Ann\n2,Bob"\n3,Cid\n')
    good = [record for record in records if not record.refused]
    # Between quotes the break is data, and the row has as many cells as it should.
    assert cells(good) == [[("1", "Ann\n2,Bob")], [("3", "Cid")]]
    records = read(b'id,name\n"1,Ann\n2",Bob,x\n3,Cid\n')
    assert refusals(records) == [(2, "quote"), (3, "columns")]


@pytest.mark.parametrize(
    ("line", "reason", "told"),
    [
        (b"2", "columns", "has 1 cells where the header has 2"),
        (b"2,Bob,x", "columns", "has 3 cells where the header has 2"),
        (b"2;Bob", "columns", "has 1 cells where the header has 2"),
        (b"2,B\xf6b", "encoding", "byte 4 is not utf-8"),
        (b"2,B\0b", "text", "a NUL stands inside the line"),
        (b"2,Bob\r3,Cid", "text", "a carriage return stands inside the line"),
        (b"2," + b"x" * (MAX_CELL + 1), "size", f"more than {MAX_CELL} characters"),
        (b"2," + b"x" * MAX_LINE_BYTES, "size", f"longer than {MAX_LINE_BYTES} bytes"),
        (b"2," + b"x" * 3 * MAX_LINE_BYTES, "size", f"longer than {MAX_LINE_BYTES} bytes"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_others_go_through(
    line: bytes, reason: str, told: str
) -> None:
    records = read(b"id,name\n1,Ann\n" + line + b"\n4,Dan\n")
    assert refusals(records) == [(3, reason)]
    assert told in records[1].refused[0].remedy
    assert cells([records[0], records[2]]) == [[("1", "Ann")], [("4", "Dan")]]


def test_the_cells_of_a_refused_row_still_tell_whose_it_is() -> None:
    record = read(b"id,name\n2,B\xf6b\n")[0]
    assert record.refused
    assert record.rows[0]["id"] == "2"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "town.csv: the file is empty"),
        (b"\n\n", "town.csv: the file is empty"),
        (b"\xef\xbb\xbfid,name\n", "line 1: encoding: byte 1: a UTF-8 byte order mark"),
        ("id,name\n".encode("utf-16"), "line 1: encoding: byte 1: UTF-16; save the file as UTF-8"),
        (b"id,n\xf6me\n", "line 1: encoding: byte 5 is not utf-8"),
        (b"id,name\r1,Ann\r2,Bob\r", "line 1: text: a carriage return"),
        (b'id,"name\n1,Ann\n', "line 1: quote: a quote is not closed"),
        (b"id;name\n1;Ann\n", "'id' is missing among 1 columns separated by ','"),
        (b"id,Name\n1,Ann\n", "'name' is missing among 2 columns"),
        (b"id,name,name\n1,Ann,Ann\n", "'name' stands 2 times and the mapping reads it"),
        (b"x" * 2 * MAX_LINE_BYTES, "line 1: size"),
    ],
)
def test_a_file_without_its_header_is_refused_whole(data: bytes, told: str) -> None:
    assert told in unreadable(data)


def test_a_column_that_stands_twice_and_is_not_read_does_no_harm() -> None:
    assert cells(read(b"id,x,name,x\n1,a,Ann,b\n")) == [[("1", "Ann")]]


def test_a_byte_order_mark_is_read_where_it_is_declared() -> None:
    rules = CsvInput(",", "utf-8-sig", ("id",))
    assert cells(read(b"\xef\xbb\xbfid\n1\n", rules)) == [[("1",)]]
    assert cells(read(b"id\n1\n", rules)) == [[("1",)]]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252"])
def test_another_encoding_is_read_where_it_is_declared(encoding: str) -> None:
    assert cells(read(b"id\nB\xf6b\n", CsvInput(",", encoding, ("id",)))) == [[("Böb",)]]


def test_chinese_text_in_the_national_encoding_is_read() -> None:
    data = "id,name\n1,张三丰|李\n".encode("gb18030")
    assert cells(read(data, CsvInput(",", "gb18030", ("name",)))) == [[("张三丰|李",)]]


def test_rows_without_a_key_belong_to_the_record_above() -> None:
    records = read(b"id,name\n1,Ann\n,Bob\n2,Cid\n", GROUPED)
    assert [record.key for record in records] == ["1", "2"]
    assert cells(records) == [[("Ann",), ("Bob",)], [("Cid",)]]


def test_an_unreadable_row_of_a_record_makes_that_record_incomplete() -> None:
    records = read(b"id,name\n1,Ann\n,B\xf6b\n,Bea\n2,Cid\n", GROUPED)
    assert [(record.key, len(record.rows)) for record in records] == [("1", 3), ("2", 1)]
    assert refusals(records) == [(3, "encoding")]


def test_an_unreadable_first_row_makes_its_own_record_incomplete_and_not_the_one_above() -> None:
    records = read(b"id,name\n1,Ann\n2,B\xf6b\n,Bea\n3,Cid\n", GROUPED)
    assert [(record.key, bool(record.refused)) for record in records] == [
        ("1", False),
        ("2", True),
        ("3", False),
    ]


def test_where_nobody_can_tell_whose_row_it_was_the_record_above_is_incomplete_too() -> None:
    """What follows without a key may belong to the lost row, so it is refused as well."""
    rules = CsvInput(",", "utf-8", ("name",), record_column="key")
    records = read(b"name,key\nAnn,1\nBob\nBea,\nCid,2\n", rules)
    assert refusals(records) == [(3, "columns"), (4, "orphan")]
    assert [record.key for record in records] == ["1", "4", "2"]
    assert [bool(record.refused) for record in records] == [True, True, False]


def test_a_file_that_starts_in_the_middle_of_a_record_has_orphans() -> None:
    records = read(b"id,name\n,Bob\n2,Cid\n", GROUPED)
    assert refusals(records) == [(2, "orphan")]
    assert records[0].rows == ()


def test_a_record_without_end_is_cut_off_and_refused() -> None:
    data = b"id,name\n1,Ann\n" + b",Bob\n" * (MAX_ROWS_IN_RECORD + 5) + b"2,Cid\n"
    records = read(data, GROUPED)
    assert records[0].refused[0].reason == "size"
    assert {row.reason for record in records[1:-1] for row in record.refused} == {"orphan"}
    assert (records[-1].key, records[-1].refused) == ("2", ())


def test_a_formula_is_text() -> None:
    assert cells(read(b"id,name\n1,=cmd|'/c calc'!A1\n2,@SUM(A1)\n")) == [
        [("1", "=cmd|'/c calc'!A1")],
        [("2", "@SUM(A1)")],
    ]


def test_neither_a_row_nor_a_record_shows_its_cells_in_a_traceback() -> None:
    (record,) = read(b"id,name\n1,Ann\n")
    assert "Ann" not in repr(record)
