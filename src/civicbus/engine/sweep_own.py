"""A sweep among the persons of one worker: their dossiers are read together, then answered.

The proof is run here, where the dossiers are, so that answers travel and dossiers do not. Only what
a proof asks of other people's dossiers is fetched as for any question.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import structlog

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs import PROOFS, Kind, runner
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.person import ALWAYS_READ
from civicbus.engine import raw
from civicbus.engine.routing import RoutedDossiers
from civicbus.engine.sweep_request import Result, SweepRequest
from civicbus.wire.codec import Codec
from civicbus.wire.ports import NotReadyError, Swept, Unanswered

log = structlog.get_logger()

# After so many proofs others have their turn: a single question waits for some 10 ms at the most.
PROOFS_AT_A_TURN = 10


class OwnSweep:
    """Understands how to answer about many of this worker's persons at once."""

    def __init__(
        self, dossiers: RoutedDossiers, codec: Codec, authorities: Callable[[], Authorities]
    ) -> None:
        self._dossiers = dossiers
        self._codec = codec
        self._authorities = authorities
        # One sweep works at a time, so that single questions have every second turn.
        self._turn = asyncio.Lock()

    async def answer(self, request: SweepRequest) -> list[Result]:
        """What there is to say of each person, in the order of the questions."""
        kind = PROOFS[request.proof]
        read = families_of(kind)
        async with self._turn:
            found = self._read(request.questions, read)
            await asyncio.sleep(0)
        results: list[Result] = []
        for question, dossier in zip(request.questions, found, strict=True):
            if isinstance(dossier, NotReadyError):
                results.append(Unanswered(dossier.reason))
                continue
            results.append(await self._prove(kind, question, dossier))
            if len(results) % PROOFS_AT_A_TURN == 0:
                await asyncio.sleep(0)
        return results

    def _read(
        self, questions: Sequence[Question], families: Sequence[str]
    ) -> list[raw.RawDossier | NotReadyError]:
        """The dossiers of many persons, those of one partition together."""
        by_partition: dict[int, list[str]] = defaultdict(list)
        keys = [question.person_key for question in questions]
        for key in keys:
            by_partition[self._dossiers.partition(key)].append(key)
        found: dict[str, raw.RawDossier | NotReadyError] = {}
        for partition, own in by_partition.items():
            try:
                found |= raw.read_many(self._dossiers.own_store(partition), own, families)
            except NotReadyError as error:
                found |= dict.fromkeys(own, error)
        return [found[key] for key in keys]

    async def _prove(self, kind: Kind, question: Question, own: raw.RawDossier) -> Result:
        async def fetch(need: Need) -> Dossier:
            if need.person_key == question.person_key and set(need.families) <= set(read):
                return raw.decode(own, need.person_key, self._codec)
            return await self._dossiers.fetch(need)

        read = families_of(kind)
        try:
            answer = await runner.run(kind.prove(question, self._authorities()), fetch)
        except NotReadyError as error:
            return Unanswered(error.reason)
        except Exception as error:  # noqa: BLE001 - one person must not end a sweep of thousands
            # Without its text, which may quote a record.
            log.error("proof_failed", proof=kind.name, error=type(error).__name__)  # noqa: TRY400
            return Unanswered()
        return Swept(answer.outcome.value, in_brief(answer.in_brief()))


def families_of(kind: Kind) -> tuple[str, ...]:
    """The families that a proof reads of the person asked about."""
    return tuple(dict.fromkeys((*kind.families, *kind.hears, *ALWAYS_READ)))


def in_brief(brief: Mapping[str, object]) -> str:
    """A brief answer as it stands in a line."""
    return json.dumps(brief, ensure_ascii=False, separators=(",", ":"))
