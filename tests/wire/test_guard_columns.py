"""A column check passes nothing that the domain's own check refuses."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import FORBIDDEN_TEXT, MAX_TEXT, InvalidEventError, check_uuid
from civicbus.domain.person_key import is_person_key
from civicbus.wire.guard_columns import (
    are_person_keys,
    are_uuids,
    dates_exist,
    each_row_has,
    first_days,
    last_days,
    symbols_allowed,
    texts_allowed,
    utc_days,
    within,
)
from tests.wire.makers import NOW, key_of

UUID = "f7977004-bcc6-58d4-a1fa-c8dfca90de32"
SURROGATES = range(0xD800, 0xE000)


def texts(*values: str | None) -> Any:
    return pa.array(values, pa.string())


def is_uuid(text: str) -> bool:
    try:
        check_uuid(text, "id")
    except InvalidEventError:
        return False
    return True


def test_every_character_is_allowed_or_not_as_the_domain_has_it() -> None:
    # Lone surrogates cannot be written in UTF-8, so Arrow refuses them before.
    every = [chr(code) for code in range(0x110000) if code not in SURROGATES]
    forbidden = [one for one in every if FORBIDDEN_TEXT.search(one)]
    assert texts_allowed([texts(*sorted(set(every) - set(forbidden)))], 10)
    assert [one for one in forbidden if texts_allowed([texts(f"a{one}b")], 10)] == []
    assert len(forbidden) > 30


def test_a_forbidden_character_is_found_in_any_column_and_row() -> None:
    clean = texts("a", None, "王", "")
    assert texts_allowed([clean, clean], 10)
    assert not texts_allowed([clean, texts("a", "b\x00", None)], 10)
    assert not texts_allowed([texts("a", "\u202eb"), clean], 10)


def test_a_text_as_long_as_allowed_passes_and_a_longer_one_does_not() -> None:
    column = texts("x", "y" * MAX_TEXT)
    assert texts_allowed([column], MAX_TEXT + 1)
    assert not texts_allowed([texts("x", "y" * (MAX_TEXT + 1))], MAX_TEXT + 2)


def test_a_part_of_a_column_is_checked_without_its_neighbours() -> None:
    column = texts("\x00", "a", "\x01")
    assert texts_allowed([column.slice(1, 1)], 10)
    assert not texts_allowed([column.slice(1, 2)], 10)


def test_refused_symbols_are_found() -> None:
    assert symbols_allowed([texts("CREATED", None, "NOT_KNOWN")], {b"UNKNOWN"})
    assert not symbols_allowed([texts("CREATED"), texts("ENDED", "UNKNOWN")], {b"UNKNOWN"})


def almost(rng: random.Random, text: str, alphabet: str) -> str:
    """The text with one character changed, lost, put in or moved."""
    at, other = rng.randrange(len(text)), rng.choice(alphabet)
    changed = text[:at] + other + text[at + 1 :]
    moved = text[:at] + text[at + 1 :] + other
    return rng.choice((changed, text[:at] + text[at + 1 :], text[:at] + other + text[at:], moved))


@pytest.mark.parametrize(
    ("check", "single", "text"),
    [
        (are_uuids, is_uuid, UUID),
        (are_person_keys, lambda text: is_person_key(text.encode()), key_of(1)),
    ],
)
def test_a_form_is_what_the_domain_says(
    check: Callable[[Any], bool], single: Callable[[str], bool], text: str
) -> None:
    rng = random.Random(text)
    outcomes = set()
    for _ in range(3_000):
        other = almost(rng, text, "0189afgzAZ-_ é2")
        assert check(texts(text, None, other, text)) == single(other), other
        outcomes.add(single(other))
    assert outcomes == {True, False}


def test_two_wrong_lengths_do_not_make_up_for_each_other() -> None:
    assert not are_uuids(texts(UUID[:-1], UUID + "0"))
    assert not are_person_keys(texts(key_of(1)[:-1], key_of(1) + "a"))
    assert not are_uuids(texts(""))
    assert not are_person_keys(texts(""))


@pytest.mark.parametrize(("check", "text"), [(are_uuids, UUID), (are_person_keys, key_of(1))])
def test_what_lies_under_a_null_raises_doubt(check: Callable[[Any], bool], text: str) -> None:
    offsets = pa.array([0, len(text), 2 * len(text)], pa.int32()).buffers()[1]
    column = pa.StringArray.from_buffers(
        2, offsets, pa.py_buffer(2 * text.encode()), pa.py_buffer(b"\x01")
    )
    assert column.to_pylist() == [text, None]
    assert not check(column)


def test_the_nil_uuid_is_found() -> None:
    assert not are_uuids(texts(UUID, "00000000-0000-0000-0000-000000000000"))


def column_of(rows: Sequence[tuple[int | None, int | None, int | None] | None]) -> Any:
    """Dates as the native decoder gives them: where there is no date, its parts are null too."""
    parts = zip(*(row or (None, None, None) for row in rows), strict=True)
    absent = pa.array([row is None for row in rows])
    columns = [pa.array(part, pa.int32()) for part in parts]
    return pa.StructArray.from_arrays(columns, ["year", "month", "day"], mask=absent)


def built(
    parts: tuple[int | None, int | None, int | None], qualifier: Qualifier
) -> PartialDate | None:
    try:
        return PartialDate(*parts, qualifier=qualifier)
    except ValueError:
        return None


PARTS = st.tuples(
    st.none() | st.sampled_from([0, 1849, 1850, 1900, 2000, 2023, 2024, 9998, 9999]),
    st.none() | st.integers(-1, 14),
    st.none() | st.integers(-1, 33),
)


@given(st.lists(st.none() | PARTS, min_size=1, max_size=5))
def test_dates_exist_where_every_one_can_be_built(rows: list[Any]) -> None:
    possible = all(built(parts, Qualifier.EXACT) for parts in rows if parts is not None)
    assert dates_exist(column_of(rows)) == possible


def test_every_day_of_the_calendar_exists_and_no_other() -> None:
    for year in (1900, 2000, 2023, 2024):
        for month in range(1, 13):
            for day in range(1, 32):
                exists = built((year, month, day), Qualifier.EXACT) is not None
                assert dates_exist(column_of([(2001, 1, 1), (year, month, day)])) == exists


@given(PARTS, st.sampled_from(Qualifier), PARTS, st.sampled_from(Qualifier))
def test_a_date_never_starts_later_or_ends_earlier_than_its_number_says(
    first: Any, first_is: Qualifier, second: Any, second_is: Qualifier
) -> None:
    start, end = built(first, first_is), built(second, second_is)
    if start is None or end is None:
        return
    begins, ends = (
        first_days(column_of([first]))[0].as_py(),
        last_days(column_of([second]))[0].as_py(),
    )
    if begins is None or ends is None or begins <= ends:
        assert start.earliest <= end.latest


def test_moments_have_the_day_that_they_have_in_utc() -> None:
    column = pa.array(
        [NOW, NOW.replace(hour=23, minute=59), NOW.replace(year=1850)], "timestamp[ms]"
    )
    assert utc_days(column).to_pylist() == [20260601, 20260601, 18500601]


def test_numbers_lie_within_their_bounds() -> None:
    assert within(pa.array([1, None, 12]), 1, 12)
    assert within(pa.array([None], "int32"), 1, 12)
    assert not within(pa.array([0, 5]), 1, 12)
    assert not within(pa.array([5, 13]), 1, 12)


def test_each_row_needs_a_true_item() -> None:
    rows = pa.array([0, 0, 1, 2], "int64")
    assert each_row_has(pa.array([False, True, True, True]), rows, 3)
    assert not each_row_has(pa.array([True, True, False, True]), rows, 3)
    assert not each_row_has(pa.array([True, None, None, True]), rows, 3)
