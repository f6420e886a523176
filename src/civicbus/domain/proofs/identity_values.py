"""Comparing a claimed value of an attribute with a registered one.

A comparison has three results. Registers write codes, words and abbreviations, in old forms and in
new ones, so two different texts are of two values only where both stand in one official list: a
state has a long name and a short one, a group was written otherwise before, and territories and
states of the past have codes beside those of the states whose nationality their people have. Places
are renamed, renumbered and moved to another province: their codes tell that one lies in the other,
and never that they are different.

Sources: ISO/IEC 5218 (sex), GB/T 3304 (ethnicity), ISO 3166-1 alpha-2 (nationality: the members of
the United Nations), GB/T 2260 (places: two digits each for province, prefecture and county, 00 for
the whole).
"""

from __future__ import annotations

import re

from civicbus.domain.dates import Interval, PartialDate
from civicbus.domain.names import fold
from civicbus.domain.truth import Truth
from civicbus.domain.vocabulary import Sex

SEXES = {
    "male": Sex.MALE, "m": Sex.MALE, "1": Sex.MALE, "男": Sex.MALE,
    "female": Sex.FEMALE, "f": Sex.FEMALE, "2": Sex.FEMALE, "女": Sex.FEMALE,
}  # fmt: skip
# Without 土, which may be 土家 cut short.
GROUPS = re.compile(
    r"汉|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|"
    r"土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|"
    r"柯尔克孜|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|"
    r"俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
# Not 97 and 98: of no group in the list, and by naturalisation.
GROUP_CODES = re.compile(r"0[1-9]|[1-4][0-9]|5[0-6]")
STATES = re.compile(
    r"a[defglmortuz]|b[abdefghijnorstwyz]|c[adfghilmnoruvyz]|d[ejkmoz]|e[cegrst]|f[ijmr]|"
    r"g[abdehmnqrtwy]|h[nrtu]|i[delnqrst]|j[mop]|k[eghimnprwz]|l[abcikrstuvy]|"
    r"m[acdeghklmnrtuvwxyz]|n[aegiloprz]|om|p[aeghkltwy]|qa|r[osuw]|s[abcdegiklmnorstvyz]|"
    r"t[dghjlmnortvz]|u[agsyz]|v[cenu]|ws|ye|z[amw]"
)
LISTS = (GROUPS, GROUP_CODES, STATES)
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
    in_one_list = any(known.fullmatch(left) and known.fullmatch(right) for known in LISTS)
    return False if in_one_list else None


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
