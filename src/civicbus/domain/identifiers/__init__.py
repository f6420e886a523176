"""Personal numbers by scheme: one file a scheme, in each the same two functions.

`compact(text)` brings a number into its canonical form (spaces, full-width digits, case);
`problem(number)` names what is wrong with a compact number, or returns `None`. A valid number may
be refused with less harm than an invalid one accepted under somebody else's key, so no part is
ever guessed: a number that lost its leading zero in a spreadsheet is refused.

The scheme names are those of the API and the command line. To add one, write its file and name
it in `SCHEMES`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from types import ModuleType

from civicbus.domain.identifiers import cn_rid, nl_anr, nl_bsn, uk_reg, us_dc

SCHEMES: dict[str, ModuleType] = {
    "cn-rid": cn_rid,
    "nl-anr": nl_anr,
    "nl-bsn": nl_bsn,
    "uk-reg": uk_reg,
    "us-dc": us_dc,
}

MAX_LENGTH = 64


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
        value = rules.compact(unicodedata.normalize("NFKC", text).strip())
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

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    def __repr__(self) -> str:
        # A traceback or a log line must not carry a personal number.
        return f"Identifier({self.scheme!r}, ***)"
