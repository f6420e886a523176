"""What the API needs of the worker that it runs in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from civicbus.domain.answer import Question
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs.need import Need
from civicbus.wire.ports import Swept, Unanswered


class Dossiers(Protocol):
    """Finds dossiers, wherever in the deployment they are kept."""

    async def fetch(self, need: Need) -> Dossier:
        """The dossier of a person, in the families that the need names.

        Raises:
            NotReadyError: if nobody who is ready owns the person's partition at this moment.
        """
        ...


class Sweeps(Protocol):
    """Answers about many people at once."""

    async def sweep(
        self, proof: str, questions: Sequence[Question]
    ) -> Sequence[Swept | Unanswered]:
        """What there is to say of each person, in the order of the questions.

        All questions are about the same day and by the same knowledge.
        """
        ...


class Health(Protocol):
    """Tells whether this worker may be sent questions."""

    def ready(self) -> bool:
        """True if it has caught up with all that is assigned to it."""
        ...

    def detail(self) -> dict[str, Any]:
        """The same for each partition, as plain JSON values. Names no person."""
        ...
