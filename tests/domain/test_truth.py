"""Three-valued truth."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.truth import Truth, all_of, any_of, negation

truths = st.lists(st.sampled_from((True, False, None)), max_size=4)


def certain(possible: set[bool]) -> Truth:
    """What all the ways in which the unknown may turn out have in common."""
    return None if len(possible) == 2 else True in possible


def outcomes(found: list[Truth]) -> list[list[bool]]:
    """Every way in which unknown truths may turn out."""
    ways: list[list[bool]] = [[]]
    for truth in found:
        ways = [[*way, value] for way in ways for value in (True, False) if truth in (value, None)]
    return ways


@given(truths)
def test_what_is_certain_is_what_holds_however_the_unknown_turns_out(found: list[Truth]) -> None:
    assert all_of(*found) is certain({all(way) for way in outcomes(found)})
    assert any_of(*found) is certain({any(way) for way in outcomes(found)})


def test_the_opposite_of_the_unknown_is_unknown() -> None:
    assert [negation(truth) for truth in (True, False, None)] == [False, True, None]
