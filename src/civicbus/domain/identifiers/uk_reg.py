"""United Kingdom registration: the entry of a life event, as the Home Office numbers it.

Source: life event verification service, paths `/v1/registration/birth/ID`, `.../death/ID` and so
on. There is no person number, so the entry identifies. Each register counts for itself, and the
same number is a child in one and a stranger in the other: the kind of entry belongs to the number,
`death/123456789`. A marriage or a partnership is two people: which of the two in the order of the
entry belongs to the number too, `marriage/123456789/2`.
"""

from __future__ import annotations

import re

ENTRY = re.compile(r"(birth|death)/[1-9][0-9]{0,11}|(marriage|partnership)/[1-9][0-9]{0,11}/[12]")


def compact(text: str) -> str:
    return text.replace(" ", "").lower()


def problem(number: str) -> str | None:
    if ENTRY.fullmatch(number) is None:
        return (
            "birth/ or death/ and one to twelve digits are needed, the first not zero; or "
            "marriage/ or partnership/, the digits, and /1 or /2"
        )
    return None


def warnings(_number: str) -> tuple[str, ...]:
    return ()
