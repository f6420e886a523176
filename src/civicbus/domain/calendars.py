"""The calendars by which registers write dates, and the Gregorian days that a date stands for.

Old Chinese records may count by the lunisolar calendar. Its months begin with the new moon, so that
the day cannot be computed without astronomy. A lunar date therefore stands for an interval of
Gregorian days which certainly has the true one.

Source of the lunisolar rules: GB/T 33661-2017.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

SHORTEST_MONTH = 28
LONGEST_MONTH = 31
LONGEST_LUNAR_MONTH = 30

# How far after the Gregorian day of the same numbers a lunar day falls. As a rule, the Sun enters a
# sign of the zodiac in each month (in the first at 330 degrees of longitude, about 19 February),
# but in no leap month; a leap month follows the month of its number, and months have 29 or 30 days.
# Computed, that makes 19 to 55 days in the years 1900 to 2099, 18 to 56 in 1850 to 3999, and 14 to
# 56 to the end of 9998. One day more is for almanacs that reckoned the new moon for another
# meridian.
LEAST_LUNAR_LAG = timedelta(days=14)
GREATEST_LUNAR_LAG = timedelta(days=57)


class Calendar(StrEnum):
    """By which calendar the parts of a date count."""

    GREGORIAN = "GREGORIAN"
    LUNAR = "LUNAR"  # the Chinese lunisolar calendar; whether a month is a leap month is not told


def exists(year: int, month: int, day: int, calendar: Calendar | None) -> bool:
    """True if there is such a day; of a lunar month it is not known whether it has a 30th."""
    if not 1 <= month <= 12 or day < 1:
        return False
    if calendar is Calendar.LUNAR:
        return day <= LONGEST_LUNAR_MONTH
    return day <= SHORTEST_MONTH or day <= monthrange(year, month)[1]


def first_day(year: int, month: int, day: int, calendar: Calendar | None) -> date:
    """The first Gregorian day that a day which exists may be."""
    if calendar is Calendar.LUNAR:
        return date(year, month, 1) + timedelta(days=day - 1) + LEAST_LUNAR_LAG
    return date(year, month, day)


def last_day(year: int, month: int, day: int | None, calendar: Calendar | None) -> date:
    """The last Gregorian day that a day which exists, or any day of a month, may be."""
    if calendar is Calendar.LUNAR:
        days = timedelta(days=(day or LONGEST_LUNAR_MONTH) - 1)
        return date(year, month, 1) + days + GREATEST_LUNAR_LAG
    return date(year, month, day or monthrange(year, month)[1])


def sound_parts(
    year: int, month: int, day: int, calendar: Calendar | None
) -> tuple[int | None, int | None, int | None]:
    """The parts on which nothing casts doubt; 0 is an unknown part.

    A part that cannot be right by itself (month 13, day 32) is left out, and so is a day without
    its month. Of parts that contradict each other nobody knows which is wrong: 31 April leaves the
    year, and 29 February of a year that has none leaves nothing. Not even the month is safe there:
    lunar dates have been written down as Gregorian ones.
    """
    if not 1 <= month <= 12:
        return year, None, None
    if not 1 <= day <= (LONGEST_LUNAR_MONTH if calendar is Calendar.LUNAR else LONGEST_MONTH):
        return year, month, None
    if exists(year, month, day, calendar):
        return year, month, day
    return (None if (month, day) == (2, 29) else year), None, None
