"""What each type of event must say: every rule, broken once.

The rules are stated here a second time, by hand (`tests.builders` and the tables below), and both
statements are held against each other: a rule that one of them forgot fails a test.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import (
    EVENT_TYPES,
    MAX_TEXT,
    Contribution,
    Death,
    Dismissal,
    Event,
    Guardianship,
    Header,
    IdentityLink,
    InvalidEventError,
    RangeVoid,
)
from civicbus.domain.record_codes import (
    GuardianshipKind,
)
from civicbus.domain.vocabulary import Change, Role
from tests.builders import (
    HINTS,
    LEAST,
    NAMING,
    NOT_EMPTY,
    RANGES,
    REASONS,
    TARGET,
    header_of,
    in_role,
    least,
)

ENDING = {"change": Change.ENDED, "target_event_id": TARGET}
ROLES = [(kind, group) for kind in LEAST for group in LEAST[kind].roles]


def is_allowed(kind: type[Event], header: Header | None = None, /, **says: Any) -> bool:
    return isinstance(least(kind, header, **says), kind)


def refusal_of(kind: type[Event], header: Header | None = None, /, **says: Any) -> tuple[str, str]:
    with pytest.raises(InvalidEventError) as refused:
        least(kind, header, **says)
    return refused.value.reason, refused.value.field


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_the_least_event_of_each_type_is_allowed(kind: type[Event]) -> None:
    assert is_allowed(kind)


@pytest.mark.parametrize(("kind", "group"), ROLES)
def test_an_event_without_a_needed_role_is_refused(
    kind: type[Event], group: tuple[Role, ...]
) -> None:
    all_others = in_role(*(role for role in Role if role not in group))
    header = header_of(kind, concerned=all_others)
    assert refusal_of(kind, header) == ("rule", "header.concerned")


@pytest.mark.parametrize(("kind", "group"), ROLES)
def test_any_role_of_a_group_will_do(kind: type[Event], group: tuple[Role, ...]) -> None:
    others = [one[0] for one in LEAST[kind].roles if one != group]
    for role in group:
        assert is_allowed(kind, header_of(kind, concerned=in_role(*others, role)))


def test_the_roles_are_those_that_the_classes_state() -> None:
    for kind in EVENT_TYPES:
        stated = [(role,) for role in kind.roles] + ([kind.any_role] if kind.any_role else [])
        by_check = [(Role.GUARDIAN,)] if kind is Guardianship else []
        assert [*stated, *by_check] == list(LEAST[kind].roles), kind


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in NOT_EMPTY.items() for name in names]
)
def test_what_something_is_known_by_is_not_empty(kind: type[Event], name: str) -> None:
    assert refusal_of(kind, **{name: ""}) == ("rule", name)


def test_the_texts_are_those_that_the_classes_state() -> None:
    assert {kind: kind.texts for kind in EVENT_TYPES if kind.texts} == NOT_EMPTY


def test_a_text_that_must_be_given_says_something() -> None:
    for kind in EVENT_TYPES:
        given = {name for name, hint in HINTS[kind].items() if hint is str}
        assert given <= set(NOT_EMPTY.get(kind, ())), kind


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_text_is_held_to_what_a_reader_can_trust(kind: type[Event]) -> None:
    for name, hint in HINTS[kind].items():
        if hint in (str, str | None) and name in kind.__dataclass_fields__:
            assert refusal_of(kind, **{name: "a\u202eb"}) == ("text", name)
            assert refusal_of(kind, **{name: "x" * (MAX_TEXT + 1)}) == ("size", name)


@pytest.mark.parametrize("kind", REASONS)
def test_what_ended_says_why(kind: type[Event]) -> None:
    ended = header_of(kind, **ENDING)
    assert refusal_of(kind, ended) == ("rule", "end_reason")
    for reason in REASONS[kind]:
        assert is_allowed(kind, ended, end_reason=reason)


@pytest.mark.parametrize("kind", [kind for kind in EVENT_TYPES if kind not in REASONS])
def test_what_just_stops_needs_no_reason(kind: type[Event]) -> None:
    if kind in (IdentityLink, RangeVoid):
        assert refusal_of(kind, header_of(kind, **ENDING)) == ("rule", "header.change")
    else:
        assert is_allowed(kind, header_of(kind, **ENDING))


def test_the_reasons_are_those_that_the_classes_state() -> None:
    assert {kind for kind in EVENT_TYPES if kind.ends_with_reason} == set(REASONS)
    for kind, reason in REASONS.items():
        assert HINTS[kind]["end_reason"] == reason | None


@pytest.mark.parametrize("kind", NAMING)
def test_what_speaks_of_an_event_names_it(kind: type[Event]) -> None:
    header = header_of(kind, target_event_id=None)
    assert refusal_of(kind, header) == ("rule", "header.target_event_id")


def test_the_targets_are_those_that_the_classes_state() -> None:
    assert {kind for kind in EVENT_TYPES if kind.names_target} == set(NAMING)


@pytest.mark.parametrize(("kind", "name"), RANGES)
def test_a_number_lies_within_its_bounds_both_included(kind: type[Event], name: str) -> None:
    lowest, highest = RANGES[kind, name]
    for number in (lowest - 1, highest + 1):
        assert refusal_of(kind, **{name: number}) == ("range", name)
    assert all(is_allowed(kind, **{name: number}) for number in (lowest, highest, None))


def test_the_bounds_are_those_that_the_classes_state() -> None:
    stated = {(kind, name): bounds for kind in EVENT_TYPES for name, bounds in kind.ranges.items()}
    assert stated == RANGES


# --- What no table can say ------------------------------------------------------------------------


def died(birth: PartialDate) -> Header:
    (deceased,) = in_role(Role.DECEASED)
    return header_of(Death, concerned=(replace(deceased, birth_date=birth),))


WARD_ALONE = header_of(Guardianship, concerned=in_role(Role.WARD))
GUARDED = header_of(Guardianship)
MONTH, YEAR, DAY = PartialDate(2023, 5), PartialDate(2023), PartialDate(2023, 5, 1)


@pytest.mark.parametrize(
    ("kind", "header", "says", "field"),
    [
        (Death, died(PartialDate(2024, 3, 2)), {}, "header.concerned.birth_date"),
        (Death, died(PartialDate(2024, 4)), {}, "header.concerned.birth_date"),
        (IdentityLink, header_of(IdentityLink, **ENDING), {}, "header.change"),
        (Guardianship, WARD_ALONE, {}, "header.concerned"),
        (Guardianship, WARD_ALONE, {"kind": GuardianshipKind.PARENTAL_AUTHORITY},
         "header.concerned"),
        (Guardianship, GUARDED, {"kind": GuardianshipKind.NOBODY}, "header.concerned"),
        (Contribution, None, {"first_month": YEAR}, "first_month"),
        (Contribution, None, {"first_month": DAY}, "first_month"),
        (Contribution, None, {"first_month": PartialDate()}, "first_month"),
        (Contribution, None, {"last_month": YEAR}, "last_month"),
        (Contribution, None, {"last_month": DAY}, "last_month"),
        (Contribution, None, {"first_month": MONTH, "last_month": PartialDate(2023, 4)},
         "last_month"),
        (RangeVoid, header_of(RangeVoid, **ENDING), {}, "header.change"),
        (RangeVoid, None, {"first_number": "A100"}, "first_number"),
        (RangeVoid, None, {"last_number": "0199A"}, "first_number"),
        (RangeVoid, None, {"last_number": "\u0661\u0662\u0663\u0664"}, "first_number"),
        (RangeVoid, None, {"last_number": "10000"}, "last_number"),
        (RangeVoid, None, {"last_number": "0099"}, "last_number"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(
    kind: type[Event], header: Header | None, says: dict[str, Any], field: str
) -> None:
    assert refusal_of(kind, header, **says) == ("rule", field)


@pytest.mark.parametrize(
    ("kind", "header", "says"),
    [
        (Death, died(PartialDate(2024, 3, 1)), {}),
        (Death, died(PartialDate(2024)), {}),
        (Death, died(PartialDate(2030, qualifier=Qualifier.BEFORE)), {}),
        (Guardianship, WARD_ALONE, {"kind": GuardianshipKind.NOBODY}),
        (Guardianship, GUARDED, {"kind": GuardianshipKind.PARENTAL_AUTHORITY}),
        (Contribution, None, {"first_month": MONTH, "last_month": MONTH}),
        (RangeVoid, None, {"first_number": "7", "last_number": "7"}),
    ],
)
def test_what_is_at_the_edge_of_a_rule_is_taken(
    kind: type[Event], header: Header | None, says: dict[str, Any]
) -> None:
    assert is_allowed(kind, header, **says)


def test_a_refusal_names_the_reason_the_field_and_the_rule() -> None:
    refusal = InvalidEventError("rule", "header.occurred", "lies after it was registered")
    assert (refusal.reason, refusal.field) == ("rule", "header.occurred")
    assert str(refusal) == "header.occurred: lies after it was registered"


def test_the_types_with_a_rule_of_their_own_are_these() -> None:
    own = {kind for kind in EVENT_TYPES if kind.check is not Event.check}
    assert own == {Death, IdentityLink, Guardianship, Contribution, RangeVoid}


def test_a_voided_range_covers_the_numbers_of_its_length_and_no_others() -> None:
    void = least(RangeVoid)
    assert isinstance(void, RangeVoid)
    assert [n for n in ("0100", "0150", "0199") if not void.covers(n)] == []
    others = (None, "", "0099", "0200", "100", "00150", "015A", "\u0660\u0661\u0665\u0660")
    assert [n for n in others if void.covers(n)] == []


def test_a_dismissal_names_a_place_in_the_topic_from_the_first_one_on() -> None:
    assert Dismissal(0).refused_offset == 0
    with pytest.raises(InvalidEventError) as refused:
        Dismissal(-1)
    assert (refused.value.reason, refused.value.field) == ("range", "refused_offset")
