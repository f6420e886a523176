"""Employers and payers as registers name them: by credit code, or by name.

A body is not a person concerned, so nothing links two ways of naming it. Where two texts cannot be
compared, nobody knows whether they name one body: a `no` would be a guess.
"""

from __future__ import annotations

from civicbus.domain.identifiers import Identifier, InvalidIdentifierError
from civicbus.domain.names import same_name
from civicbus.domain.truth import Truth


def same_body(claimed: str, recorded: str, name: str | None = None) -> Truth:
    """Do two texts name one body? `name` is its name where the record has one beside the code."""
    codes = [_credit_code(text) for text in (claimed, recorded)]
    if None not in codes:
        return codes[0] == codes[1]
    if codes == [None, None]:
        return same_name(claimed, recorded)
    by_name = codes[0] is None and name is not None and same_name(claimed, name)
    return True if by_name else None


def _credit_code(text: str) -> str | None:
    try:
        return Identifier.of("cn-uscc", text).value
    except InvalidIdentifierError:
        return None
