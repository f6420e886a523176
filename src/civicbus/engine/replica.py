"""A second group of workers over the same topics is a whole replica; here the two are compared.

Each worker compares the partitions that it owns with their owners in the other group: both tell
the digest of what came before the same offsets, so neither has to stand still.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from civicbus.domain.answer import iso
from civicbus.domain.families import FAMILIES
from civicbus.engine.digest import Digest
from civicbus.engine.ownership import Ownership
from civicbus.engine.partition_store import StoreClosedError
from civicbus.engine.peers import PeerError, Peers
from civicbus.engine.routing import RETRY_AFTER
from civicbus.engine.store import DossierStore
from civicbus.wire.ports import NotReadyError

log = structlog.get_logger()

Ends = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DigestAt:
    """The digest of a partition's store of what came before some offsets, by family."""

    ends: Ends
    digest: Digest

    def to_json(self) -> dict[str, Any]:
        """The form in which workers tell it each other."""
        found = {"entries": self.digest.entries, "digest": str(self.digest)}
        return {"ends": dict(self.ends), **found}

    @classmethod
    def from_json(cls, plain: Any) -> DigestAt:
        """What another worker told.

        Raises:
            ValueError: if it is not a digest.
        """
        try:
            ends = {str(name): int(end) for name, end in plain["ends"].items()}
            digest = Digest(int(plain["entries"]), int(plain["digest"], 16))
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("not a digest") from error
        return cls(ends, digest)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a comparison of one partition showed. `equal` is None if it could not be made."""

    partition: int
    checked_at: datetime
    equal: bool | None
    entries: int = 0
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """The form in which a worker's account has it."""
        return {
            "partition": self.partition,
            "checked_at": iso(self.checked_at),
            "equal": self.equal,
            "entries": self.entries,
            "detail": self.detail,
        }


class Digests:
    """Tells the digests of this worker's own partitions."""

    def __init__(self, store: DossierStore, ownership: Ownership) -> None:
        self._store = store
        self._ownership = ownership

    async def at(self, partition: int, wanted: Ends | None = None) -> DigestAt:
        """The digest of what came before the offsets wanted, or as far as has been read.

        Raises:
            NotReadyError: if the partition is not ours, or goes elsewhere meanwhile.
        """
        store = self._store.get(partition)
        if store is None or partition not in self._ownership.owned:
            raise NotReadyError("not_owned", RETRY_AFTER)
        ends = {
            name: min(store.state(family.number).next_offset, (wanted or {}).get(name, 1 << 62))
            for name, family in FAMILIES.items()
        }
        by_number = {FAMILIES[name].number: end for name, end in ends.items()}
        try:
            return DigestAt(ends, await asyncio.to_thread(store.digest, by_number))
        except StoreClosedError:
            raise NotReadyError("not_owned", RETRY_AFTER) from None


class Replica:
    """Compares this worker's partitions with those of the other group, one after the other."""

    def __init__(
        self,
        url: str,
        peers: Peers,
        digests: Digests,
        ready: Callable[[], list[int]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._url = url
        self._peers = peers
        self._digests = digests
        self._ready = ready
        self._now = now
        self.outcomes: dict[int, Outcome] = {}

    async def compare(self) -> None:
        """Compare every partition that is ours and ready; the outcomes are kept."""
        ready = self._ready()
        self.outcomes = {
            partition: outcome for partition, outcome in self.outcomes.items() if partition in ready
        }
        for partition in ready:
            outcome = await self._compared(partition)
            self.outcomes[partition] = outcome
            if outcome.equal is False:
                log.error("replica_differs", partition=partition, detail=outcome.detail)

    async def _compared(self, partition: int) -> Outcome:
        try:
            owners = await self._peers.owners(self._url)
            if (owner := owners.get(partition)) is None:
                return Outcome(partition, self._now(), None, detail="nobody owns it there")
            ours = await self._digests.at(partition)
            theirs = DigestAt.from_json(await self._peers.digest(owner, partition, ours.ends))
            if theirs.ends != ours.ends:  # it has not read so far yet
                ours = await self._digests.at(partition, theirs.ends)
        except (PeerError, NotReadyError, ValueError) as error:
            return Outcome(partition, self._now(), None, detail=str(error))
        equal = ours.digest == theirs.digest and ours.ends == theirs.ends
        detail = "" if equal else f"{ours.digest.entries} here, {theirs.digest.entries} there"
        return Outcome(partition, self._now(), equal, ours.digest.entries, detail)
