"""Personal numbers: one canonical form, and no slip of the pen that makes another person."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from civicbus.domain.identifiers import SCHEMES, Identifier, InvalidIdentifierError, cn_rid
from civicbus.domain.identifiers.cn_rid import check_character

VALID = {
    "cn-rid": ["110101195083011231", "11010119528415102X"],
    "nl-anr": ["1010101010", "1010378175"],
    "nl-bsn": ["999990639", "999990019", "010063353"],
    "uk-reg": ["123456789", "1"],
    "us-dc": ["1000001", "000042"],
}
CHECKED = ["cn-rid", "nl-anr", "nl-bsn"]

places = st.text("0123456789", min_size=6, max_size=6)
sequences = st.text("0123456789", min_size=3, max_size=3)


@st.composite
def resident_numbers(draw: st.DrawFn) -> str:
    """Eighteen characters; synthetic, since no month is later than December."""
    born = draw(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
    day = f"{born.year}{born.month + cn_rid.SYNTHETIC_MONTH:02d}{born.day:02d}"
    first = draw(places) + day + draw(sequences)
    return first + check_character(first)


@st.composite
def citizen_numbers(draw: st.DrawFn) -> str:
    """Nine digits that pass the eleven-test."""
    first = draw(st.text("0123456789", min_size=8, max_size=8))
    total = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), first, strict=True))
    assume(total % 11 != 10 and int(first) > 0)
    return first + str(total % 11)


@pytest.mark.parametrize(("scheme", "number"), [(s, n) for s in VALID for n in VALID[s]])
def test_a_valid_number_is_taken(scheme: str, number: str) -> None:
    assert str(Identifier.of(scheme, number)) == f"{scheme}:{number}"
    assert Identifier.parse(f"{scheme}:{number}") == Identifier(scheme, number)


@pytest.mark.parametrize("scheme", CHECKED)
def test_every_single_wrong_digit_is_caught(scheme: str) -> None:
    for number in VALID[scheme]:
        for place, right in enumerate(number):
            for wrong in "0123456789X":
                if wrong != right:
                    with pytest.raises(InvalidIdentifierError):
                        Identifier.of(scheme, number[:place] + wrong + number[place + 1 :])


@given(resident_numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_a_wrong_character_of_a_resident_number_is_caught(
    number: str, place: int, wrong: str
) -> None:
    assert Identifier.of("cn-rid", number).value == number
    if wrong != number[place]:
        with pytest.raises(InvalidIdentifierError):
            Identifier.of("cn-rid", number[:place] + wrong + number[place + 1 :])


@given(resident_numbers(), st.integers(0, 16))
def test_two_swapped_neighbours_of_a_resident_number_are_caught(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(InvalidIdentifierError):
        Identifier.of("cn-rid", swapped)


@given(citizen_numbers(), st.integers(0, 8), st.sampled_from("0123456789"))
def test_a_wrong_digit_of_a_citizen_number_is_caught(number: str, place: int, wrong: str) -> None:
    assert Identifier.of("nl-bsn", number).value == number
    if wrong != number[place]:
        with pytest.raises(InvalidIdentifierError):
            Identifier.of("nl-bsn", number[:place] + wrong + number[place + 1 :])


@st.composite
def written_in_many_ways(draw: st.DrawFn) -> tuple[str, str, str]:
    """A scheme, a number, and the number with spaces, in lower case or in full-width letters."""
    scheme = draw(st.sampled_from(sorted(VALID)))
    number = draw(st.sampled_from(VALID[scheme]))
    ways = [str.lower, str.upper, lambda one: f" {one}", lambda one: f"{one}\u00a0", _full_width]
    return scheme, number, "".join(draw(st.sampled_from(ways))(one) for one in number)


def _full_width(one: str) -> str:
    return chr(ord(one) + 0xFEE0)


@given(written_in_many_ways())
def test_ways_of_writing_a_number_come_to_one(written: tuple[str, str, str]) -> None:
    scheme, number, text = written
    assert Identifier.of(scheme, text).value == number


@pytest.mark.parametrize("text", ["9999.90.639", "999.990.639"])
def test_the_points_of_a_citizen_number_are_no_part_of_it(text: str) -> None:
    assert Identifier.of("nl-bsn", text).value == "999990639"


@given(st.sampled_from(sorted(SCHEMES)), st.text(max_size=70))
def test_any_text_is_a_number_in_canonical_form_or_refused_unrepeated(
    scheme: str, text: str
) -> None:
    try:
        first = Identifier.of(scheme, text)
    except InvalidIdentifierError as refused:
        message = str(refused)
    else:
        assert Identifier.of(scheme, first.value) == first
        assert Identifier.parse(str(first)) == first
        return
    assert not any(digits in message for digits in re.findall(r"\d{3,}", text))


@given(places, st.dates(date(1900, 1, 1), date(1999, 12, 31)), sequences)
def test_a_number_of_fifteen_digits_becomes_the_one_of_eighteen(
    place: str, born: date, sequence: str
) -> None:
    assume(sequence not in cn_rid.CENTENARIANS)
    short = f"{place}{born:%y%m%d}{sequence}"
    long = Identifier.of("cn-rid", short).value
    assert long[:17] == f"{place}{born:%Y%m%d}{sequence}"
    assert Identifier.of("cn-rid", long).value == long


@pytest.mark.parametrize("sequence", cn_rid.CENTENARIANS)
def test_a_centenarians_number_of_fifteen_digits_is_of_the_century_before(sequence: str) -> None:
    assert Identifier.of("cn-rid", f"110101{'950315'}{sequence}").value[6:14] == "18950315"


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("nl-bsn", "99999063"),  # a leading zero lost in a spreadsheet
        ("nl-bsn", "9.9999E+08"),
        ("nl-bsn", "000000000"),
        ("nl-bsn", "٩٩٩٩٩٠٦٣٩"),
        ("nl-anr", "0101010101"),
        ("nl-anr", "1110101010"),
        ("cn-rid", "11010119508301123"),
        ("cn-rid", "110101195002301234"),
        ("uk-reg", ""),
        ("uk-reg", "1234567890123"),
        ("us-dc", "12a4"),
        ("us-dc", "1" * 65),
    ],
)
def test_a_number_that_its_scheme_does_not_allow_is_refused_unrepeated(
    scheme: str, number: str
) -> None:
    with pytest.raises(InvalidIdentifierError) as refused:
        Identifier.of(scheme, number)
    assert refused.value.scheme == scheme
    assert len(number) < 2 or number not in str(refused.value)


def test_a_resident_number_of_a_day_that_does_not_exist_is_refused() -> None:
    first = "11010119500230123"
    with pytest.raises(InvalidIdentifierError, match="birth date"):
        Identifier.of("cn-rid", first + check_character(first))


@pytest.mark.parametrize("text", ["999990639", "nl-bsn", "", "xx-yy:999990639", "999990639:nl-bsn"])
def test_a_person_is_written_as_scheme_and_number(text: str) -> None:
    with pytest.raises(InvalidIdentifierError) as refused:
        Identifier.parse(text)
    assert "999990639:" not in str(refused.value)


def test_a_number_is_never_printed_by_accident() -> None:
    identifier = Identifier.of("nl-bsn", "999990639")
    assert "999990639" not in repr(identifier)
    assert "999990639" not in repr([identifier])


@given(resident_numbers())
def test_a_synthetic_number_is_known_as_one(number: str) -> None:
    assert cn_rid.is_synthetic(number)
    assert not cn_rid.is_synthetic(number[:10] + "12" + number[12:])
