"""Proofs: one question kind a file, all of one shape, named in one table.

A proof is a generator without I/O. It yields a `Need` (whose dossier, which families), is sent the
`Dossier`, and returns the `Answer`. Whoever runs it decides where dossiers come from: the worker's
store, another worker, or a dictionary. `kind` says what a proof consists of; `README.md` beside
this file lists them all with their scenarios.
"""

from __future__ import annotations

from collections.abc import Callable

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs import (
    age_at_least,
    alive,
    business_registered,
    capacity,
    children,
    deceased,
    disability,
    document,
    education,
    employed,
    guardian,
    heirs,
    household_registration,
    identity_attribute,
    insured,
    kinship,
    licence_valid,
    marital_status,
    married_to,
    missing_or_declared_dead,
    pension,
    policies,
    record_free,
    registered_unemployed,
    residence,
    same_person,
)
from civicbus.domain.proofs.kind import Kind, Proof
from civicbus.domain.proofs.need import Need

__all__ = ["PROOFS", "Kind", "Proof", "run", "start"]

PROOFS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        alive.PROOF,
        deceased.PROOF,
        marital_status.PROOF,
        married_to.PROOF,
        kinship.PROOF,
        same_person.PROOF,
        identity_attribute.PROOF,
        age_at_least.PROOF,
        household_registration.PROOF,
        residence.PROOF,
        guardian.PROOF,
        employed.PROOF,
        registered_unemployed.PROOF,
        insured.PROOF,
        pension.PROOF,
        policies.PROOF,
        licence_valid.PROOF,
        education.PROOF,
        record_free.PROOF,
        disability.PROOF,
        children.PROOF,
        capacity.PROOF,
        heirs.PROOF,
        missing_or_declared_dead.PROOF,
        document.PROOF,
        business_registered.PROOF,
    )
}


def start(name: str, question: Question, authorities: Authorities) -> Proof:
    """The proof of that name, ready to be run.

    Raises:
        KeyError: if there is no such proof.
    """
    return PROOFS[name].prove(question, authorities)


def run(proof: Proof, fetch: Callable[[Need], Dossier]) -> Answer:
    """Run a proof to its end over dossiers that are at hand."""
    try:
        need = next(proof)
        while True:
            need = proof.send(fetch(need))
    except StopIteration as finished:
        answer: Answer = finished.value
        return answer
