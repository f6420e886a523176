"""Runs a proof: fetches what it asks for, resolves it, hands the facts back, until it answers."""

from __future__ import annotations

from civicbus.api.ports import Dossiers
from civicbus.domain.answer import Answer
from civicbus.domain.proofs import Proof
from civicbus.domain.resolve import resolve

NEEDS_MAX = 64


class TooManyNeedsError(RuntimeError):
    """A proof asked for more dossiers than any question can need; it has a fault."""


async def run(proof: Proof, dossiers: Dossiers) -> Answer:
    """Run a proof to its end.

    Raises:
        NotReadyError: if a dossier cannot be read at this moment.
        TooManyNeedsError: if the proof does not come to an end.
    """
    try:
        need = next(proof)
        for _ in range(NEEDS_MAX):
            dossier = await dossiers.fetch(need)
            need = proof.send(resolve(dossier, need.known_at))
    except StopIteration as finished:
        answer: Answer = finished.value
        return answer
    raise TooManyNeedsError(f"more than {NEEDS_MAX} needs")
