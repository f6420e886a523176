"""Partial dates, the intervals that they stand for, and comparisons with three results."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import (
    ABOUT_A_DAY,
    ABOUT_A_MONTH,
    ABOUT_A_YEAR,
    EARLIEST_YEAR,
    LATEST_YEAR,
    UNKNOWN_DATE,
    Interval,
    PartialDate,
    Qualifier,
    common,
)

years = st.integers(EARLIEST_YEAR, LATEST_YEAR)
days = st.dates(date(EARLIEST_YEAR, 1, 1), date(LATEST_YEAR, 12, 31))
qualifiers = st.sampled_from(Qualifier)
calendars = st.sampled_from((None, *Calendar))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(days)
    parts = (day.year, day.month, day.day)[: draw(st.integers(0, 3))]
    year, month, day_of_month = (*parts, None, None, None)[:3]
    calendar = draw(calendars) if (day_of_month or 0) <= 30 else None
    return PartialDate(year, month, day_of_month, draw(qualifiers), calendar=calendar)


near = st.integers(0, 9).map(lambda days: date(2012, 2, 26) + timedelta(days=days))


@st.composite
def narrow_intervals(draw: st.DrawFn) -> Interval:
    first, last = sorted((draw(near), draw(near)))
    return Interval(first, last)


def candidates(when: Interval) -> list[date]:
    """Every day on which it may have been."""
    return [
        when.earliest + timedelta(days=n) for n in range((when.latest - when.earliest).days + 1)
    ]


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    first, last = sorted((draw(days), draw(days)))
    return Interval(first, last)


@given(years, st.integers(-1, 14), st.integers(-1, 33))
def test_a_day_that_does_not_exist_is_refused(year: int, month: int, day: int) -> None:
    exists = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    if exists:
        assert PartialDate(year, month, day).earliest == date(year, month, day)
    else:
        with pytest.raises(ValueError, match=r"month|day"):
            PartialDate(year, month, day)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (None, 7, None),
        (None, None, 15),
        (2008, None, 15),
        (2008, 0, None),
        (2008, 13, None),
        (2008, 7, 0),
        (2023, 2, 29),
        (EARLIEST_YEAR - 1, None, None),
        (LATEST_YEAR + 1, None, None),
        (0, None, None),
    ],
)
def test_parts_that_make_no_date_are_refused(
    year: int | None, month: int | None, day: int | None
) -> None:
    with pytest.raises(ValueError, match=r"year|month|day"):
        PartialDate(year, month, day)


@given(years, st.integers(1, 12))
def test_unknown_parts_stand_for_every_day_that_they_may_be(year: int, month: int) -> None:
    in_month, in_year = PartialDate(year, month), PartialDate(year)
    assert (in_month.latest - in_month.earliest).days + 1 == calendar.monthrange(year, month)[1]
    assert (in_year.latest - in_year.earliest).days + 1 == 365 + calendar.isleap(year)
    assert (in_month.latest + timedelta(days=1)).month == month % 12 + 1


@given(partial_dates())
def test_a_date_always_stands_for_at_least_one_day(when: PartialDate) -> None:
    assert when.earliest <= when.latest


@given(days)
def test_a_qualifier_opens_the_interval_on_its_side(day: date) -> None:
    before, after = (PartialDate.of(day, q) for q in (Qualifier.BEFORE, Qualifier.AFTER))
    about = PartialDate.of(day, Qualifier.ABOUT)
    assert (before.earliest, before.latest) == (date.min, day)
    assert (after.earliest, after.latest) == (day, date.max)
    assert (about.earliest, about.latest) == (day - ABOUT_A_DAY, day + ABOUT_A_DAY)


def test_the_less_is_known_of_a_date_the_wider_about_it_is() -> None:
    month, year = (PartialDate(2010, m, qualifier=Qualifier.ABOUT) for m in (5, None))
    assert month.earliest == date(2010, 5, 1) - ABOUT_A_MONTH
    assert month.latest == date(2010, 5, 31) + ABOUT_A_MONTH
    assert year.earliest == date(2010, 1, 1) - ABOUT_A_YEAR
    assert year.latest == date(2010, 12, 31) + ABOUT_A_YEAR


@given(partial_dates(), days)
def test_a_comparison_agrees_with_every_day_of_the_interval(when: PartialDate, day: date) -> None:
    interval = Interval.of(when)
    found = interval.happened_by(day)
    possible = {when.earliest <= day, when.latest <= day}
    assert possible == ({True, False} if found is None else {found})


@given(partial_dates(), days, days)
def test_what_had_happened_has_happened_later_too(when: PartialDate, one: date, two: date) -> None:
    earlier, later = sorted((one, two))
    interval = Interval.of(when)
    if interval.happened_by(earlier) is True:
        assert interval.happened_by(later) is True
    if interval.happened_by(later) is False:
        assert interval.happened_by(earlier) is False


@given(partial_dates(), days)
def test_a_cut_leaves_the_earliest_day_and_lies_within_the_uncut(
    when: PartialDate, recorded: date
) -> None:
    cut, whole = Interval.of(when, not_after=recorded), Interval.of(when)
    assert cut.earliest == whole.earliest
    assert cut.latest <= whole.latest
    assert cut.latest <= recorded or cut.latest == cut.earliest


@given(st.lists(intervals(), min_size=1, max_size=4), days)
def test_the_common_days_are_the_days_of_all_intervals(found: list[Interval], day: date) -> None:
    shared = common(found)
    in_all = all(interval.earliest <= day <= interval.latest for interval in found)
    assert in_all == (shared is not None and shared.earliest <= day <= shared.latest)
    assert (shared is None) == any(not a.meets(b) for a in found for b in found)


def test_no_intervals_have_no_common_days_to_speak_of() -> None:
    with pytest.raises(ValueError, match="empty"):
        common([])


def test_an_interval_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Interval(date(2008, 1, 2), date(2008, 1, 1))


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (PartialDate(), "unknown"),
        (PartialDate(2008), "2008"),
        (PartialDate(2008, 7), "2008-07"),
        (PartialDate(2008, 7, 5), "2008-07-05"),
        (PartialDate(2008, 7, 5, Qualifier.ABOUT), "about 2008-07-05"),
        (PartialDate(2008, 7, None, Qualifier.BEFORE), "by 2008-07"),
        (PartialDate(2008, None, None, Qualifier.AFTER), "from 2008"),
    ],
)
def test_a_date_is_written_with_its_known_parts_only(when: PartialDate, text: str) -> None:
    assert str(when) == text


def test_a_date_is_unknown_only_without_its_year() -> None:
    assert PartialDate().is_unknown
    assert not PartialDate(2008).is_unknown


@pytest.mark.parametrize(
    ("raw", "known", "text"),
    [
        ((1966, 0, 13), PartialDate(1966), "1966-00-13"),
        ((1966, None, 13), PartialDate(1966), "1966-00-13"),
        ((1966, 13, 5), PartialDate(1966), "1966-13-05"),
        ((1966, 5, 32), PartialDate(1966, 5), "1966-05-32"),
        ((1966, 4, 31), PartialDate(1966), "1966-04-31"),
        ((1966, 2, 30), PartialDate(1966), "1966-02-30"),
        ((2023, 2, 29), UNKNOWN_DATE, "2023-02-29"),
        ((0, 7, 5), UNKNOWN_DATE, "0000-07-05"),
        ((EARLIEST_YEAR - 1, 7, 5), UNKNOWN_DATE, "1849-07-05"),
        ((LATEST_YEAR + 1, 1, 1), UNKNOWN_DATE, "9999-01-01"),
        ((1966, -5, 1), PartialDate(1966), "1966--5-01"),
    ],
)
def test_a_date_with_parts_that_cannot_be_right_keeps_the_others_and_says_so(
    raw: tuple[int | None, int | None, int | None], known: PartialDate, text: str
) -> None:
    degraded = PartialDate.of_sound_parts(*raw)
    assert (degraded.year, degraded.month, degraded.day) == (known.year, known.month, known.day)
    assert degraded.text == text
    assert degraded.is_degraded


@given(partial_dates())
def test_a_date_of_sound_parts_is_just_that_date(when: PartialDate) -> None:
    year, month, day = when.year, when.month, when.day
    with_zeros = (year or 0, month or 0, day or 0)
    for parts in ((year, month, day), with_zeros):
        assert PartialDate.of_sound_parts(*parts, when.qualifier, when.calendar) == when
    assert not when.is_degraded


@given(st.integers(-1, 10_001), st.integers(-1, 14), st.integers(-1, 33), calendars)
def test_whatever_a_register_wrote_becomes_a_date_and_none_of_it_is_lost(
    year: int, month: int, day: int, calendar: Calendar | None
) -> None:
    when = PartialDate.of_sound_parts(year, month, day, calendar=calendar)
    kept = (when.year or 0, when.month or 0, when.day or 0)
    assert when.is_degraded == (kept != (year, month, day))
    if when.is_degraded:
        assert when.text == f"{year:04d}-{month:02d}-{day:02d}"
    assert all(part in (0, raw) for part, raw in zip(kept, (year, month, day), strict=True))


@pytest.mark.parametrize(
    "text", [None, "2008", "2008-07-05", "2008-7-5", "on or about 5 July 2008"]
)
def test_a_text_that_names_no_other_part_degrades_nothing(text: str | None) -> None:
    assert not PartialDate(2008, 7, 5, text=text).is_degraded


def test_a_day_of_which_only_the_month_was_kept_is_degraded() -> None:
    assert PartialDate(2008, 7, text="2008-07-05").is_degraded


@pytest.mark.parametrize("day", [0, 31])
def test_a_lunar_month_has_1_to_30_days(day: int) -> None:
    assert PartialDate(1950, 2, 30, calendar=Calendar.LUNAR).day == 30
    with pytest.raises(ValueError, match="day"):
        PartialDate(1950, 2, day, calendar=Calendar.LUNAR)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (PartialDate(1950, 8, 15, calendar=Calendar.LUNAR), "lunar 1950-08-15"),
        (PartialDate(1950, 8, calendar=Calendar.LUNAR), "lunar 1950-08"),
        (PartialDate(1950, None, None, Qualifier.ABOUT, None, Calendar.LUNAR), "about lunar 1950"),
        (PartialDate(1950, 8, 15, calendar=Calendar.GREGORIAN), "1950-08-15"),
        (PartialDate(calendar=Calendar.LUNAR), "unknown"),
    ],
)
def test_a_lunar_date_says_that_it_is_one(when: PartialDate, text: str) -> None:
    assert str(when) == text


@given(partial_dates())
def test_a_lunar_date_is_never_the_gregorian_one_of_the_same_numbers(when: PartialDate) -> None:
    if when.year is None or (when.day or 0) > 30:
        return
    parts = (when.year, when.month, when.day, when.qualifier, when.text)
    lunar, solar = (PartialDate(*parts, calendar) for calendar in (Calendar.LUNAR, None))
    assert lunar != solar
    assert str(lunar) != str(solar)


@given(days, qualifiers)
def test_a_date_of_which_the_calendar_is_not_said_is_gregorian(
    day: date, qualifier: Qualifier
) -> None:
    parts = (day.year, day.month, day.day, qualifier, None)
    silent, said = (PartialDate(*parts, calendar) for calendar in (None, Calendar.GREGORIAN))
    assert (silent.earliest, silent.latest) == (said.earliest, said.latest)


def test_a_lunar_birth_against_a_gregorian_one_leaves_the_days_between_unknown() -> None:
    lunar = Interval.of(PartialDate(1950, 8, 15, calendar=Calendar.LUNAR))
    assert lunar.happened_by(date(1950, 8, 15)) is False
    assert lunar.happened_by(date(1950, 9, 26)) is None  # the day it was
    assert lunar.happened_by(date(1950, 12, 1)) is True
    assert not lunar.meets(Interval.on(date(1950, 8, 15)))


@given(partial_dates())
def test_what_is_known_to_fewer_parts_may_be_on_more_days(when: PartialDate) -> None:
    for wider in (
        PartialDate(when.year, when.month, None, when.qualifier, calendar=when.calendar),
        PartialDate(when.year, None, None, when.qualifier, calendar=when.calendar),
        UNKNOWN_DATE,
    ):
        assert wider.earliest <= when.earliest
        assert when.latest <= wider.latest


@pytest.mark.parametrize("calendar", [None, *Calendar])
@pytest.mark.parametrize("qualifier", Qualifier)
@pytest.mark.parametrize("parts", [(), (1,), (12,), (1, 1), (12, 30)])
@pytest.mark.parametrize("year", [EARLIEST_YEAR, LATEST_YEAR])
def test_the_first_and_the_last_year_have_bounds_in_every_form(
    year: int, parts: tuple[int, ...], qualifier: Qualifier, calendar: Calendar | None
) -> None:
    month, day = (*parts, None, None)[:2]
    when = PartialDate(year, month, day, qualifier, calendar=calendar)
    assert when.earliest <= date(year, month or 12, day or 31) + timedelta(days=57)
    assert when.latest >= date(year, month or 1, day or 1)


def test_the_29th_of_february_exists_in_leap_years_only() -> None:
    assert PartialDate(1996, 2, 29).earliest == date(1996, 2, 29)
    assert PartialDate(1996, 2).latest == date(1996, 2, 29)
    assert PartialDate(1900, 2).latest == date(1900, 2, 28)
    with pytest.raises(ValueError, match="a day that its month does not have"):
        PartialDate(1900, 2, 29)


def test_a_death_in_july_2008_is_known_outside_that_month_only() -> None:
    died = Interval.of(PartialDate(2008, 7))
    assert died.happened_by(date(2008, 6, 30)) is False
    assert died.happened_by(date(2008, 7, 15)) is None
    assert died.happened_by(date(2008, 8, 1)) is True


def test_a_death_on_an_unknown_day_is_known_from_its_recording_on() -> None:
    died = Interval.of(UNKNOWN_DATE, not_after=date(2008, 9, 3))
    assert died.happened_by(date(2008, 9, 2)) is None
    assert died.happened_by(date(2008, 9, 3)) is True


COMPARISONS: list[tuple[Callable[[Interval, Interval], bool | None], Callable[..., bool]]] = [
    (Interval.before, lambda one, other: one < other),
    (Interval.after, lambda one, other: one > other),
    (Interval.is_on, lambda one, other: one == other),
]


@given(narrow_intervals(), narrow_intervals())
def test_two_intervals_compare_as_all_their_days_do(one: Interval, other: Interval) -> None:
    for compare, of_days in COMPARISONS:
        possible = {of_days(a, b) for a in candidates(one) for b in candidates(other)}
        assert compare(one, other) is (possible.pop() if len(possible) == 1 else None)


@given(narrow_intervals(), near)
def test_an_interval_compares_with_a_day_as_with_something_of_that_day(
    when: Interval, day: date
) -> None:
    assert when.before(day) is when.before(Interval.on(day))
    assert when.after(day) is when.after(Interval.on(day))
    assert when.is_on(day) is when.is_on(Interval.on(day))
    assert when.happened_by(day) is {True: False, False: True, None: None}[when.after(day)]


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (PartialDate(2008, 7, 5), "2008-07-05"),
        (PartialDate(2008, 7), "a day from 2008-07-01 to 2008-07-31"),
        (PartialDate(2008, 7, None, Qualifier.BEFORE), "a day by 2008-07-31"),
        (PartialDate(2008, 7, None, Qualifier.AFTER), "a day from 2008-07-01"),
        (UNKNOWN_DATE, "an unknown day"),
    ],
)
def test_an_interval_is_written_in_plain_words(when: PartialDate, text: str) -> None:
    assert str(Interval.of(when)) == text
