"""Findings: whether something is so and, where the registers cannot tell, the reason for that.

They join like the three-valued truths of `truth`; an unknown one keeps its reason, so that an
answer three steps up the family can still say what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable

from civicbus.domain.truth import Truth

Finding = bool | str  # a text is the reason for which neither is known


def finding(truth: Truth, reason: str) -> Finding:
    """A truth, with the reason for which it would not be known."""
    return reason if truth is None else truth


def negation(found: Finding) -> Finding:
    """The opposite; of what is not known, not known for the same reason."""
    return found if isinstance(found, str) else not found


def all_of(*found: Finding) -> Finding:
    """`False` if one is false, whatever the others are; `True` if all are true."""
    return _joined(found, decisive=False)


def any_of(found: Iterable[Finding]) -> Finding:
    """`True` if one is true, whatever the others are; `False` if all are false."""
    return _joined(tuple(found), decisive=True)


def _joined(found: tuple[Finding, ...], *, decisive: bool) -> Finding:
    if decisive in found:
        return decisive
    return next((one for one in found if isinstance(one, str)), not decisive)
