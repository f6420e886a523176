"""Dutch citizen service number (burgerservicenummer): nine digits, eleven-test.

Source: Wet algemene bepalingen burgerservicenummer; LO3 element 01.20. The weighted sum of the
digits, weights 9 to 2 and then -1, is a multiple of eleven.

    synthetic    it begins with 99999: for test persons, given to nobody
"""

from __future__ import annotations

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
TEST_PERSONS = "99999"


def compact(text: str) -> str:
    return text.replace(" ", "").replace(".", "")


def problem(number: str) -> str | None:
    if len(number) != 9 or not number.isascii() or not number.isdigit():
        return "nine digits are needed, leading zeros included"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=True))
    if total % 11 != 0 or number == "000000000":
        return "the check digit does not match"
    return None


def warnings(number: str) -> tuple[str, ...]:
    return ("synthetic",) if number.startswith(TEST_PERSONS) else ()
