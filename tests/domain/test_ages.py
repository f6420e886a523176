"""Ages in completed years, with dates of birth that are known in part."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.ages import Ages, age_on, has_reached
from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import UNKNOWN_DATE, Interval, PartialDate, Qualifier

days = st.dates(date(1850, 1, 1), date(2199, 12, 31))


@st.composite
def births(draw: st.DrawFn) -> Interval:
    first = draw(days)
    return Interval(first, first + timedelta(days=draw(st.integers(0, 800))))


def birthdays(born: date, day: date) -> int:
    """How many birthdays a person has had, counted one by one."""
    had = 0
    while True:
        year = born.year + had + 1
        try:
            birthday = date(year, born.month, born.day)
        except ValueError:
            birthday = date(year, 3, 1)
        if birthday > day:
            return had
        had += 1


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2016, 2, 28), 19),
        (date(2016, 2, 29), 20),
        (date(2017, 2, 28), 20),
        (date(2017, 3, 1), 21),
        (date(2100, 2, 28), 103),
        (date(2100, 3, 1), 104),
    ],
)
def test_one_born_on_29_february_is_a_year_older_on_1_march_where_that_day_is_missing(
    day: date, age: int
) -> None:
    assert age_on(PartialDate(1996, 2, 29), day) == (age, age)


@pytest.mark.parametrize(
    ("day", "reached"),
    [
        (date(2017, 12, 31), False),
        (date(2018, 1, 1), None),
        (date(2018, 6, 1), None),
        (date(2018, 12, 30), None),
        (date(2018, 12, 31), True),
        (date(2019, 1, 1), True),
    ],
)
def test_one_born_at_some_time_in_2000_comes_of_age_at_some_time_in_2018(
    day: date, reached: bool | None
) -> None:
    assert has_reached(18, PartialDate(2000), day) is reached


def test_a_day_that_does_not_exist_leaves_the_age_by_the_year() -> None:
    born = PartialDate.of_sound_parts(1966, 0, 13)
    assert age_on(born, date(2026, 6, 1)) == (59, 60)


def test_a_birth_in_february_of_a_leap_year_may_have_been_on_its_last_day() -> None:
    born = PartialDate(2000, 2)
    assert has_reached(18, born, date(2018, 2, 28)) is None
    assert has_reached(18, born, date(2018, 3, 1)) is True


def test_a_lunar_birthday_leaves_some_weeks_open() -> None:
    born = PartialDate(1950, 8, 15, calendar=Calendar.LUNAR)
    assert has_reached(60, born, date(2010, 8, 15)) is False
    assert has_reached(60, born, date(2010, 9, 26)) is None
    assert has_reached(60, born, date(2010, 12, 1)) is True


def test_without_a_date_of_birth_no_age_is_excluded() -> None:
    assert age_on(UNKNOWN_DATE, date(2026, 1, 1)) == Ages(None, None)
    assert has_reached(0, UNKNOWN_DATE, date(2026, 1, 1)) is None


def test_a_birth_known_to_one_side_bounds_the_age_to_one_side() -> None:
    by = PartialDate(1960, 5, 1, Qualifier.BEFORE)
    since = PartialDate(1960, 5, 1, Qualifier.AFTER)
    assert age_on(by, date(2026, 5, 1)) == Ages(66, None)
    assert age_on(since, date(2026, 5, 1)) == Ages(None, 66)
    assert has_reached(66, by, date(2026, 5, 1)) is True
    assert has_reached(67, since, date(2026, 5, 1)) is False


def test_one_who_is_not_yet_born_has_reached_no_age() -> None:
    born = PartialDate(2026, 5, 1)
    assert age_on(born, date(2026, 4, 30)) == (-1, -1)
    assert has_reached(0, born, date(2026, 4, 30)) is False
    assert has_reached(0, born, date(2026, 5, 1)) is True


def test_an_age_below_0_is_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        has_reached(-1, PartialDate(2000), date(2026, 1, 1))


@given(days, st.integers(0, 130 * 366))
def test_an_age_is_the_number_of_birthdays_had(born: date, lived: int) -> None:
    day = born + timedelta(days=lived)
    had = birthdays(born, day)
    assert age_on(Interval.on(born), day) == (had, had)


@given(births(), days)
def test_every_possible_birth_gives_an_age_between_the_bounds(born: Interval, day: date) -> None:
    span = (born.latest - born.earliest).days
    possible = [born.earliest + timedelta(days=n) for n in range(span + 1)]
    ages = [age for each in possible if (age := age_on(Interval.on(each), day).least) is not None]
    assert age_on(born, day) == (ages[-1], ages[0])
    assert ages == sorted(ages, reverse=True)


@given(births(), days, st.integers(0, 120))
def test_an_age_is_reached_for_good(born: Interval, day: date, years: int) -> None:
    reached = has_reached(years, born, day)
    tomorrow = has_reached(years, born, day + timedelta(days=1))
    assert (reached, tomorrow) in {
        (False, False),
        (False, None),
        (False, True),
        (None, None),
        (None, True),
        (True, True),
    }
