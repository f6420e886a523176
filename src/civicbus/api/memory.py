"""Dossiers in a dictionary: the port's other implementation, for trials and tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs.need import Need
from civicbus.wire.ports import NotReadyError

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
