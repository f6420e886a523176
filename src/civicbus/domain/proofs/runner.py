"""Runs a proof where dossiers have to be waited for: fetches what it asks for until it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from civicbus.domain.answer import Answer
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs.kind import Proof
from civicbus.domain.proofs.need import Need

# Most proofs need one dossier, a person with several numbers a few. Kinship and inheritance follow
# relatives, each proof within a bound of its own and with an answer beyond it (`too_many`); this
# one lies above them all and only stops a proof that would go on for ever.
NEEDS_MAX = 256


class TooManyNeedsError(RuntimeError):
    """A proof asked for more dossiers than any question can need; it has a fault."""


async def run(proof: Proof, fetch: Callable[[Need], Awaitable[Dossier]]) -> Answer:
    """Run a proof to its end. What `fetch` raises ends it.

    Raises:
        TooManyNeedsError: if the proof does not come to an end.
    """
    try:
        need = next(proof)
        for _ in range(NEEDS_MAX):
            need = proof.send(await fetch(need))
    except StopIteration as finished:
        answer: Answer = finished.value
        return answer
    raise TooManyNeedsError(f"more than {NEEDS_MAX} needs")
