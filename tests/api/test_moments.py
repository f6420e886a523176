"""The two times of a question."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.api.moments import InvalidTimeError, asked_times

NOW = datetime(2024, 6, 1, 12, 0, 0, 123_456, tzinfo=UTC)
NOW_IN_MILLISECONDS = NOW.replace(microsecond=123_000)


def test_without_times_the_question_is_about_today_as_known_now() -> None:
    assert asked_times(None, None, NOW) == (date(2024, 6, 1), NOW_IN_MILLISECONDS)


def test_with_known_at_alone_the_day_is_the_one_of_that_moment() -> None:
    known_at = datetime(2020, 2, 29, 23, 30, tzinfo=UTC)
    assert asked_times(None, "2020-03-01T01:30:00+02:00", NOW) == (date(2020, 2, 29), known_at)


def test_a_day_as_known_at_counts_whole() -> None:
    end_of_day = datetime(2020, 2, 29, 23, 59, 59, 999_000, tzinfo=UTC)
    assert asked_times(None, "2020-02-29", NOW) == (date(2020, 2, 29), end_of_day)


def test_today_as_known_at_means_up_to_now() -> None:
    assert asked_times(None, "2024-06-01", NOW)[1] == NOW_IN_MILLISECONDS


def test_a_day_may_lie_after_the_moment_of_knowledge() -> None:
    assert asked_times("2021-01-01", "2020-01-01", NOW)[0] == date(2021, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2023-02-29",
        "0001-01-01",
        "1849-12-31",
        "9999-01-01",
        "2024-6-1",
        "20240601",
        "2024-06-01T00:00:00Z",
        "2024-W01-1",
        "-1",
        "0",
        "",
        " 2024-01-01",
        "2024-01-01\n",
        "２０２４-01-01",
        "٢٠٢٤-01-01",
        "2024-06-02",
        "tomorrow",
    ],
)
def test_a_day_that_is_not_well_formed_or_does_not_exist_or_is_to_come_is_refused(
    text: str,
) -> None:
    with pytest.raises(InvalidTimeError) as refused:
        asked_times(text, None, NOW)
    assert refused.value.field == "valid_at"
    assert not text.strip() or text.strip() not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01T24:00:00Z",
        "2024-01-01T23:60:00Z",
        "2024-01-01T23:59:60Z",
        "2024-01-01T12:00:00",
        "2024-01-01T12:00Z",
        "2024-01-01 12:00:00Z",
        "2024-01-01T12:00:00+26:00",
        "2024-01-01T12:00:00+0200",
        "2024-02-30T12:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2024-06-01T12:00:00.124Z",
        "2024-06-02",
        "-62135596800",
        "1717236000",
        "",
    ],
)
def test_a_moment_that_is_not_well_formed_or_does_not_exist_or_is_to_come_is_refused(
    text: str,
) -> None:
    with pytest.raises(InvalidTimeError) as refused:
        asked_times(None, text, NOW)
    assert refused.value.field == "known_at"


@given(st.text())
def test_no_text_is_anything_but_two_times_or_refused(text: str) -> None:
    for valid_at, known_at in ((text, None), (None, text)):
        try:
            day, moment = asked_times(valid_at, known_at, NOW)
        except InvalidTimeError:
            continue
        assert day <= NOW.date()
        assert moment <= NOW


@given(st.integers(0, 174 * 365 * 24 * 3600), st.integers(-840, 840))
def test_a_moment_is_the_same_in_every_zone(seconds_ago: int, minutes: int) -> None:
    moment = NOW.replace(microsecond=0) - timedelta(seconds=seconds_ago)
    sign, shift = "-" if minutes < 0 else "+", timedelta(minutes=minutes)
    offset = f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    local = f"{(moment + shift):%Y-%m-%dT%H:%M:%S}{offset}"
    assert asked_times(None, local, NOW)[1] == moment
