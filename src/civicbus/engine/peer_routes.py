"""What this worker tells the others: dossiers, answers, its account, who owns what, digests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from civicbus.domain.families import FAMILIES
from civicbus.domain.person_key import is_person_key
from civicbus.engine.peers import (
    DIGEST_PATH,
    DOSSIER_PATH,
    OWNERS_PATH,
    SNAPSHOT_PATH,
    SWEEP_PATH,
    Route,
)
from civicbus.engine.replica import Digests
from civicbus.engine.routing import RoutedDossiers
from civicbus.engine.sweep_request import SweepOwn, SweepRequest, results_to_lines

# What a worker asks another at once is at most what it reads of a list at once, written more amply.
LONGEST_SWEEP = 8 * 1024 * 1024


def dossier_route(dossiers: RoutedDossiers) -> Route:
    """A dossier of one of this worker's own partitions."""

    async def answer(question: Any) -> bytes:
        person_key, families = str(question["person_key"]), list(question["families"])
        if not is_person_key(person_key.encode()) or not set(families) <= set(FAMILIES):
            raise ValueError("no such person key or family")
        return dossiers.read_own(person_key, families).to_json()

    return Route(DOSSIER_PATH, answer)


def sweep_route(sweep_own: SweepOwn, secret: bytes) -> Route:
    """Answers about many people of this worker's own partitions."""

    async def answer(question: Any) -> bytes:
        request = SweepRequest.from_plain(question, secret)
        return results_to_lines(await sweep_own(request))

    return Route(SWEEP_PATH, answer, LONGEST_SWEEP, "text/plain")


def snapshot_route(snapshot: Callable[[], Mapping[str, Any]]) -> Route:
    """This worker's account of itself."""

    async def answer(_: Any) -> bytes:
        return json.dumps(snapshot()).encode()

    return Route(SNAPSHOT_PATH, answer)


def owners_route(owners: Callable[[], Mapping[int, str]]) -> Route:
    """Which worker of this group owns which partition."""

    async def answer(_: Any) -> bytes:
        return json.dumps(owners()).encode()

    return Route(OWNERS_PATH, answer)


def digest_route(digests: Digests) -> Route:
    """The digest of one of this worker's own partitions."""

    async def answer(question: Any) -> bytes:
        ends = {str(name): int(end) for name, end in question["ends"].items()}
        found = await digests.at(int(question["partition"]), ends)
        return json.dumps(found.to_json()).encode()

    return Route(DIGEST_PATH, answer)
