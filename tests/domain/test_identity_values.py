"""A claimed value compared with a registered one: certainly the same, certainly not, or unknown."""

from __future__ import annotations

from datetime import date

import pytest

from civicbus.domain.dates import Interval
from civicbus.domain.proofs.identity_values import (
    GROUP_CODES,
    GROUPS,
    STATES,
    falls_in,
    lies_in,
    read_date,
    same_sex,
    same_value,
)
from civicbus.domain.truth import Truth

MAY = date(1950, 5, 1), date(1950, 5, 31)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("male", "男", True),
        ("M", "1", True),
        ("Female", "女", True),
        ("２", "f", True),
        ("男", "女", False),
        ("1", "2", False),
        ("male", "F", False),
        ("male", "NOT_KNOWN", None),
        ("x", "male", None),
        ("x", "x", None),
        ("9", "0", None),
        ("", "", None),
    ],
)
def test_a_sex_is_compared_only_if_both_are_written_in_a_known_way(
    one: str, other: str, same: Truth
) -> None:
    assert same_sex(one, other) is same
    assert same_sex(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # ethnicity
        ("汉", "汉族", True),
        ("汉 族", "汉", True),
        ("汉族", "满族", False),
        ("哈尼", "哈萨克族", False),
        ("01", "02", False),
        ("01", "56", False),
        ("01", "01", True),
        ("01", "1", None),
        ("01", "汉", None),
        ("01", "00", None),
        ("01", "57", None),
        ("01", "97", None),  # of no group in the list, or not known
        ("汉", "汉人", None),
        ("汉", "漢", None),
        ("壮", "僮", None),  # as it was written before 1965
        ("德昂", "崩龙", None),  # its name before 1985
        ("维吾尔", "维", None),
        ("土家", "土", None),
        ("其他", "汉", None),
        # nationality
        ("CN", "cn", True),
        ("ＣＮ", "CN", True),
        ("CN", "NL", False),
        ("AD", "ZW", False),
        ("中国", "中国", True),
        ("中国", "中华人民共和国", None),
        ("美国", "中国", None),
        ("GB", "UK", None),
        ("GR", "EL", None),
        ("CN", "HK", None),  # whoever comes from there may have that nationality
        ("US", "PR", None),
        ("MM", "BU", None),  # the state's former code
        ("RU", "SU", None),
        ("CN", "156", None),
        ("CN", "CHN", None),
        ("NL", "Dutch", None),
        # nothing said
        ("", "", None),
        ("族", "", None),
        ("", "汉", None),
    ],
)
def test_two_texts_are_two_values_only_if_both_stand_in_one_list(
    one: str, other: str, same: Truth
) -> None:
    assert same_value(one, other) is same
    assert same_value(other, one) is same


def test_the_lists_are_those_of_their_sources() -> None:
    groups = GROUPS.pattern.split("|")
    assert len(groups) == len(set(groups)) == 55  # of 56
    assert sum(bool(GROUP_CODES.fullmatch(f"{code:02d}")) for code in range(100)) == 56
    letters = "abcdefghijklmnopqrstuvwxyz"
    assert sum(bool(STATES.fullmatch(a + b)) for a in letters for b in letters) == 193


@pytest.mark.parametrize(
    ("claimed", "registered", "lies"),
    [
        ("110101", "110101", True),
        ("110000", "110101", True),
        ("110100", "110101", True),
        ("110000", "110101001", True),
        ("110101", "110101001002", True),
        ("110101001", "110101001002", True),
        ("四川", "四川", True),
        ("110101", "110000", None),
        ("110100", "110201", None),
        ("310000", "110101", None),
        ("110101001000", "110101001002", None),
        ("110101000", "110101001", None),  # 00 stands for the whole in six digits only
        ("100000", "110000", None),
        ("000000", "110101", None),
        ("11", "110101", None),
        ("1101010", "11010100", None),
        ("110000", "北京", None),
        ("北京", "110000", None),
        ("北京市东城区", "北京市", None),
        ("", "", None),
        ("", "110101", None),
    ],
)
def test_a_place_is_known_to_lie_in_another_and_never_not_to(
    claimed: str, registered: str, lies: Truth
) -> None:
    assert lies_in(claimed, registered) is lies


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1950", "1950-01-01", "1950-12-31"),
        ("1950-02", "1950-02-01", "1950-02-28"),
        (" 1950-08-30 ", "1950-08-30", "1950-08-30"),
    ],
)
def test_a_claimed_birth_date_stands_for_its_days(text: str, first: str, last: str) -> None:
    assert read_date(text) == Interval(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "in August",
        "1950-13",
        "1950-02-30",
        "1950-8-30",
        "0000",
        "1950-",
        "19500830",
        "１９５０",
    ],
)
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("first", "last", "falls"),
    [
        ("1950-05-10", "1950-05-10", True),
        ("1950-05-01", "1950-05-31", True),
        ("1950-04-30", "1950-05-31", None),
        ("1950-05-01", "1950-06-01", None),
        ("1950-01-01", "1950-12-31", None),
        ("1950-05-31", "1950-06-30", None),
        ("1950-06-01", "1950-06-30", False),
        ("1950-04-01", "1950-04-30", False),
    ],
)
def test_a_birth_falls_in_the_days_claimed_if_all_its_days_do(
    first: str, last: str, falls: Truth
) -> None:
    born = Interval(date.fromisoformat(first), date.fromisoformat(last))
    assert falls_in(Interval(*MAY), born) is falls
