"""What this worker tells the others: dossiers, its account, who owns what, digests."""

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
    Route,
)
from civicbus.engine.replica import Digests
from civicbus.engine.routing import RoutedDossiers


def dossier_route(dossiers: RoutedDossiers) -> Route:
    """A dossier of one of this worker's own partitions."""

    async def answer(question: Any) -> bytes:
        person_key, families = str(question["person_key"]), list(question["families"])
        if not is_person_key(person_key.encode()) or not set(families) <= set(FAMILIES):
            raise ValueError("no such person key or family")
        return dossiers.read_own(person_key, families).to_json()

    return Route(DOSSIER_PATH, answer)


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
