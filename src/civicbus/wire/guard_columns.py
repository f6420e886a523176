"""What the domain's constructors check in one value, checked in a whole column at once.

Each function returns True only if every value in the column passes. False means doubt, no more:
the judge looks at the records one by one. So a check here may be stricter than the constructor's,
never laxer; nulls pass unless said otherwise. The domain's own constants and patterns are used
where they exist, and the tests hold the two sides together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import EARLIEST_YEAR, LATEST_YEAR
from civicbus.domain.events import FORBIDDEN_TEXT, MAX_CONCERNED, MAX_LISTED, MAX_TEXT
from civicbus.domain.person_key import LENGTH as KEY_LENGTH

CONTROL = bytes(code for code in range(128) if FORBIDDEN_TEXT.search(chr(code)))
DIRECTION = re.compile(b"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")

UUID_LENGTH = 36
UUID_HYPHENS = (8, 13, 18, 23)
NIL_UUID = b"00000000-0000-0000-0000-000000000000"
HEXADECIMAL = b"0123456789abcdef"
BASE32 = b"abcdefghijklmnopqrstuvwxyz234567"


def characters(column: Any) -> memoryview:
    """The UTF-8 of a column of texts, one after the other."""
    _, offsets, text = column.buffers()
    if offsets is None or text is None:
        return memoryview(b"")
    ends = memoryview(offsets).cast("i")
    first, last = ends[column.offset], ends[column.offset + len(column)]
    return memoryview(text)[first:last]


def texts_allowed(columns: Iterable[Any], longest_record: int) -> bool:
    """No control or direction characters, and no text that is too long."""
    columns = list(columns)
    text = b"".join(map(characters, columns))
    if len(text.translate(None, CONTROL)) != len(text):
        return False
    if not text.isascii() and DIRECTION.search(text):
        return False
    if longest_record <= MAX_TEXT:
        return True
    # Bytes are counted here, characters there: never fewer.
    return all((pc.max(pc.binary_length(column)).as_py() or 0) <= MAX_TEXT for column in columns)


def symbols_allowed(columns: Iterable[Any], refused: Iterable[bytes]) -> bool:
    """No symbol that a dataclass's enum does not have."""
    text = b"".join(map(characters, columns))
    return not any(symbol in text for symbol in refused)


def lists_allowed(lists: Any) -> bool:
    """No more items than an event may have."""
    return within(pc.list_value_length(lists), 0, min(MAX_CONCERNED, MAX_LISTED))


def are_uuids(column: Any) -> bool:
    """Lower-case UUIDs other than nil."""
    text = bytes(characters(column))
    if not _all_of_length(column, text, UUID_LENGTH):
        return False
    count = len(text) // UUID_LENGTH
    hyphens = b"-" * count
    return (
        all(text[place::UUID_LENGTH] == hyphens for place in UUID_HYPHENS)
        and len(text.translate(None, HEXADECIMAL)) == count * len(UUID_HYPHENS)
        and NIL_UUID not in text
    )


def are_person_keys(column: Any) -> bool:
    """Texts of a person key's form."""
    text = bytes(characters(column))
    return _all_of_length(column, text, KEY_LENGTH) and not text.translate(None, BASE32)


def within(column: Any, lowest: int, highest: int) -> bool:
    """Numbers between two bounds, both included."""
    found = pc.min_max(column)
    least, most = found["min"].as_py(), found["max"].as_py()
    return least is None or (lowest <= least and most <= highest)


def never(mask: Any) -> bool:
    """True if nothing in a column of truths is true."""
    return not pc.any(mask).as_py()


def dates_exist(dates: Any) -> bool:
    """Partial dates with no finer part without a coarser one, and of days that exist.

    Only Gregorian ones: which days a lunar date may stand for is left to the judge.
    """
    if dates.null_count == len(dates):
        return True
    if not _are_gregorian(dates):
        return False
    year, month, day = (dates.field(name) for name in ("year", "month", "day"))
    if not (
        within(year, EARLIEST_YEAR, LATEST_YEAR) and within(month, 1, 12) and within(day, 1, 31)
    ):
        return False
    if year.null_count and not never(pc.and_(pc.is_null(year), pc.is_valid(month))):
        return False
    if month.null_count and not never(pc.and_(pc.is_null(month), pc.is_valid(day))):
        return False
    return _late_days_exist(year, month, day)


def _are_gregorian(dates: Any) -> bool:
    """No date of another calendar; a schema version from before there were any has no such part."""
    place = dates.type.get_field_index("calendar")
    if place < 0:
        return True
    calendar = dates.field(place)
    if calendar.null_count == len(calendar):
        return True
    return never(pc.not_equal(calendar, Calendar.GREGORIAN.value))


def _late_days_exist(year: Any, month: Any, day: Any) -> bool:
    """The 29th to the 31st, which some months lack, are few enough to look at one by one."""
    late = pc.greater(day, 28)
    if never(late):
        return True
    days = zip(*(part.filter(late).to_pylist() for part in (year, month, day)), strict=True)
    try:
        for parts in set(days):
            date(*parts)
    except ValueError:
        return False
    return True


def first_days(dates: Any) -> Any:
    """The first day of each date as the number YYYYMMDD; null for an unknown one.

    The qualifiers ABOUT and BEFORE only make a date start earlier.
    """
    return _day_numbers(dates, 1, 1)


def last_days(dates: Any) -> Any:
    """The last day of each date as YYYYMMDD, in every month the 31st; null for an unknown one.

    The qualifiers ABOUT and AFTER only make a date end later.
    """
    return _day_numbers(dates, 12, 31)


def _day_numbers(dates: Any, month: int, day: int) -> Any:
    months = pc.multiply(pc.fill_null(dates.field("month"), month), 100)
    days = pc.add(months, pc.fill_null(dates.field("day"), day))
    return pc.add(pc.multiply(dates.field("year"), 10_000), days)


def utc_days(times: Any) -> Any:
    """The UTC day of each moment as the number YYYYMMDD."""
    months = pc.add(pc.multiply(pc.year(times), 100), pc.month(times))
    return pc.add(pc.multiply(months, 100), pc.day(times))


def each_row_has(mask: Any, rows: Any, count: int) -> bool:
    """True if each of `count` rows has a true item; `rows` says to which row an item belongs."""
    return bool(pc.count_distinct(rows.filter(mask)).as_py() == count)


def _all_of_length(column: Any, text: bytes, length: int) -> bool:
    if len(text) != (len(column) - column.null_count) * length:
        return False
    return within(pc.binary_length(column), length, length)


def binary(values: list[bytes | None]) -> Any:
    """Bytes as a column."""
    return pa.array(values, pa.binary())


def whole_numbers(values: list[int]) -> Any:
    """Numbers as a column."""
    return pa.array(values, pa.int64())
