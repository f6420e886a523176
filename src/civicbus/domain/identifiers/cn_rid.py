"""Chinese resident identity number: 18 characters (GB 11643-1999), or 15 digits (GB 11643-1989).

Six digits of the place of first issue, the birth date, a sequence, and a check character (ISO 7064
MOD 11-2). A 15-digit number is upgraded by inserting the century and the check character; the
sequences 996 to 999 marked people born before 1900. Permits of residents from Hong Kong, Macao and
Taiwan have 810000, 820000 or 830000 for the place (Measures of 2018). A foreign permanent
resident's number begins with 9, and the place is then two digits of the province and three of the
country (National Immigration Administration, card of 2023); the older one with three letters is
another scheme and is refused.

The place says where the number was first issued, nothing more: places are renamed and abolished,
and people get their first number late. So it is never a reason to refuse, only to warn:

    region_unknown               no province has such a code
    region_younger_than_birth    a resident's province was founded after the year of birth
    synthetic                    the month is raised by 80: the check character holds, but nobody
                                 can have the number
"""

from __future__ import annotations

from datetime import date
from operator import mul

from civicbus.domain.identifiers.gb2260 import FOUNDED, PROVINCES
from civicbus.domain.vocabulary import Sex

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
OF_ZEROS = sum(WEIGHTS) * ord("0")
CENTENARIANS = ("996", "997", "998", "999")
SYNTHETIC_MONTH = 80
FOREIGN_RESIDENT = "9"


def check_character(first_seventeen: str) -> str:
    """The eighteenth character that belongs to the first seventeen digits."""
    total = sum(map(mul, WEIGHTS, first_seventeen.encode())) - OF_ZEROS
    return CHECK_CHARACTERS[total % 11]


def compact(text: str) -> str:
    number = text.replace(" ", "").replace("-", "").upper()
    if len(number) == 15 and number.isascii() and number.isdigit():
        century = "18" if number[12:] in CENTENARIANS else "19"
        first = number[:6] + century + number[6:]
        return first + check_character(first)
    return number


def problem(number: str) -> str | None:
    first, last = number[:17], number[17:]
    if len(number) != 18 or not first.isascii() or not first.isdigit():
        return "18 characters (or 15 digits) are needed"
    if last != check_character(first):
        return "the check character does not match"
    try:
        birth_date(number)
    except ValueError:
        return "the birth date in it does not exist"
    return None


def warnings(number: str) -> tuple[str, ...]:
    province = number[1:3] if number.startswith(FOREIGN_RESIDENT) else number[:2]
    found = []
    if province not in PROVINCES:
        found.append("region_unknown")
    elif birth_date(number).year < FOUNDED.get(number[:2], 0):
        found.append("region_younger_than_birth")
    if is_synthetic(number):
        found.append("synthetic")
    return tuple(found)


def is_synthetic(number: str) -> bool:
    """True for a number that was made so that no person can have it."""
    return number[10:12].isdigit() and int(number[10:12]) > SYNTHETIC_MONTH


def birth_date(number: str) -> date:
    """The birth date as it was believed when the number was issued.

    Who corrects a birth date gets a new number, perhaps years later: where a register states the
    date, the register decides.

    Raises:
        ValueError: if there is no such day.
    """
    month = int(number[10:12]) - SYNTHETIC_MONTH * is_synthetic(number)
    return date(int(number[6:10]), month, int(number[12:14]))


def sex(number: str) -> Sex:
    """The sex as it was registered when the number was issued: the seventeenth digit, odd for male.

    It must never override a registered attribute. Sex is corrected or changed by an event, and the
    old number stays in use until a new one is issued, and in old records for ever.
    """
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
