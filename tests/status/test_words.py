"""Numbers, durations and moments as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from civicbus.status.words import count, duration, moment, number, numbers, ranges


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.9, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7_199, "119 min"),
        (86_400, "24 h"),
        (2 * 86_400, "2 d"),
        (4_000 * 86_400.0, "4,000 d"),
        (-300, "5 min ahead"),
        (None, "–"),
    ],
)
def test_a_duration_is_told_in_its_largest_unit(seconds: float | None, text: str) -> None:
    assert duration(seconds).replace("\N{NARROW NO-BREAK SPACE}", " ") == text


def test_neighbouring_numbers_are_drawn_together() -> None:
    assert ranges([7, 0, 1, 3, 2, 9]) == "0–3, 7, 9"
    assert ranges([]) == ""
    assert numbers("partition", [4]) == "partition 4"
    assert numbers("partition", [4, 5]) == "partitions 4–5"


def test_one_is_one_and_thousands_are_apart() -> None:
    assert number(1_234_567) == "1,234,567"
    assert count(1, "record") == "1 record"
    assert count(0, "record") == "0 records"


def test_a_moment_is_told_in_utc() -> None:
    east = timezone(timedelta(hours=8))
    assert moment(datetime(2024, 6, 1, 7, 30, tzinfo=east)) == "2024-05-31 23:30:00"
    assert moment(datetime(2024, 6, 1, 7, 30, tzinfo=UTC)) == "2024-06-01 07:30:00"
