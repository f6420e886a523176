"""Dutch citizen service number (burgerservicenummer): nine digits, eleven-test.

Source: Wet algemene bepalingen burgerservicenummer; LO3 element 01.20. The weighted sum of the
digits, weights 9 to 2 and then -1, is a multiple of eleven.
"""

from __future__ import annotations

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def compact(text: str) -> str:
    return text.replace(" ", "").replace(".", "")


def problem(number: str) -> str | None:
    if len(number) != 9 or not number.isascii() or not number.isdigit():
        return "nine digits are needed, leading zeros included"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=True))
    if total % 11 != 0 or number == "000000000":
        return "the check digit does not match"
    return None
