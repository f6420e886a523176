"""Lunar dates lie where we say: held against an almanac that computes Sun and Moon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from lunar_python import LunarYear, Solar

from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import EARLIEST_YEAR, LATEST_YEAR, PartialDate

ONE_DAY = timedelta(days=1)


@cache
def months(year: int) -> list[tuple[int, date, int]]:
    """The number, the first day and the days of each month; a leap month has its month's number."""
    found = []
    for month in LunarYear.fromYear(year).getMonths():
        if month.getYear() == year:  # the almanac also lists neighbours from other years
            first = Solar.fromJulianDay(month.getFirstJulianDay())
            day = date(first.getYear(), first.getMonth(), first.getDay())
            found.append((abs(month.getMonth()), day, month.getDayCount()))
    assert len(found) in (12, 13)
    return found


def lunar_dates(year: int) -> Iterator[tuple[PartialDate, date]]:
    """Every date of a lunar year, and the day that it is."""
    for month, first, length in months(year):
        for day in range(1, length + 1):
            yield (
                PartialDate(year, month, day, calendar=Calendar.LUNAR),
                first + ONE_DAY * (day - 1),
            )


def test_the_almanac_knows_famous_days() -> None:
    almanac = dict(lunar_dates(1950)) | dict(lunar_dates(2024))
    assert almanac[PartialDate(1950, 8, 15, calendar=Calendar.LUNAR)] == date(1950, 9, 26)
    assert almanac[PartialDate(2024, 1, 1, calendar=Calendar.LUNAR)] == date(2024, 2, 10)
    assert [month for month, _, _ in months(2023)].count(2) == 2


def test_every_lunar_day_from_1850_to_2150_lies_within_its_bounds() -> None:
    for year in range(EARLIEST_YEAR, 2151):
        for when, day in lunar_dates(year):
            assert when.earliest <= day <= when.latest, when


def test_the_bounds_hold_to_the_last_year() -> None:
    widest = (2310, 9281)  # of all years, these come nearest to the bounds
    for year in (*range(2151, LATEST_YEAR + 1, 17), *widest, LATEST_YEAR):
        for month, first, length in months(year):
            start = PartialDate(year, month, 1, calendar=Calendar.LUNAR)
            end = PartialDate(year, month, length, calendar=Calendar.LUNAR)
            assert start.earliest <= first, start
            assert first + ONE_DAY * (length - 1) <= end.latest, end


def test_a_lunar_month_and_year_hold_all_their_days() -> None:
    for year in range(1900, 2100):
        whole_year = PartialDate(year, calendar=Calendar.LUNAR)
        for when, day in lunar_dates(year):
            month = PartialDate(year, when.month, calendar=Calendar.LUNAR)
            assert month.earliest <= day <= month.latest
            assert whole_year.earliest <= day <= whole_year.latest


def test_the_bounds_are_few_days_wider_than_the_years_1900_to_2099_need() -> None:
    found = [pair for year in range(1900, 2100) for pair in lunar_dates(year)]
    assert len(found) > 73_000
    assert min(day - when.earliest for when, day in found) <= 5 * ONE_DAY
    assert min(when.latest - day for when, day in found) <= 2 * ONE_DAY


def test_a_lunar_year_is_bounded_by_few_days_more_than_it_has() -> None:
    for year in range(1900, 2100):
        when = PartialDate(year, calendar=Calendar.LUNAR)
        days = sorted(day for _, day in lunar_dates(year))
        assert days[0] - when.earliest <= 37 * ONE_DAY  # New Year is on one of 31 days
        assert when.latest - days[-1] <= 37 * ONE_DAY


def test_a_lunar_day_lies_14_to_57_days_behind_the_gregorian_one_of_its_numbers() -> None:
    for day, numbers in ((1, date(2024, 1, 1)), (15, date(2024, 1, 15)), (30, date(2024, 1, 30))):
        when = PartialDate(2024, 1, day, calendar=Calendar.LUNAR)
        assert (when.earliest - numbers, when.latest - numbers) == (14 * ONE_DAY, 57 * ONE_DAY)
    month = PartialDate(2024, 1, calendar=Calendar.LUNAR)
    assert (month.earliest, month.latest) == (date(2024, 1, 15), date(2024, 3, 27))
