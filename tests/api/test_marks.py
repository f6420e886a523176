"""What a refused record could have changed is unknown, and nothing else is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from civicbus.api.examples import SYNTHETIC_PERSON, questions
from civicbus.domain import proofs
from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities
from civicbus.domain.claims import read_claims
from civicbus.domain.dossier import Dossier, Quarantined
from civicbus.domain.families import FAMILIES
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs.need import Need

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SECRET = b"a secret of the tests"
PERSON = Identifier.parse(SYNTHETIC_PERSON)
KEY = person_key(PERSON, SECRET)


def reason(proof: str, marked: str) -> str:
    """Why a proof says what it says of somebody of whom nothing is known but one mark."""
    kind = proofs.PROOFS[proof]
    shortest, _ = questions(kind)
    claims = read_claims(
        kind.claims, shortest.get("claims", {}), lambda other: person_key(other, SECRET)
    )

    def dossier(need: Need) -> Dossier:
        marks = (Quarantined(marked, "authority", NOW),) if need.person_key == KEY else ()
        read = tuple(mark for mark in marks if mark.family in need.families)
        return Dossier(need.person_key, quarantined=read)

    question = Question(PERSON, KEY, date(2026, 5, 1), NOW, claims)
    return proofs.run(proofs.start(proof, question, Authorities()), dossier).reason


@pytest.mark.parametrize("proof", proofs.PROOFS)
def test_a_mark_makes_unknown_the_proofs_that_rest_on_its_family_and_no_other(proof: str) -> None:
    """Identity is always read: the record might have said that the person has another number."""
    found = {family for family in FAMILIES if reason(proof, family) == "quarantined"}
    assert found == {*proofs.PROOFS[proof].families, "identity"}
