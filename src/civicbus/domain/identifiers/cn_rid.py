"""Chinese resident identity number: 18 characters (GB 11643-1999), or 15 digits (GB 11643-1989).

Six digits of the place of first issue, the birth date, a sequence, and a check character (ISO 7064
MOD 11-2). A 15-digit number is upgraded by inserting the century and the check character; the
sequences 996 to 999 marked people born before 1900. The place code says where the number was first
issued, nothing more: places are renamed and abolished, so it is never a reason to refuse.

Synthetic numbers carry the month plus 80: the check character holds, but nobody can have them.
"""

from __future__ import annotations

from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
CENTENARIANS = ("996", "997", "998", "999")
SYNTHETIC_MONTH = 80


def check_character(first_seventeen: str) -> str:
    """The eighteenth character that belongs to the first seventeen digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_seventeen, strict=True))
    return CHECK_CHARACTERS[total % 11]


def compact(text: str) -> str:
    number = text.replace(" ", "").replace("-", "").upper()
    if len(number) == 15 and number.isascii() and number.isdigit():
        century = "18" if number[12:] in CENTENARIANS else "19"
        first = number[:6] + century + number[6:]
        return first + check_character(first)
    return number


def is_synthetic(number: str) -> bool:
    """True for a number that was made so that no person can have it."""
    return number[10:12].isdigit() and int(number[10:12]) > SYNTHETIC_MONTH


def problem(number: str) -> str | None:
    first, last = number[:17], number[17:]
    if len(number) != 18 or not first.isascii() or not first.isdigit():
        return "18 characters (or 15 digits) are needed"
    if last != check_character(first):
        return "the check character does not match"
    month = int(number[10:12])
    try:
        date(int(number[6:10]), month - SYNTHETIC_MONTH * is_synthetic(number), int(number[12:14]))
    except ValueError:
        return "the birth date in it does not exist"
    return None
