"""Proofs: one question kind a file, all of one shape, named in one table.

A proof is a generator without I/O. It yields a `Need` (whose facts, of which families), is sent
the `Facts`, and returns the `Answer`. Whoever runs it decides where dossiers come from: the
worker's store, another worker, or a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from types import ModuleType

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs import alive
from civicbus.domain.proofs.need import Need
from civicbus.domain.resolve import Facts, resolve

PROOFS: dict[str, ModuleType] = {alive.NAME: alive}

Proof = Generator[Need, Facts, Answer]


def start(name: str, question: Question, authorities: Authorities) -> Proof:
    """The proof of that name, ready to be run.

    Raises:
        KeyError: if there is no such proof.
    """
    proof: Proof = PROOFS[name].prove(question, authorities)
    return proof


def run(proof: Proof, fetch: Callable[[Need], Dossier]) -> Answer:
    """Run a proof to its end over dossiers that are at hand."""
    try:
        need = next(proof)
        while True:
            need = proof.send(resolve(fetch(need), need.known_at))
    except StopIteration as finished:
        answer: Answer = finished.value
        return answer
