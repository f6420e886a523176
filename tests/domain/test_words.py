"""Reasons in plain words, in both languages, with the values of the answer in them."""

from __future__ import annotations

from civicbus.domain.proofs.words import Explanation

BORN = Explanation(
    "Yes: born by {day} in {place}.",
    "是：{day}前出生于{place}。",
    "A correction of {place} would.",
    "更正{place}后，结果将改变。",
)
VALUES = {"day": "2024-05-01", "place": "Delft", "unused": 1}


def test_the_reason_is_told_in_both_languages_with_the_values_filled_in() -> None:
    assert BORN.why(VALUES) == {
        "en": "Yes: born by 2024-05-01 in Delft.",
        "zh": "是：2024-05-01前出生于Delft。",
    }


def test_what_would_change_it_is_told_in_both_languages_with_the_values_filled_in() -> None:
    assert BORN.would_change(VALUES) == {
        "en": "A correction of Delft would.",
        "zh": "更正Delft后，结果将改变。",
    }
