"""A number of a system that publishes no rule for it: only its form can be checked.

One to 32 ASCII letters and digits; between two of them may stand one of `-`, `.`, `/` and `_`.
The canonical form is the number as written: case and leading zeros may tell two people apart, so
nothing but space around it is dropped. There is no check digit, so a slip of the pen is another
number.

Two systems that count for themselves would make one person of two. Where more than one system of a
deployment uses this scheme, each puts its name before its numbers: `clinic/000123`.
"""

from __future__ import annotations

import re

FORM = re.compile(r"[A-Za-z0-9]+([-./_][A-Za-z0-9]+)*")
LENGTH_MAX = 32


def compact(text: str) -> str:
    return text


def problem(number: str) -> str | None:
    if len(number) > LENGTH_MAX:
        return f"more than {LENGTH_MAX} characters"
    if FORM.fullmatch(number) is None:
        return "ASCII letters and digits are needed, with single - . / or _ between them"
    return None


def warnings(_number: str) -> tuple[str, ...]:
    return ()
