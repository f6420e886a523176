"""Three-valued truth: `True`, `False`, and `None` for what the registers cannot tell.

What is joined here counts as independent: `any_of(truth, negation(truth))` of an unknown truth is
unknown.

Source: Kleene's strong logic of three values; SQL's `AND`, `OR` and `NOT` work alike.
"""

from __future__ import annotations

Truth = bool | None


def negation(truth: Truth) -> Truth:
    """The opposite; of what is not known, not known."""
    return None if truth is None else not truth


def all_of(*truths: Truth) -> Truth:
    """`False` if one is false, whatever the others are; `True` if all are true, or there are none.

    The conditions of a rule often differ in what is known of them: one that certainly fails
    decides.
    """
    if False in truths:
        return False
    return None if None in truths else True


def any_of(*truths: Truth) -> Truth:
    """`True` if one is true, whatever the others are; `False` if all are false, or there are none.

    So one register that certainly knows is enough, however little the others know.
    """
    if True in truths:
        return True
    return None if None in truths else False
