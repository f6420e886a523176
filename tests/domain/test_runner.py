"""Running a proof where dossiers have to be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from datetime import UTC, datetime

import pytest

from civicbus.domain.answer import Answer, Outcome, Question
from civicbus.domain.dossier import Dossier
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.runner import NEEDS_MAX, TooManyNeedsError, run

KEYS = ("a" * 26, "b" * 26)
KNOWN = datetime(2024, 5, 1, tzinfo=UTC)
NUMBER = Identifier.of("cn-rid", "110101195083011231")
QUESTION = Question(NUMBER, KEYS[0], KNOWN.date(), KNOWN)


def counting(needs: int) -> Generator[Need, Dossier, Answer]:
    """A proof that asks for two persons in turn and answers with what it was given."""
    found = []
    for number in range(needs):
        key = KEYS[number % 2]
        dossier = yield Need(key, ("birth", "death"), KNOWN)
        found.append(f"{number}:{dossier.person_key == key}")
    return Answer(QUESTION, "counting", Outcome.YES, " ".join(found), ())


async def fetch(need: Need) -> Dossier:
    return Dossier(need.person_key, ())


async def unreachable(_need: Need) -> Dossier:
    raise ConnectionError


def test_a_proof_is_sent_the_dossier_of_each_person_that_it_asks_for() -> None:
    answer = asyncio.run(run(counting(2), fetch))
    assert answer.reason == "0:True 1:True"


def test_a_proof_that_needs_nobody_answers_at_once() -> None:
    assert asyncio.run(run(counting(0), unreachable)).reason == ""


def test_what_keeps_a_dossier_from_coming_ends_the_proof() -> None:
    with pytest.raises(ConnectionError):
        asyncio.run(run(counting(1), unreachable))


def test_a_proof_may_ask_as_often_as_allowed_and_no_more() -> None:
    answer = asyncio.run(run(counting(NEEDS_MAX), fetch))
    assert len(answer.reason.split()) == NEEDS_MAX
    with pytest.raises(TooManyNeedsError):
        asyncio.run(run(counting(NEEDS_MAX + 1), fetch))
