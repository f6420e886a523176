"""Running a proof."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from civicbus.api.memory import MemoryDossiers
from civicbus.domain.answer import Answer, Outcome, Question
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.runner import NEEDS_MAX, TooManyNeedsError, run
from tests.api.city import DEAD, LIVING, NOW, city, key_of

QUESTION = Question(LIVING, key_of(LIVING), NOW.date(), NOW)


def counting(needs: int) -> Generator[Need, Dossier, Answer]:
    """A proof that asks for several persons and answers with what it was given."""
    found = []
    for number in range(needs):
        person = (LIVING, DEAD)[number % 2]
        dossier = yield Need(key_of(person), ("birth", "death"), NOW)
        found.append(f"{dossier.person_key == key_of(person)}:{len(dossier.entries)}")
    return Answer(QUESTION, "counting", Outcome.YES, " ".join(found), ())


async def test_a_proof_is_sent_the_dossier_of_each_person_that_it_asks_for() -> None:
    answer = await run(counting(2), city().fetch)
    assert answer.reason == "True:1 True:2"


async def test_a_proof_that_needs_nobody_answers_at_once() -> None:
    assert (await run(counting(0), MemoryDossiers(not_ready="rebuilding").fetch)).reason == ""


async def test_a_proof_may_ask_as_often_as_allowed_and_no_more() -> None:
    answer = await run(counting(NEEDS_MAX), city().fetch)
    assert len(answer.reason.split()) == NEEDS_MAX
    with pytest.raises(TooManyNeedsError):
        await run(counting(NEEDS_MAX + 1), city().fetch)
