"""Names as registers write them: kept untouched, compared in a normal form.

A name never identifies anybody by itself: two people may have the same, also with the same birth
date, and one person's differs from register to register. What is here says whether two texts write
one name, nothing about who bears it.

The official text is stored and shown as the register wrote it. Only for comparison it is folded:
case, width, space and the many code points for one sign. Nothing is transliterated, and no
traditional character is taken for a simplified one: such texts are neither equal nor certainly
different.

Sources: Unicode, D146 (compatibility caseless match); the notice of twelve Chinese ministries on
collecting names (2016 no. 33: U+00B7 between the parts, all characters of GB 18030), since older
systems hold other dots, and rare characters in private use.
"""

from __future__ import annotations

import re
import unicodedata

DOT = "\u00b7"
DOTS = "\u0387\u16eb\u2022\u2027\u2219\u22c5\u2e31\u2e33\u30fb\ua78f\ufe52\uff0e\uff65"
APOSTROPHES = (
    "\u0060\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u055a\u05f3"
    "\u2018\u2019\u201b\u2032\u2035\ua78b\ua78c\uff07"
)
HYPHENS = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
ONE_SIGN = str.maketrans(
    dict.fromkeys(DOTS, DOT) | dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys(HYPHENS, "-")
)

# By blocks, planes 2 and 3 whole: characters are added faster than Python learns their names.
IDEOGRAPHS = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
PRIVATE_USE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
HAN = re.compile(f"[{IDEOGRAPHS}]")
BETWEEN_HAN = f"(?<=[{IDEOGRAPHS}{PRIVATE_USE}]){{}}(?=[{IDEOGRAPHS}{PRIVATE_USE}])"
SPACE_BETWEEN_HAN = re.compile(BETWEEN_HAN.format(" "))
STOP_BETWEEN_HAN = re.compile(BETWEEN_HAN.format(r" ?\. ?"))
SPACED_DOT = re.compile(f" ?{DOT} ?")

# They choose a glyph, a direction or a line break. Unicode's NFKC_Casefold drops them as well.
INVISIBLE = re.compile("[\u034f\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
FORMAT = "Cf"

LETTERS = frozenset({"Lu", "Ll", "Lt", "Lo", "Co", "Cn", "Cs"})
WITHIN_PARTS = LETTERS | {"Lm", "Mn", "Mc", "Me", "Nd", "Nl", "No"}

# In these a family name and a given name stand together, or may do so.
UNSPACED = frozenset({"HAN", "HANGUL", "HIRAGANA", "KATAKANA", "PRIVATE", "UNKNOWN"})
# One letter for the other, by keyboard or by country: Turkish i, Arabic and Persian yeh, kaf, heh.
INTERCHANGED = str.maketrans("ı\u0649\u06cc\u06a9\u0629\u0671", "i\u064a\u064a\u0643\u0647\u0627")
# The most letters that a passport's machine-readable line makes of one (ICAO 9303-3, section 6).
SPELLED_WITH_MAX = 3
PARTS_MAX = 64


def fold(name: str) -> str:
    """The name's normal form, only for comparison: never shown or stored as the name.

    Unicode's case folding makes "ss" of a sharp s, since registers in capitals cannot tell them
    apart. Markup is text like any other.
    """
    text = "".join(one for one in name if unicodedata.category(one) != FORMAT)
    # Signs before NFKC, which takes U+FF0E for a full stop and U+00B4 for a space with an accent.
    text = unicodedata.normalize("NFD", INVISIBLE.sub("", text).translate(ONE_SIGN))
    for _ in range(2):
        text = unicodedata.normalize("NFKC", text.casefold())
    text = " ".join(text.translate(ONE_SIGN).split())
    # A name of two characters is often set wide, and the full stop is the dot's nearest key.
    text = SPACE_BETWEEN_HAN.sub("", STOP_BETWEEN_HAN.sub(DOT, text))
    return SPACED_DOT.sub(DOT, text)


def scripts(name: str) -> frozenset[str]:
    """The scripts of a name's letters, by the names that Unicode gives to characters.

    Chinese characters are `HAN`, whichever language writes them; those of private use are
    `PRIVATE`, and others newer than this Python `UNKNOWN`. More than one: the name is mixed.
    """
    return frozenset(
        _script(one)
        for one in unicodedata.normalize("NFKC", name)
        if unicodedata.category(one) in LETTERS or HAN.match(one)
    )


def same_name(left: str, right: str) -> bool | None:
    """Whether two texts write one name: certainly (equal when folded), certainly not, or unknown.

    Unknown, if the scripts differ; if one may be a short form of the other (parts left out or in
    another order, initials, a field cut off, the family name alone); if they differ only in accents
    or in how the parts are joined; if one may be the other in plain letters; if a Chinese character
    outside GB 2312 may be another form of its counterpart; if there are more parts than any name
    has. A text without content is no name.
    """
    one, other = fold(left), fold(right)
    if not one or not other:
        return None
    if one == other:
        return True
    if scripts(one) != scripts(other):
        return None
    parts, others = _parts(one), _parts(other)
    if _bare("".join(parts)) == _bare("".join(others)):
        return None
    fewer, more = sorted((parts, others), key=len)
    if len(more) > PARTS_MAX or _have_counterparts(fewer, more):
        return None
    return False


def _script(letter: str) -> str:
    if HAN.match(letter):
        return "HAN"
    if unicodedata.category(letter) == "Co":
        return "PRIVATE"
    return unicodedata.name(letter, "UNKNOWN").split(" ")[0]


def _parts(folded: str) -> list[str]:
    spaced = (
        one if unicodedata.category(one) in WITHIN_PARTS else " " for one in folded.replace("'", "")
    )
    return "".join(spaced).split()


def _bare(part: str) -> str:
    """Without accents and points, and with letters that stand for each other made one.

    The signs that Indian scripts write vowels with have no combining class and stay.
    """
    marked = unicodedata.normalize("NFD", part)
    bare = "".join(one for one in marked if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare).translate(INTERCHANGED)


def _have_counterparts(fewer: list[str], more: list[str]) -> bool:
    """True if each of the fewer parts can have one of the others to itself."""
    possible = [
        [at for at, other in enumerate(more) if _may_write_one(one, other)] for one in fewer
    ]
    holder: dict[int, int] = {}

    def settle(part: int, asked: set[int]) -> bool:
        for at in possible[part]:
            if at not in asked:
                asked.add(at)
                if at not in holder or settle(holder[at], asked):
                    holder[at] = part
                    return True
        return False

    return all(settle(part, set()) for part in range(len(fewer)))


def _may_write_one(part: str, other: str) -> bool:
    shorter, longer = sorted((_bare(part), _bare(other)), key=len)
    return (
        longer.startswith(shorter)
        or (not scripts(shorter + longer).isdisjoint(UNSPACED) and _may_stand_in(shorter, longer))
        or _may_be_plain(part, other)
        or _may_be_plain(other, part)
    )


def _may_stand_in(shorter: str, longer: str) -> bool:
    """True if the shorter may be the longer's beginning or end, character by character."""
    return any(
        all(
            one == other or _has_other_forms(one) or _has_other_forms(other)
            for one, other in zip(shorter, window, strict=True)
        )
        for window in (longer[: len(shorter)], longer[-len(shorter) :])
    )


def _has_other_forms(character: str) -> bool:
    """True for an ideograph that may be a traditional, rare or makeshift form of another.

    GB 2312 holds the characters in simplified use, hardly any in two forms; two different ones of
    it are different.
    """
    if _script(character) not in {"HAN", "PRIVATE", "UNKNOWN"}:
        return False
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _may_be_plain(part: str, plain: str) -> bool:
    """True if `plain` may write the part in ASCII: an umlaut as two letters, a thorn as "th".

    What is ASCII in the part stands in `plain`, in its order, with room for the others.
    """
    kept = [one for one in part if one.isascii()]
    others = len(part) - len(kept)
    if not plain.isascii() or not others:
        return False
    rest = iter(plain)
    in_order = all(one in rest for one in kept)
    return in_order and len(plain) <= len(kept) + SPELLED_WITH_MAX * others
