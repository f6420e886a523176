"""Personal numbers: one canonical form, and no slip of the pen that makes another person."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from civicbus.domain.identifiers import SCHEMES, Identifier, InvalidIdentifierError, cn_rid
from civicbus.domain.identifiers.cn_rid import check_character
from civicbus.domain.identifiers.cn_uscc import SYMBOLS, check_symbol
from civicbus.domain.vocabulary import Sex

VALID = {
    "any-id": ["1", "A-17/b_2.c", "000123", "clinic/000123", "x" * 32],
    "cn-rid": ["110101195083011231", "11010119528415102X", "810000199081010018"],
    "cn-uscc": ["91990000MA00000008", "Y1110000000000000Q"],
    "nl-anr": ["1010101010", "1010378175"],
    "nl-bsn": ["999990639", "999990019", "010063353"],
    "uk-gro": ["urn:fdc:gro.gov.uk:2023:death:123456789"],
    "uk-reg": ["death/123456789", "birth/1", "marriage/123456789/2", "partnership/1/1"],
    "us-dc": ["1", "1000001", "000042", "123456789012"],
}
CHECKED = ["cn-rid", "cn-uscc", "nl-anr", "nl-bsn"]
# Where the rule is not known, case and space may tell two people apart.
CASE_AND_SPACE_ARE_FREE = sorted(VALID.keys() - {"any-id"})
# As GB 32100-2015 prints them, the check symbol's own last.
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1)

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
def credit_codes(draw: st.DrawFn) -> str:
    """Eighteen symbols that pass the check."""
    parts = [draw(st.text(SYMBOLS, min_size=size, max_size=size)) for size in (2, 9)]
    first = draw(places).join(parts)
    return first + check_symbol(first)


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


@given(resident_numbers())
def test_the_check_character_is_the_one_that_iso_7064_computes(number: str) -> None:
    left = 0
    for one in number[:17]:
        left = (left + int(one)) * 2 % 11
    assert (left + "0123456789X".index(number[17])) % 11 == 1


@given(credit_codes(), st.integers(0, 17), st.sampled_from(SYMBOLS))
def test_a_wrong_symbol_of_a_credit_code_is_caught(code: str, place: int, wrong: str) -> None:
    weighted = zip(USCC_WEIGHTS, code, strict=True)
    assert sum(weight * SYMBOLS.index(one) for weight, one in weighted) % 31 == 0
    assert Identifier.of("cn-uscc", code).value == code
    if wrong != code[place]:
        with pytest.raises(InvalidIdentifierError):
            Identifier.of("cn-uscc", code[:place] + wrong + code[place + 1 :])


@given(credit_codes(), st.integers(0, 15))
def test_two_swapped_neighbours_of_a_credit_code_are_caught(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    with pytest.raises(InvalidIdentifierError):
        Identifier.of("cn-uscc", swapped)


@given(citizen_numbers(), st.integers(0, 8), st.sampled_from("0123456789"))
def test_a_wrong_digit_of_a_citizen_number_is_caught(number: str, place: int, wrong: str) -> None:
    assert Identifier.of("nl-bsn", number).value == number
    if wrong != number[place]:
        with pytest.raises(InvalidIdentifierError):
            Identifier.of("nl-bsn", number[:place] + wrong + number[place + 1 :])


@st.composite
def written_in_many_ways(draw: st.DrawFn) -> tuple[str, str, str]:
    """A scheme, a number, and the number with spaces, in lower case or in full-width letters."""
    scheme = draw(st.sampled_from(CASE_AND_SPACE_ARE_FREE))
    number = draw(st.sampled_from(VALID[scheme]))
    ways = [str.lower, str.upper, lambda one: f" {one}", lambda one: f"{one}\u00a0", _full_width]
    return scheme, number, "".join(draw(st.sampled_from(ways))(one) for one in number)


def _full_width(one: str) -> str:
    return chr(ord(one) + 0xFEE0)


@given(written_in_many_ways())
def test_ways_of_writing_a_number_come_to_one(written: tuple[str, str, str]) -> None:
    scheme, number, text = written
    assert Identifier.of(scheme, text).value == number


@given(st.sampled_from(sorted(VALID)), st.data())
def test_only_width_and_space_are_mended(scheme: str, data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(VALID[scheme]))
    place = data.draw(st.integers(0, len(number)))
    added = data.draw(st.characters(categories=["Cf", "Mn", "Nd", "No"], codec="utf-8"))
    assume(not added.isascii() and not "\uff01" <= added <= "\uff5e")
    with pytest.raises(InvalidIdentifierError):
        Identifier.of(scheme, number[:place] + added + number[place:])


def test_the_number_of_a_system_without_a_published_rule_stays_as_written() -> None:
    assert Identifier.of("any-id", " ab-01\u3000").value == "ab-01"
    assert Identifier.of("any-id", "ab-01") != Identifier.of("any-id", "AB-01")
    assert Identifier.of("any-id", "007") != Identifier.of("any-id", "7")


def test_the_same_number_in_two_british_registers_is_two_people() -> None:
    child, deceased = Identifier.of("uk-reg", "birth/5"), Identifier.of("uk-reg", "death/5")
    assert child != deceased


@pytest.mark.parametrize(
    ("scheme", "text", "value"),
    [
        ("nl-bsn", "9999.90.639", "999990639"),
        ("nl-bsn", "999.990.639", "999990639"),
        ("nl-anr", "1010.378.175", "1010378175"),
        ("cn-rid", "110101-19508301-1231", "110101195083011231"),
        ("cn-uscc", "91990000-MA0000000-8", "91990000MA00000008"),
        ("uk-gro", "urn:fdc:gro.gov.uk:2023:death:123 456", "urn:fdc:gro.gov.uk:2023:death:123456"),
    ],
)
def test_what_parts_the_groups_of_a_number_is_no_part_of_it(
    scheme: str, text: str, value: str
) -> None:
    assert Identifier.of(scheme, text).value == value


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
        ("nl-anr", "4115849269"),  # two neighbours are equal, the sums are right
        ("nl-anr", "7896208406"),  # the sum of the digits alone is wrong
        ("nl-anr", "3157098196"),  # the weighted sum alone is wrong
        ("cn-rid", "11010119508301123"),
        ("cn-rid", "110101195002301234"),
        ("cn-rid", "USA310012345678"),  # a foreign permanent resident's older number
        ("cn-rid", "11010119500830112"),
        ("cn-uscc", ""),
        ("cn-uscc", "91990000MA0000000"),
        ("cn-uscc", "91990000MAO0000008"),  # the letter O
        ("cn-uscc", "91990000MA00000009"),
        ("uk-reg", ""),
        ("uk-reg", "123456789"),  # of which register?
        ("uk-reg", "death/1234567890123"),
        ("uk-reg", "death/0123"),
        ("uk-reg", "marriage/123456789"),  # two people
        ("uk-reg", "marriage/123456789/3"),
        ("uk-reg", "death/123456789/1"),
        ("uk-gro", "123456789"),
        ("uk-gro", "urn:fdc:gro.gov.uk:2023:death:"),
        ("uk-gro", "urn:fdc:gro.gov.uk:2023:marriage:123456789"),
        ("any-id", ""),
        ("any-id", "x" * 33),
        ("any-id", "12--34"),
        ("any-id", "-1234"),
        ("any-id", "1234-"),
        ("any-id", "12 34"),
        ("any-id", "Zürich-12"),
        ("any-id", "../../1234"),
        ("nl-anr", "10103781751"),
        ("nl-anr", "10101010246"),  # eleven digits that pass the check of ten
        ("us-dc", ""),
        ("us-dc", "1234567890123"),
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


@pytest.mark.parametrize("region", ["A90000", "9900A0", "99000A"])
def test_a_credit_code_with_a_letter_in_its_region_is_refused(region: str) -> None:
    first = f"91{region}MA0000000"
    with pytest.raises(InvalidIdentifierError, match="digits"):
        Identifier.of("cn-uscc", first + check_symbol(first))


@pytest.mark.parametrize("text", ["999990639", "nl-bsn", "", "xx-yy:999990639", "999990639:nl-bsn"])
def test_a_person_is_written_as_scheme_and_number(text: str) -> None:
    with pytest.raises(InvalidIdentifierError) as refused:
        Identifier.parse(text)
    assert refused.value.scheme == "known"
    assert refused.value.problem in str(refused.value)
    assert ", ".join(SCHEMES) in refused.value.problem
    assert "999990639:" not in str(refused.value)


def test_a_number_is_never_printed_by_accident() -> None:
    identifier = Identifier.of("nl-bsn", "999990639")
    assert "999990639" not in repr(identifier)
    assert "999990639" not in repr([identifier])


def test_a_number_with_its_spaces_has_up_to_64_characters() -> None:
    assert Identifier.of("us-dc", "1000001".rjust(64)).value == "1000001"
    with pytest.raises(InvalidIdentifierError, match="64"):
        Identifier.of("us-dc", "1000001".rjust(65))


@given(resident_numbers())
def test_a_synthetic_number_is_known_as_one(number: str) -> None:
    assert cn_rid.is_synthetic(number)
    for month in ("12", "80", "A1", "1A"):
        assert not cn_rid.is_synthetic(number[:10] + month + number[12:])


@pytest.mark.parametrize("number", ["932682198501010017", "911124198108030024"])
def test_a_foreign_permanent_residents_number_is_taken(number: str) -> None:
    # The specimens in the National Immigration Administration's rules for the card of 2023.
    identifier = Identifier.of("cn-rid", number)
    assert identifier.warnings == ()
    assert f"{cn_rid.birth_date(number):%Y%m%d}" == number[6:14]


@pytest.mark.parametrize(
    ("first", "codes"),
    [
        ("11010119508301123", ("synthetic",)),
        ("81000019908101001", ("synthetic",)),  # residence permits: Hong Kong, Macao, Taiwan
        ("82000019908101001", ("synthetic",)),
        ("83000019908101001", ("synthetic",)),
        ("71000019908101001", ("synthetic",)),
        ("93212419908101001", ("synthetic",)),  # issued in Jiangsu to a Canadian
        ("94612419708101001", ("synthetic",)),  # a foreigner's number is of where he applied
        ("46010019708101001", ("region_younger_than_birth", "synthetic")),
        ("46010019888101001", ("synthetic",)),
        ("50010019968101001", ("region_younger_than_birth", "synthetic")),
        ("51020219968101001", ("synthetic",)),  # Chongqing before it was a province
        ("66010119508301123", ("region_unknown", "synthetic")),
        ("99000119508301123", ("region_unknown", "synthetic")),
    ],
)
def test_an_odd_place_warns_and_never_refuses(first: str, codes: tuple[str, ...]) -> None:
    assert Identifier.of("cn-rid", first + check_character(first)).warnings == codes


@given(resident_numbers())
def test_no_place_is_a_reason_to_refuse_a_resident_number(number: str) -> None:
    assert set(Identifier.of("cn-rid", number).warnings) <= {
        "region_unknown",
        "region_younger_than_birth",
        "synthetic",
    }


@pytest.mark.parametrize(
    ("first", "codes"),
    [
        ("91110000MA0000000", ()),
        ("11100000MA0000000", ()),  # the central authorities
        ("A1810000MA0000000", ()),
        ("91990000MA0000000", ("region_unknown",)),
    ],
)
def test_an_odd_region_of_a_credit_code_warns(first: str, codes: tuple[str, ...]) -> None:
    assert Identifier.of("cn-uscc", first + check_symbol(first)).warnings == codes


def test_a_test_persons_citizen_number_warns() -> None:
    assert Identifier.of("nl-bsn", "999990639").warnings == ("synthetic",)
    assert Identifier.of("nl-bsn", "010063353").warnings == ()


@given(st.sampled_from([*SCHEMES, "xx-yy"]), st.text(max_size=40))
@example("xx-yy", "1")
def test_an_identifier_that_came_unchecked_warns_and_never_fails(scheme: str, value: str) -> None:
    codes = Identifier(scheme, value).warnings
    assert (codes == ("scheme_unknown",)) == (scheme == "xx-yy")
    if scheme in SCHEMES:
        assert ("number_invalid" in codes) == (SCHEMES[scheme].problem(value) is not None)


@given(resident_numbers())
def test_the_birth_date_and_the_sex_in_a_number_can_be_read(number: str) -> None:
    born = cn_rid.birth_date(number)
    assert (born.year, born.day) == (int(number[6:10]), int(number[12:14]))
    assert born.month + cn_rid.SYNTHETIC_MONTH == int(number[10:12])
    assert (cn_rid.sex(number) is Sex.MALE) == (number[16] in "13579")
    assert (cn_rid.sex(number) is Sex.FEMALE) == (number[16] in "02468")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_scheme_is_written_in_the_way_that_the_api_takes(scheme: str) -> None:
    assert re.fullmatch("[a-z]{2,8}-[a-z]{2,8}", scheme)
    assert set(VALID) == set(SCHEMES)
    assert all(re.fullmatch("[!-~]{1,64}", number) for number in VALID[scheme])
