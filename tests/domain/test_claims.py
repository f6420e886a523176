"""Claims: what is read from a question beside the person and the day, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.claims import (
    MAX_TEXT,
    Claim,
    ClaimKind,
    InvalidClaimError,
    Party,
    as_json,
    read_claims,
    read_told,
)
from civicbus.domain.identifiers import Identifier

PARTNER = Identifier.parse("nl-bsn:999990639")
SPOUSE = Claim("spouse", ClaimKind.PERSON, "The other spouse.", required=True)
STATUS = Claim("status", ClaimKind.CODE, "The status claimed.", codes=("single", "married"))
TITLE = Claim("title", ClaimKind.TEXT, "The title.")
AGE = Claim("age", ClaimKind.NUMBER, "The age in years.", lowest=1, highest=120)
SINCE = Claim("since", ClaimKind.DAY, "Since when.")
TAKEN = (SPOUSE, STATUS, TITLE, AGE, SINCE)


def key_of(identifier: Identifier) -> str:
    return f"key of {identifier}"


def refusal(**given: object) -> InvalidClaimError:
    with pytest.raises(InvalidClaimError) as refused:
        read_claims(TAKEN, {"spouse": str(PARTNER), **given}, key_of)
    return refused.value


def test_claims_are_read_in_the_order_in_which_the_proof_lists_them() -> None:
    given = {
        "since": "2024-02-29",
        "age": 120,
        "title": "Dr.",
        "status": "single",
        "spouse": "nl-bsn: 9999.90.639",
    }
    claims = read_claims(TAKEN, given, key_of)
    assert claims == (
        ("spouse", Party(PARTNER, f"key of {PARTNER}")),
        ("status", "single"),
        ("title", "Dr."),
        ("age", 120),
        ("since", date(2024, 2, 29)),
    )
    assert read_claims(TAKEN, as_json(claims), key_of) == claims


def test_what_need_not_be_claimed_may_be_left_out_or_null() -> None:
    assert [name for name, _ in read_claims(TAKEN, {"spouse": str(PARTNER)}, key_of)] == ["spouse"]
    assert read_claims((AGE,), {"age": None}, key_of) == ()


@pytest.mark.parametrize(
    ("given", "name", "rule"),
    [
        ({"spouse": None}, "spouse", "is missing"),
        ({"canary": "1"}, "claims", "the claims are spouse, status, title, age, since"),
        ({"spouse": "nl-bsn:999990638"}, "spouse", "check digit"),
        ({"status": "canary"}, "status", "must be one of single, married"),
        ({"status": ["single"]}, "status", "must be a text"),
        ({"title": "  "}, "title", "must be a text that says something"),
        ({"title": "canary" * MAX_TEXT}, "title", "must not be longer than 300 characters"),
        ({"title": "canary\u202e"}, "title", "must not hold control or direction characters"),
        ({"age": 0}, "age", "must lie between 1 and 120"),
        ({"age": 121}, "age", "must lie between 1 and 120"),
        ({"age": "18"}, "age", "must be a whole number"),
        ({"age": True}, "age", "must be a whole number"),
        ({"age": 18.0}, "age", "must be a whole number"),
        ({"since": "2023-02-29"}, "since", "must be a day that exists, written YYYY-MM-DD"),
        ({"since": "2024-W01-1"}, "since", "must be a day that exists"),
        ({"since": "\uff12024-01-01"}, "since", "must be a day that exists"),
        ({"since": "0001-01-01"}, "since", "must be a day that exists"),
        ({"since": "1849-12-31"}, "since", "must be a day that exists"),
        ({"since": "9999-01-01"}, "since", "must be a day that exists"),
    ],
)
def test_a_claim_that_the_proof_does_not_take_so_is_refused_and_not_repeated(
    given: dict[str, object], name: str, rule: str
) -> None:
    error = refusal(**given)
    assert error.name == name
    assert rule in error.rule
    assert "canary" not in str(error)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("title", "x" * MAX_TEXT, "x" * MAX_TEXT),
        ("age", 1, 1),
        ("age", 120, 120),
        ("since", "1850-01-01", date(1850, 1, 1)),
        ("since", "9998-12-31", date(9998, 12, 31)),
    ],
)
def test_a_bound_is_within_what_may_be_claimed(name: str, value: object, read: object) -> None:
    given = {"spouse": str(PARTNER), name: value}
    assert dict(read_claims(TAKEN, given, key_of))[name] == read


@pytest.mark.parametrize(
    ("claim", "form"),
    [
        (SPOUSE, "a person's number, SCHEME:NUMBER"),
        (STATUS, "one of single, married"),
        (TITLE, "a text of at most 300 characters"),
        (AGE, "a whole number from 1 to 120"),
        (SINCE, "a day, YYYY-MM-DD"),
    ],
)
def test_a_claim_says_how_its_value_is_written(claim: Claim, form: str) -> None:
    assert claim.form == form


def test_a_proof_without_claims_takes_none() -> None:
    with pytest.raises(InvalidClaimError, match="this proof takes no claims"):
        read_claims((), {"canary": 1}, key_of)


def test_name_and_birth_date_are_read_by_the_same_rules() -> None:
    assert read_told("Anna", "2024-02-29") == ("Anna", date(2024, 2, 29))
    assert read_told(None, None) == (None, None)
    with pytest.raises(InvalidClaimError, match="birth_date: must be a day that exists"):
        read_told(None, "2023-02-29")
    with pytest.raises(InvalidClaimError, match="name: must be a text"):
        read_told("", None)


NAMES = [claim.name for claim in TAKEN]
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


def refused_for(claimed: dict[str, object]) -> str | None:
    """The name under which it is refused; `None` if it is read."""
    try:
        read_claims(TAKEN, claimed, key_of)
    except InvalidClaimError as error:
        return error.name
    return None


@given(st.dictionaries(st.sampled_from(NAMES), VALUES), st.dictionaries(st.text(), VALUES))
def test_whatever_is_claimed_is_refused_by_the_name_of_a_claim_or_of_none(
    known: dict[str, object], unknown: dict[str, object]
) -> None:
    foreign = set(unknown) - set(NAMES)
    refused = refused_for({**unknown, **known})
    assert (refused == "claims") is bool(foreign)
    assert refused in {None, "claims", *NAMES}
