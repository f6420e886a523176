"""Where a dossier is read: here if this worker owns the person's partition, else at its owner.

The owner is known from the group's assignment, which every member receives. A question that meets a
rebalance is put once more; after that it is "not ready", never an answer from an old store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs.need import Need
from civicbus.engine import raw
from civicbus.engine.ownership import Ownership
from civicbus.engine.partition_store import PartitionStore
from civicbus.engine.peers import PeerError, Peers
from civicbus.engine.store import DossierStore
from civicbus.wire.codec import Codec
from civicbus.wire.ports import NotReadyError
from civicbus.wire.topics import partition_of, partitions_of

PAUSE_BEFORE_SECOND_TRY = 0.3
RETRY_AFTER = 3  # seconds; a rebalance after a worker's death takes about the session timeout

OwnerOf = Callable[[int], str | None]


class RoutedDossiers:
    """Understands who can be asked about whom."""

    def __init__(
        self,
        store: DossierStore,
        ownership: Ownership,
        peers: Peers,
        codec: Codec,
        *,
        own_url: str,
        owner_of: OwnerOf,
        partitions: int,
    ) -> None:
        self._store = store
        self._ownership = ownership
        self._peers = peers
        self._codec = codec
        self._own_url = own_url
        self._owner_of = owner_of
        self._partitions = partitions

    async def fetch(self, need: Need) -> Dossier:
        """The dossier of a person.

        Raises:
            NotReadyError: if no worker that is ready owns the person's partition at this moment.
        """
        try:
            found = await self._fetch_once(need)
        except (PeerError, NotReadyError):
            await asyncio.sleep(PAUSE_BEFORE_SECOND_TRY)
            try:
                found = await self._fetch_once(need)
            except PeerError as error:
                raise NotReadyError("owner_not_reached", RETRY_AFTER) from error
        return raw.decode(found, need.person_key, self._codec)

    def read_own(self, person_key: str, families: Sequence[str]) -> raw.RawDossier:
        """A dossier from a store of this worker.

        Raises:
            NotReadyError: if the partition is not ours, or not ready.
        """
        return raw.read(self.own_store(self.partition(person_key)), person_key, families)

    def partition(self, person_key: str) -> int:
        """The partition to which a person belongs."""
        return partition_of(person_key.encode(), self._partitions)

    def partitions(self, person_keys: Sequence[str]) -> list[int]:
        """The partitions to which many persons belong."""
        return partitions_of([key.encode() for key in person_keys], self._partitions)

    def own_store(self, partition: int) -> PartitionStore:
        """The store of a partition of this worker.

        Raises:
            NotReadyError: if the partition is not ours, or not ready.
        """
        store = self._store.get(partition)
        obstacle = "not_owned" if store is None else self._ownership.obstacle(partition)
        if store is None or obstacle is not None:
            raise NotReadyError(obstacle or "not_owned", RETRY_AFTER)
        return store

    def owner(self, partition: int) -> str | None:
        """The address of the worker to ask about a partition; none if it is this one.

        Raises:
            NotReadyError: if nobody is known to own it.
        """
        if partition in self._ownership.owned:
            return None
        owner = self._owner_of(partition)
        if owner is None or owner == self._own_url:
            raise NotReadyError("rebalancing", RETRY_AFTER)
        return owner

    async def _fetch_once(self, need: Need) -> raw.RawDossier:
        owner = self.owner(self.partition(need.person_key))
        if owner is None:
            return self.read_own(need.person_key, need.families)
        return await self._peers.dossier(owner, need.person_key, need.families)
