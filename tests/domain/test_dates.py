"""Partial dates, the intervals that they stand for, and comparisons with three results."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.dates import (
    ABOUT_A_DAY,
    EARLIEST_YEAR,
    LATEST_YEAR,
    Interval,
    PartialDate,
    Qualifier,
    common,
)

years = st.integers(EARLIEST_YEAR, LATEST_YEAR)
days = st.dates(date(EARLIEST_YEAR, 1, 1), date(LATEST_YEAR, 12, 31))
qualifiers = st.sampled_from(Qualifier)


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(days)
    parts = (day.year, day.month, day.day)[: draw(st.integers(0, 3))]
    year, month, day_of_month = (*parts, None, None, None)[:3]
    return PartialDate(year, month, day_of_month, draw(qualifiers))


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
