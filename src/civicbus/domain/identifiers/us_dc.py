"""United States death certificate: the record's own number within its file.

A decedent has no person number there, so the record identifies. Source: NCHS, "State file number"
(digits only). Leading zeros belong to the number and are kept.
"""

from __future__ import annotations


def compact(text: str) -> str:
    return text.replace(" ", "")


def problem(number: str) -> str | None:
    if not 1 <= len(number) <= 12 or not number.isascii() or not number.isdigit():
        return "one to twelve digits are needed"
    return None


def warnings(_number: str) -> tuple[str, ...]:
    return ()
