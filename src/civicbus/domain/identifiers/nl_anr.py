"""Dutch A-number (administratienummer), for persons whom the register knows without a BSN.

Source: LO3 element 01.10. Ten digits, the first not zero, no two neighbours equal; the sum of the
digits leaves 0 or 5 when divided by eleven, and the sum of the digits weighted with 1, 2, 4 ...
512 is a multiple of eleven.
"""

from __future__ import annotations

from itertools import pairwise


def compact(text: str) -> str:
    return text.replace(" ", "").replace(".", "")


def problem(number: str) -> str | None:
    if len(number) != 10 or not number.isascii() or not number.isdigit() or number[0] == "0":
        return "ten digits are needed, the first not zero"
    digits = [int(digit) for digit in number]
    weighted = sum(digit << place for place, digit in enumerate(digits))
    neighbours_differ = all(left != right for left, right in pairwise(digits))
    if not neighbours_differ or sum(digits) % 11 not in (0, 5) or weighted % 11 != 0:
        return "the digits do not pass the register's check"
    return None


def warnings(_number: str) -> tuple[str, ...]:
    return ()
