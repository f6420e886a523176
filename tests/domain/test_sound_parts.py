"""Of a date that a register wrote, the parts on which nothing casts doubt: the bounds of each."""

from __future__ import annotations

import pytest

from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import EARLIEST_YEAR, LATEST_YEAR, PartialDate

LUNAR = Calendar.LUNAR


@pytest.mark.parametrize(
    ("raw", "calendar", "kept"),
    [
        ((1950, 5, 1), None, (1950, 5, 1)),
        ((1950, 5, 31), None, (1950, 5, 31)),
        ((1950, 1, 0), None, (1950, 1, None)),
        ((1950, 12, 0), None, (1950, 12, None)),
        ((1950, 13, 0), None, (1950, None, None)),
        ((1950, 2, 31), None, (1950, None, None)),  # the day or the month is wrong
        ((1950, 2, 32), None, (1950, 2, None)),  # the day is
        ((1952, 2, 29), None, (1952, 2, 29)),
        ((1950, 2, 29), None, (None, None, None)),  # or the year is
        ((EARLIEST_YEAR, 1, 1), None, (EARLIEST_YEAR, 1, 1)),
        ((LATEST_YEAR, 12, 31), None, (LATEST_YEAR, 12, 31)),
        ((1950, 2, 29), LUNAR, (1950, 2, 29)),
        ((1950, 2, 30), LUNAR, (1950, 2, 30)),  # no month of it is known to have fewer days
        ((1950, 1, 31), LUNAR, (1950, 1, None)),
        ((1950, 13, 1), LUNAR, (1950, None, None)),
    ],
)
def test_a_part_that_can_be_right_is_kept(
    raw: tuple[int, int, int],
    calendar: Calendar | None,
    kept: tuple[int | None, int | None, int | None],
) -> None:
    when = PartialDate.of_sound_parts(*raw, calendar=calendar)
    assert (when.year, when.month, when.day) == kept
    assert when.calendar is calendar
    assert when.is_degraded == (tuple(part or 0 for part in kept) != raw)


@pytest.mark.parametrize("text", ["2008-07-00", "2008-07-0", "02008-7-00"])
def test_an_unknown_part_that_the_register_wrote_as_zero_is_none_that_was_left_out(
    text: str,
) -> None:
    assert not PartialDate(2008, 7, text=text).is_degraded
    assert PartialDate(2008, text=text).is_degraded
