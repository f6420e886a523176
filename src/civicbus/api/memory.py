"""Dossiers in a dictionary: the ports' other implementation, for trials and tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs import start
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.runner import run
from civicbus.wire.ports import NotReadyError, Swept, Unanswered

RETRY_AFTER_SECONDS = 3


@dataclass
class MemoryDossiers:
    """Dossiers by person key. With `not_ready` set it is in the state that this reason names."""

    dossiers: Mapping[str, Dossier] = field(default_factory=dict)
    not_ready: str | None = None

    async def fetch(self, need: Need) -> Dossier:
        """The dossier, reduced to the families needed; an unknown person's is empty.

        Raises:
            NotReadyError: while `not_ready` is set.
        """
        if self.not_ready is not None:
            raise NotReadyError(self.not_ready, RETRY_AFTER_SECONDS)
        whole = self.dossiers.get(need.person_key, Dossier(need.person_key))
        return replace(
            whole,
            entries=tuple(e for e in whole.entries if e.family in need.families),
            quarantined=tuple(q for q in whole.quarantined if q.family in need.families),
            sources={k: state for k, state in whole.sources.items() if k[0] in need.families},
        )

    def ready(self) -> bool:
        """True unless `not_ready` is set."""
        return self.not_ready is None

    def detail(self) -> dict[str, Any]:
        """One partition, number 0."""
        return {"partitions": {"0": self.ready()}}


@dataclass
class MemorySweeps:
    """Sweeps among dossiers in memory: each question is proved by itself."""

    dossiers: MemoryDossiers
    authorities: Authorities

    async def sweep(self, proof: str, questions: Sequence[Question]) -> list[Swept | Unanswered]:
        """What there is to say of each person, in the order of the questions."""
        return [await self._one(proof, question) for question in questions]

    async def _one(self, proof: str, question: Question) -> Swept | Unanswered:
        try:
            answer = await run(start(proof, question, self.authorities), self.dossiers.fetch)
        except NotReadyError as error:
            return Unanswered(error.reason)
        return Swept(answer.outcome.value, json.dumps(answer.in_brief()))
