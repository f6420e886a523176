"""Reading cells: dates, numbers, codes and identifiers, exactly as the register writes them.

Nothing is guessed. A cell that is not of its form is refused with the row, the column and a remedy,
and the value is never repeated: it may be about a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TypeVar

from civicbus.connect.rows import RefusedRow, Row
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.identifiers import Identifier, InvalidIdentifierError

Value = TypeVar("Value")

COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
BARE = re.compile(r"[0-9A-Z]+")


class RefusedError(ValueError):
    """A cell that means nothing, or a row that may not stand where it stands."""

    def __init__(self, line: int, field: str, reason: str, remedy: str) -> None:
        self.line = line
        self.field = field
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"line {line}: {field}: {reason}: {remedy}")

    def row(self, families: tuple[str, ...] = ()) -> RefusedRow:
        """The refused row that this error makes."""
        return RefusedRow(self.line, self.field, self.reason, self.remedy, families)


def refuse(row: Row, column: str, reason: str, remedy: str) -> RefusedError:
    """The error that refuses a cell; the caller raises it."""
    return RefusedError(row.line, column, reason, remedy)


def compact_date(row: Row, column: str) -> PartialDate | None:
    """`YYYYMMDD` with 00 (0000 for the year) for parts that are unknown; `None` for an empty cell.

    Raises:
        RefusedError: `date`, if it is not of that form or no such day exists.
    """
    text = row[column]
    if not text:
        return None
    match = COMPACT.fullmatch(text)
    if match is None:
        raise refuse(row, column, "date", "write YYYYMMDD, 00 for unknown parts")
    year, month, day = (int(part) or None for part in match.groups())
    return _date(row, column, year, month, day)


def iso_date(row: Row, column: str) -> PartialDate | None:
    """`YYYY-MM-DD`, `YYYY-MM` or `YYYY`; `None` for an empty cell.

    Raises:
        RefusedError: `date`, if it is not of that form or no such day exists.
    """
    text = row[column]
    if not text:
        return None
    match = ISO.fullmatch(text)
    if match is None:
        raise refuse(row, column, "date", "write YYYY-MM-DD, or leave unknown parts out")
    year, month, day = (None if part is None else int(part) for part in match.groups())
    return _date(row, column, year, month, day)


def _date(
    row: Row, column: str, year: int | None, month: int | None, day: int | None
) -> PartialDate:
    if year is None and month is None and day is None:
        return UNKNOWN_DATE
    try:
        return PartialDate(year, month, day)
    except ValueError:
        raise refuse(row, column, "date", "no such day; correct it in the register") from None


def whole_day(row: Row, column: str, when: PartialDate | None) -> date:
    """The day of a date of which every part must be known.

    Raises:
        RefusedError: `date`, if the cell was empty or a part is unknown.
    """
    if when is None or when.day is None:
        raise refuse(row, column, "date", "all three parts are needed; complete it in the register")
    return when.earliest


def start_of_day(day: date) -> datetime:
    """How a register that writes days only says when: midnight UTC at the start of the day."""
    return datetime.combine(day, time.min, UTC)


def number(row: Row, column: str, highest: int) -> int | None:
    """A whole number from 0 to `highest`; `None` for an empty cell.

    Raises:
        RefusedError: `number`, if it is anything else.
    """
    text = row[column]
    if not text:
        return None
    if not WHOLE_NUMBER.fullmatch(text) or int(text) > highest:
        raise refuse(row, column, "number", f"write a whole number from 0 to {highest}")
    return int(text)


def code(row: Row, column: str, meanings: Mapping[str, Value]) -> Value:
    """What a code means by the register's own list.

    Raises:
        RefusedError: `code`, if the list does not have it.
    """
    try:
        return meanings[row[column]]
    except KeyError:
        known = ", ".join(repr(meaning) for meaning in meanings)
        raise refuse(row, column, "code", f"not in the code list; known: {known}") from None


def identifier(row: Row, column: str, scheme: str) -> Identifier | None:
    """A personal number in its canonical form; `None` for an empty cell.

    Old records have older forms that the scheme still reads, such as 15 digits of `cn-rid`.

    Raises:
        RefusedError: `id_format`, if the scheme does not allow it as it stands.
    """
    text = row[column]
    if not text:
        return None
    try:
        found = Identifier.of(scheme, text)
    except InvalidIdentifierError as error:
        raise refuse(row, column, "id_format", f"{error}; correct it in the register") from None
    if found.value != text and not BARE.fullmatch(text):
        raise refuse(row, column, "id_format", "write the number with nothing around or inside it")
    return found
