"""Comparing a claimed value of an attribute with a registered one.

A comparison has three results. Registers write codes, words and abbreviations, in old forms and in
new ones, so two different texts are of two values only where both are codes of one form, or both
Chinese words. Places are renamed, renumbered and moved to another province: their codes tell that
one lies in the other, and never that they are different.

Sources: ISO/IEC 5218 (sex), GB/T 3304 (ethnicity), ISO 3166-1 alpha-2 (nationality), GB/T 2260
(places: two digits each for province, prefecture and county, 00 for the whole).
"""

from __future__ import annotations

import re

from civicbus.domain.dates import Interval, PartialDate
from civicbus.domain.names import fold, same_name, scripts
from civicbus.domain.truth import Truth
from civicbus.domain.vocabulary import Sex

SEXES = {
    "male": Sex.MALE, "m": Sex.MALE, "1": Sex.MALE, "男": Sex.MALE,
    "female": Sex.FEMALE, "f": Sex.FEMALE, "2": Sex.FEMALE, "女": Sex.FEMALE,
}  # fmt: skip
CODES = (re.compile(r"[0-9]{2}"), re.compile(r"[a-z]{2}"))  # of one form, folded
AREA_CODE = re.compile(r"[0-9]{6}([0-9]{3}|[0-9]{6})?")
ETHNIC_GROUP = "族"
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def same_sex(one: str, other: str) -> Truth:
    """Is one sex meant? Unknown, if one of the two is written in a way that is not known here."""
    found = SEXES.get(fold(one)), SEXES.get(fold(other))
    return None if None in found else found[0] is found[1]


def same_value(one: str, other: str) -> Truth:
    """Is one ethnicity or nationality meant?"""
    left, right = (fold(text).removesuffix(ETHNIC_GROUP) for text in (one, other))
    if left == right:
        return True if left else None
    if any(form.fullmatch(left) and form.fullmatch(right) for form in CODES):
        return False
    if scripts(left) == scripts(right) == {"HAN"}:
        return same_name(left, right)
    return None


def lies_in(claimed: str, registered: str) -> Truth:
    """Is the registered place the claimed one, or a part of it?"""
    claim, place = fold(claimed), fold(registered)
    if claim == place:
        return True if claim else None
    if not AREA_CODE.fullmatch(claim) or not AREA_CODE.fullmatch(place):
        return None
    return True if place.startswith(_whole(claim)) else None


def read_date(text: str) -> Interval | None:
    """The days that a claimed birth date stands for: YYYY, YYYY-MM or YYYY-MM-DD."""
    found = DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = (None if part is None else int(part) for part in found.groups())
    try:
        return Interval.of(PartialDate(year, month, day))
    except ValueError:
        return None


def falls_in(claimed: Interval, born: Interval) -> Truth:
    """Was the birth on one of the days claimed?"""
    if claimed.earliest <= born.earliest and born.latest <= claimed.latest:
        return True
    return None if claimed.meets(born) else False


def _whole(code: str) -> str:
    """The digits that all codes within the area begin with."""
    pairs = [code[:2], code[2:4], code[4:6]]
    while len(code) == 6 and pairs[-1] == "00" and len(pairs) > 1:
        pairs.pop()
    return "".join(pairs) + code[6:]
