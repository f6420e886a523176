"""Periods with uncertain and open bounds, held against every start and end that they allow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from civicbus.domain.dates import UNKNOWN_DATE, Interval, PartialDate, Qualifier
from civicbus.domain.periods import Period, days_covered, first_gap, together_cover

ONE_DAY = timedelta(days=1)
CENTRE = date(2012, 2, 29)

# Days, as numbers counted from CENTRE, in a world that has no others than these.
FIRST, LAST = -2, 9
numbers = st.integers(0, 7)
Known = tuple[int, int]  # the days from the one to the other, on one of which it was
Bounds = tuple[Known | None, Known | None]


@st.composite
def known(draw: st.DrawFn) -> Known:
    first = draw(numbers)
    return first, min(first + draw(st.integers(0, 3)), 7)


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    start, end = draw(st.none() | known()), draw(st.none() | known())
    assume(start is None or end is None or start[0] <= end[1])
    return start, end


def between(start: PartialDate | None, end: PartialDate | None = None) -> Period:
    """The period between two dates as registers hold them."""
    bounds = [None if bound is None else Interval.of(bound) for bound in (start, end)]
    return Period(*bounds)


def day(number: int) -> date:
    return CENTRE + ONE_DAY * number


def period(of: Bounds) -> Period:
    start, end = (known and Interval(day(known[0]), day(known[1])) for known in of)
    return Period(start, end)


def worlds(of: Bounds) -> Iterator[range]:
    """The days of a period, for each start and each end that it may have had."""
    start, end = of
    for first in [FIRST] if start is None else range(start[0], start[1] + 1):
        for stop in [LAST + 1] if end is None else range(end[0], end[1] + 1):
            if first <= stop:
                yield range(first, stop)


def certain(possible: set[bool]) -> bool | None:
    return None if len(possible) == 2 else True in possible


@given(bounds(), st.integers(FIRST, LAST))
def test_a_period_holds_on_a_day_if_it_does_for_every_start_and_end(of: Bounds, on: int) -> None:
    assert period(of).holds_on(day(on)) is certain({on in days for days in worlds(of)})


@given(bounds(), st.integers(FIRST, LAST), st.integers(0, 4))
def test_a_period_covers_a_span_if_it_holds_on_each_of_its_days(
    of: Bounds, first: int, more: int
) -> None:
    last = min(first + more, LAST)
    possible = {all(n in days for n in range(first, last + 1)) for days in worlds(of)}
    assert period(of).covers(day(first), day(last)) is certain(possible)


@given(bounds(), bounds())
def test_two_periods_overlap_if_they_share_a_day(one: Bounds, other: Bounds) -> None:
    possible = {bool(set(a) & set(b)) for a in worlds(one) for b in worlds(other)}
    assert period(one).overlaps(period(other)) is certain(possible)
    assert period(other).overlaps(period(one)) is certain(possible)


@given(bounds(), bounds())
def test_a_period_contains_another_by_its_start_and_its_end(one: Bounds, other: Bounds) -> None:
    possible = {a.start <= b.start and b.stop <= a.stop for a in worlds(one) for b in worlds(other)}
    assert period(one).contains(period(other)) is certain(possible)


@given(bounds(), bounds())
def test_a_period_immediately_precedes_another_that_starts_as_it_ends(
    one: Bounds, other: Bounds
) -> None:
    possible = {a.stop == b.start for a in worlds(one) for b in worlds(other)}
    assert period(one).immediately_precedes(period(other)) is certain(possible)


@given(bounds())
def test_the_certain_and_the_possible_days_are_those_of_all_and_of_any_start_and_end(
    of: Bounds,
) -> None:
    sets = [set(days) for days in worlds(of)]
    for span, expected in (
        (period(of).certain_days, set.intersection(*sets)),
        (period(of).possible_days, set.union(*sets)),
    ):
        within = {n for n in range(FIRST, LAST + 1) if span and in_span(day(n), *span)}
        assert within == expected


def test_uncertain_bounds_leave_the_days_between_them_certain() -> None:
    married = between(PartialDate(1999), PartialDate(2010, 3))
    assert married.certain_days == (date(1999, 12, 31), date(2010, 2, 28))
    assert married.possible_days == (date(1999, 1, 1), date(2010, 3, 30))
    assert between(PartialDate(2009), PartialDate(2009)).certain_days is None


def in_span(on: date, first: date, last: date | None) -> bool:
    return first <= on and (last is None or on <= last)


@given(st.lists(bounds(), max_size=3), st.integers(FIRST, LAST), st.integers(0, 5))
def test_periods_together_cover_a_span_if_one_or_other_holds_on_each_day(
    of: list[Bounds], first: int, more: int
) -> None:
    last = min(first + more, LAST)
    wanted = set(range(first, last + 1))
    covered: list[set[int]] = [set()]
    for each in of:
        covered = [days | set(more) for days in covered for more in worlds(each)]
    possible = {wanted <= days for days in covered}
    assert together_cover(map(period, of), day(first), day(last)) is certain(possible)


@given(bounds(), st.integers(FIRST, LAST))
def test_only_a_period_without_an_end_goes_on(of: Bounds, first: int) -> None:
    goes_on = of[1] is None and period(of).covers(day(first), day(LAST))
    assert period(of).covers(day(first), None) is goes_on
    assert together_cover([period(of)], day(first), None) is goes_on


spans = st.tuples(numbers, st.none() | st.integers(0, 4))


@given(st.lists(spans, max_size=5), numbers, st.none() | st.integers(0, 6))
def test_a_gap_is_the_first_day_that_is_in_none_of_the_spans(
    of: list[tuple[int, int | None]], first: int, more: int | None
) -> None:
    far = 40  # beyond every span that has a last day
    held = [(day(start), None if length is None else day(start + length)) for start, length in of]
    last = None if more is None else first + more
    wanted = range(first, (far if last is None else last) + 1)
    missing = [n for n in wanted if not any(in_span(day(n), *span) for span in held)]
    gap = first_gap(held, day(first), None if last is None else day(last))
    assert gap == (day(missing[0]) if missing else None)
    assert days_covered(held, day(first), None if last is None else day(last)) == (not missing)


def test_a_marriage_is_none_on_the_day_on_which_it_ends() -> None:
    married = between(PartialDate(1999, 5, 20), PartialDate(2010, 3, 1))
    assert married.holds_on(date(1999, 5, 19)) is False
    assert married.holds_on(date(1999, 5, 20)) is True
    assert married.holds_on(date(2010, 2, 28)) is True
    assert married.holds_on(date(2010, 3, 1)) is False


def test_a_marriage_of_1999_is_known_from_the_next_year_on() -> None:
    married = between(PartialDate(1999))
    assert married.holds_on(date(1998, 12, 31)) is False
    assert married.holds_on(date(1999, 6, 1)) is None
    assert married.holds_on(date(2000, 1, 1)) is True


def test_what_ended_on_an_unknown_day_is_not_what_has_not_ended() -> None:
    start = PartialDate(1999, 5, 20)
    assert between(start).holds_on(date(2020, 1, 1)) is True
    assert between(start, UNKNOWN_DATE).holds_on(date(2020, 1, 1)) is None
    assert between(start, UNKNOWN_DATE).covers(start.earliest, None) is False


def test_a_period_that_certainly_ends_before_it_starts_is_a_contradiction() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        between(PartialDate(2010), PartialDate(2009))


def test_uncertain_bounds_cut_each_other_where_the_end_might_come_before_the_start() -> None:
    married = between(PartialDate(2009), PartialDate(2009, 4))
    assert married.start == Interval(date(2009, 1, 1), date(2009, 4, 30))
    assert married.end == Interval.of(PartialDate(2009, 4))
    assert married.holds_on(date(2009, 3, 31)) is None
    assert married.holds_on(date(2009, 4, 30)) is False


def test_a_period_that_ends_on_its_first_day_holds_on_no_day() -> None:
    day_long = between(PartialDate(2009, 4, 1), PartialDate(2009, 4, 1))
    assert day_long.holds_on(date(2009, 4, 1)) is False
    assert day_long.possible_days is None
    assert day_long.overlaps(day_long) is False


def test_a_remarriage_on_the_day_of_the_divorce_follows_without_a_gap() -> None:
    first = between(PartialDate(1999), PartialDate(2010, 3, 1))
    second = between(PartialDate(2010, 3, 1))
    assert first.immediately_precedes(second) is True
    assert first.overlaps(second) is False
    assert together_cover([second, first], date(2000, 1, 1), None) is True


def test_a_register_of_all_marriages_from_1994_on_needs_the_books_of_every_day() -> None:
    paper, gap, database = (
        (date(1980, 1, 1), date(1994, 1, 31)),
        date(1994, 2, 1),
        (date(1994, 2, 2), None),
    )
    assert first_gap([database, paper], date(1994, 1, 1), None) == gap
    assert days_covered([database, paper], gap + ONE_DAY, None)
    assert days_covered([database, paper], date(1985, 1, 1), date(1994, 1, 31))
    assert not days_covered([paper], date(1985, 1, 1), None)
    assert not days_covered([], date(1985, 1, 1), date(1985, 1, 1))


def test_a_span_up_to_the_last_day_of_time_is_covered_without_end() -> None:
    assert days_covered([(date(1994, 1, 1), date.max)], date(1994, 1, 1), None)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        days_covered([], date(1994, 1, 2), date(1994, 1, 1))
    with pytest.raises(ValueError, match="ends before"):
        Period(None, None).covers(date(1994, 1, 2), date(1994, 1, 1))


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (Period(None, None), "at all times"),
        (between(PartialDate(2008, 7, 15)), "from 2008-07-15 on"),
        (between(None, PartialDate(2010, 3, 1)), "before 2010-03-01"),
        (
            between(PartialDate(2008, 7, 15), PartialDate(2010, 3)),
            "from 2008-07-15 to before a day from 2010-03-01 to 2010-03-31",
        ),
        (
            between(PartialDate(1994, 2, 1, Qualifier.BEFORE)),
            "from a day by 1994-02-01 on",
        ),
        (
            between(PartialDate(2008, 7, 15), UNKNOWN_DATE),
            "from 2008-07-15 to before a day from 2008-07-15",
        ),
    ],
)
def test_a_period_is_written_in_plain_words(of: Period, text: str) -> None:
    assert str(of) == text
