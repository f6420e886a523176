"""United Kingdom death registration as the General Register Office publishes it: a URN.

Source: life events platform (GDX), field `deathRegistration`. The service publishes deaths only.
Nothing says that its numbers are those of the Home Office's service (`uk-reg`): the two meet by a
link that a register states, never by their digits.
"""

from __future__ import annotations

import re

URN = re.compile(r"urn:fdc:gro\.gov\.uk:2023:death:[1-9][0-9]{0,11}")


def compact(text: str) -> str:
    return text.replace(" ", "").lower()


def problem(number: str) -> str | None:
    if URN.fullmatch(number) is None:
        return "the whole URN of a death registration is needed"
    return None


def warnings(_number: str) -> tuple[str, ...]:
    return ()
