"""Chinese unified social credit code, of legal persons and other organisations (GB 32100-2015).

Eighteen of 31 symbols, the digits and the capitals without I, O, S, V and Z: the registering
authority, the kind of organisation, six digits of the region, nine symbols of the organisation
itself, and a check symbol. The sum of the symbols' values, weighted with the powers of three, is a
multiple of 31. Letters that look like digits are refused, not mended.

    region_unknown    no province has such a code, and it is not that of the central authorities
"""

from __future__ import annotations

from civicbus.domain.identifiers.gb2260 import PROVINCES

SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CENTRAL = "10"


def check_symbol(first_seventeen: str) -> str:
    """The eighteenth symbol that belongs to the first seventeen."""
    total = sum(SYMBOLS.index(one) * 3**place for place, one in enumerate(first_seventeen))
    return SYMBOLS[-total % len(SYMBOLS)]


def compact(text: str) -> str:
    return text.replace(" ", "").replace("-", "").upper()


def problem(number: str) -> str | None:
    region = number[2:8]
    if len(number) != 18 or any(one not in SYMBOLS for one in number):
        return "18 digits or capitals are needed, without I, O, S, V and Z"
    if not region.isdigit():
        return "the third to the eighth character are digits"
    if number[17] != check_symbol(number[:17]):
        return "the check symbol does not match"
    return None


def warnings(number: str) -> tuple[str, ...]:
    return () if number[2:4] in {CENTRAL, *PROVINCES} else ("region_unknown",)
