"""Personal numbers by scheme: one file a scheme, in each the same three functions.

`compact(text)` brings a number into its canonical form (spaces, case, an older form of the number);
`problem(number)` names what is wrong with a compact number, or returns `None`;
`warnings(number)` gives codes for what is odd about one without a problem.
A valid number may be refused with less harm than an invalid one accepted under somebody else's key,
so no part is ever guessed: a number that lost its leading zero in a spreadsheet is refused. What a
number says about a person is no more than was believed when it was issued, so an odd part, unlike
a wrong check digit, never refuses it.

The scheme names are those of the API and the command line. To add one, write its file and name
it in `SCHEMES`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from civicbus.domain.identifiers import (
    any_id,
    cn_rid,
    cn_uscc,
    nl_anr,
    nl_bsn,
    uk_gro,
    uk_reg,
    us_dc,
)


class Scheme(Protocol):
    """What each scheme's file offers."""

    def compact(self, text: str, /) -> str:
        """A number in canonical form, if `problem` finds nothing wrong with it."""

    def problem(self, number: str, /) -> str | None:
        """What is wrong with a compact number; the text never repeats the number."""

    def warnings(self, number: str, /) -> tuple[str, ...]:
        """What is odd about a compact number that has no problem: codes, explained in the file."""


SCHEMES: dict[str, Scheme] = {
    "any-id": any_id,
    "cn-rid": cn_rid,
    "cn-uscc": cn_uscc,
    "nl-anr": nl_anr,
    "nl-bsn": nl_bsn,
    "uk-gro": uk_gro,
    "uk-reg": uk_reg,
    "us-dc": us_dc,
}

# Those that set numbers apart which nobody can have: the warning `synthetic` tells.
SCHEMES_WITH_SYNTHETIC = frozenset({"cn-rid", "nl-bsn"})

MAX_LENGTH = 64

# Full-width forms as Chinese keyboards write them, and the spaces of Unicode. Nothing wider: NFKC
# would read a footnote's raised 2 as a digit of the number.
ONE_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)}
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


class InvalidIdentifierError(ValueError):
    """A number that its scheme does not allow. The text never repeats the number."""

    def __init__(self, scheme: str, problem: str) -> None:
        self.scheme = scheme
        self.problem = problem
        super().__init__(f"not a {scheme} number: {problem}")


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A number within its scheme, in canonical form; `str()` gives `SCHEME:NUMBER`.

    Build one with `parse` or `of`; the constructor trusts its arguments.
    """

    scheme: str
    value: str

    @classmethod
    def of(cls, scheme: str, text: str) -> Identifier:
        """Check and canonicalise a number.

        Raises:
            InvalidIdentifierError: for an unknown scheme or a number the scheme does not allow.
        """
        rules = SCHEMES.get(scheme)
        if rules is None:
            # The unknown scheme is not echoed: a number may stand in its place.
            raise InvalidIdentifierError("known", f"the schemes are {', '.join(SCHEMES)}")
        if len(text) > MAX_LENGTH:
            raise InvalidIdentifierError(scheme, f"more than {MAX_LENGTH} characters")
        value = rules.compact(SPACES.sub(" ", text).translate(ONE_WIDTH).strip())
        problem = rules.problem(value)
        if problem is not None:
            raise InvalidIdentifierError(scheme, problem)
        return cls(scheme, value)

    @classmethod
    def parse(cls, text: str) -> Identifier:
        """Read `SCHEME:NUMBER`.

        Raises:
            InvalidIdentifierError: if it is not of that form, or as `of`.
        """
        scheme, colon, value = text.partition(":")
        if not colon:
            raise InvalidIdentifierError("known", f"write SCHEME:NUMBER, with {', '.join(SCHEMES)}")
        return cls.of(scheme.strip(), value)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes for what is odd about the number, explained in the scheme's file; usually none.

        An identifier that came over the bus may be of a scheme that is not known here, or not hold
        what its scheme allows: `scheme_unknown` and `number_invalid`.
        """
        rules = SCHEMES.get(self.scheme)
        if rules is None:
            return ("scheme_unknown",)
        if rules.problem(self.value) is not None:
            return ("number_invalid",)
        return rules.warnings(self.value)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    def __repr__(self) -> str:
        # A traceback or a log line must not carry a personal number.
        return f"Identifier({self.scheme!r}, ***)"
