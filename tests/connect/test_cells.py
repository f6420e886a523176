"""Cells: what they mean by the register's own rules, or a refusal that repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from civicbus.connect.cells import (
    RefusedError,
    code,
    compact_date,
    identifier,
    iso_date,
    number,
    start_of_day,
    whole_day,
)
from civicbus.connect.rows import Row
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate


def row(cell: str) -> Row:
    return Row(7, {"cell": cell})


def refused(read: Callable[..., Any], cell: str, *arguments: Any) -> str:
    with pytest.raises(RefusedError) as caught:
        read(row(cell), "cell", *arguments)
    error = caught.value
    assert (error.line, error.field) == (7, "cell")
    assert cell == "" or cell not in str(error)
    return error.reason


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        ("19961231", PartialDate(1996, 12, 31)),
        ("19961200", PartialDate(1996, 12)),
        ("19960000", PartialDate(1996)),
        ("00000000", UNKNOWN_DATE),
        ("", None),
    ],
)
def test_a_compact_date_has_noughts_for_what_is_unknown(
    cell: str, when: PartialDate | None
) -> None:
    assert compact_date(row(cell), "cell") == when


@pytest.mark.parametrize(
    "cell",
    [
        "19960012", "00001231", "19960230", "19961301", "1996123", "199612311", "1996-12-31",
        " 19961231", "１９９６１２３１", "18491231", "99991231",
    ],
)  # fmt: skip
def test_what_is_no_compact_date_is_refused(cell: str) -> None:
    assert refused(compact_date, cell) == "date"


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        ("1996-12-31", PartialDate(1996, 12, 31)),
        ("1996-12", PartialDate(1996, 12)),
        ("1996", PartialDate(1996)),
        ("", None),
    ],
)
def test_an_iso_date_leaves_out_what_is_unknown(cell: str, when: PartialDate | None) -> None:
    assert iso_date(row(cell), "cell") == when


@pytest.mark.parametrize(
    "cell",
    [
        "1996-02-30", "1996-00-00", "1996-13", "96-12-31", "31.12.1996", "12/31/1996", "45292",
        "1996-12-31T00:00:00Z", "1996-1-1", "9999-12-31", "1996-12-31 ", "0000-00-00",
        "03/04/2024", "2024-02-30", "31.04.", "1445-07-15", "平成8年12月31日",
    ],
)  # fmt: skip
def test_what_is_no_iso_date_is_refused(cell: str) -> None:
    assert refused(iso_date, cell) == "date"


@pytest.mark.parametrize("when", [None, UNKNOWN_DATE, PartialDate(1996), PartialDate(1996, 12)])
def test_a_day_is_not_made_of_an_incomplete_date(when: PartialDate | None) -> None:
    with pytest.raises(RefusedError, match="all three parts are needed"):
        whole_day(row(""), "cell", when)


def test_a_day_starts_at_midnight_in_utc() -> None:
    day = whole_day(row(""), "cell", PartialDate(1996, 12, 31))
    assert day == date(1996, 12, 31)
    assert start_of_day(day) == datetime(1996, 12, 31, tzinfo=UTC)


def test_a_number_is_whole_and_bounded() -> None:
    assert number(row("0"), "cell", 122) == 0
    assert number(row("122"), "cell", 122) == 122
    assert number(row(""), "cell", 122) is None


@pytest.mark.parametrize("cell", ["123", "-1", "1.5", "1,5", "1e2", "007", "٣", " 5", "9" * 5000])
def test_what_is_no_such_number_is_refused(cell: str) -> None:
    assert refused(number, cell, 122) == "number"


def test_a_code_means_what_the_list_says_and_nothing_else() -> None:
    assert code(row("M"), "cell", {"M": 1, "V": 2}) == 1
    assert refused(code, "x", {"M": 1}) == "code"


def test_an_identifier_is_taken_as_it_stands() -> None:
    found = identifier(row("999991644"), "cell", "nl-bsn")
    assert str(found) == "nl-bsn:999991644"
    assert identifier(row(""), "cell", "nl-bsn") is None


def test_an_older_form_of_a_number_that_its_scheme_still_reads_is_taken() -> None:
    before, since = "990000758630001", "99000019758630001X"
    for cell in (before, since):
        assert str(identifier(row(cell), "cell", "cn-rid")) == f"cn-rid:{since}"
    for cell in (f"{before} ", "990000-758630001", since.lower(), before[1:]):
        assert refused(identifier, cell, "cn-rid") == "id_format"


@pytest.mark.parametrize("cell", ["999991645", "99991644", "9999.91.644", " 999991644", "1E+8"])
def test_an_identifier_that_would_need_repair_is_refused(cell: str) -> None:
    assert refused(identifier, cell, "nl-bsn") == "id_format"
