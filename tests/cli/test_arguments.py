"""Claims on the command line: read as the API reads them, refused in the same words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import typer

from civicbus.cli.arguments import takes, told_of
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.proofs import PROOFS

KIND = replace(
    PROOFS["alive"],
    name="of_age",
    claims=(
        Claim("age", ClaimKind.NUMBER, "The age in years.", required=True, highest=120),
        Claim("spouse", ClaimKind.PERSON, "The other spouse."),
        Claim("since", ClaimKind.DAY, "Since when."),
    ),
)
TAKES = (
    "of_age takes age: a whole number from 0 to 120; "
    "spouse (optional): a person's number, SCHEME:NUMBER; since (optional): a day, YYYY-MM-DD"
)


def refusal(*claims: str) -> str:
    with pytest.raises(typer.BadParameter) as refused:
        told_of(KIND, claims, None, None)
    assert refused.value.param_hint == "--claim"
    return str(refused.value)


def test_claims_are_sent_as_plain_values_and_numbers_as_numbers() -> None:
    given = ("age=18", "spouse= nl-bsn: 9999 90 639", "since=2024-02-29")
    told = told_of(KIND, given, "Anna", "1950-08-30")
    assert told.in_question() == {
        "claims": {"age": 18, "spouse": "nl-bsn:999990639", "since": "2024-02-29"},
        "name": "Anna",
        "birth_date": "1950-08-30",
    }
    assert told.birth_date == date(1950, 8, 30)


def test_without_anything_told_nothing_is_sent() -> None:
    assert told_of(PROOFS["alive"], None, None, None).in_question() == {}


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ((), f"age is missing; {TAKES}"),
        (("age=canary",), f"age must be a whole number; {TAKES}"),
        (("age=-1",), f"age must be a whole number; {TAKES}"),
        (("age=\u0661\u0668",), f"age must be a whole number; {TAKES}"),
        (("age=121",), f"age must lie between 0 and 120; {TAKES}"),
        (("age=18", "spouse=nl-bsn:777777777"), "spouse not a nl-bsn number: "),
        (("age=18", "canary=1"), TAKES),
        (("age=18", "canary"), f"write NAME=VALUE; {TAKES}"),
        (("age=18", "age=19"), "the same name stands twice"),
    ],
)
def test_a_wrong_claim_is_told_with_what_the_proof_takes_and_not_repeated(
    claims: tuple[str, ...], told: str
) -> None:
    text = refusal(*claims)
    assert text.startswith(told)
    assert "canary" not in text
    assert "777777777" not in text


def test_a_proof_that_takes_no_claims_says_so() -> None:
    assert takes(PROOFS["alive"]) == "alive takes no claims"
