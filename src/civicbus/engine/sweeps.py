"""A sweep spread over the workers: each answers about the persons whose partitions it owns.

A question that meets a rebalance is put once more, to whoever owns the person then. If that fails
as well the person is not ready, never answered from an old store.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from civicbus.domain.answer import Question
from civicbus.engine.peers import PeerError, Peers
from civicbus.engine.routing import PAUSE_BEFORE_SECOND_TRY, RoutedDossiers
from civicbus.engine.sweep_request import Result, SweepOwn, SweepRequest
from civicbus.wire.ports import NotReadyError, Unanswered


class Sweeps:
    """Understands who is to be asked about whom in a sweep."""

    def __init__(self, dossiers: RoutedDossiers, own: SweepOwn, peers: Peers) -> None:
        self._dossiers = dossiers
        self._own = own
        self._peers = peers

    async def sweep(self, proof: str, questions: Sequence[Question]) -> list[Result]:
        """What there is to say of each person, in the order of the questions.

        All questions are about the same day and by the same knowledge.
        """
        found = dict(enumerate(await self._once(proof, questions)))
        again = [place for place, result in found.items() if _may_be_ready_soon(result)]
        if again:
            await asyncio.sleep(PAUSE_BEFORE_SECOND_TRY)
            results = await self._once(proof, [questions[place] for place in again])
            found |= dict(zip(again, results, strict=True))
        return [found[place] for place in range(len(questions))]

    async def _once(self, proof: str, questions: Sequence[Question]) -> list[Result]:
        found: dict[int, Result] = {}
        by_owner: dict[str | None, list[int]] = defaultdict(list)
        partitions = self._dossiers.partitions([question.person_key for question in questions])
        for place, partition in enumerate(partitions):
            try:
                owner = self._dossiers.owner(partition)
            except NotReadyError as error:
                found[place] = Unanswered(error.reason)
            else:
                by_owner[owner].append(place)
        # Those of others first: they work while this worker does.
        owners = sorted(by_owner, key=lambda owner: owner is None)
        batches = [
            self._ask(owner, SweepRequest(proof, [questions[place] for place in by_owner[owner]]))
            for owner in owners
        ]
        for owner, results in zip(owners, await asyncio.gather(*batches), strict=True):
            found |= dict(zip(by_owner[owner], results, strict=True))
        return [found[place] for place in range(len(questions))]

    async def _ask(self, owner: str | None, request: SweepRequest) -> list[Result]:
        if owner is None:
            return await self._own(request)
        try:
            return await self._peers.sweep(owner, request)
        except PeerError:
            return [Unanswered("owner_not_reached")] * len(request.questions)


def _may_be_ready_soon(result: Result) -> bool:
    return isinstance(result, Unanswered) and result.reason is not None
