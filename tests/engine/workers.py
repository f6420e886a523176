"""Workers without Kafka: two of them, of which one asks and the other is served over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from fastapi import FastAPI
from faust.types import TP

from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.families import FAMILIES
from civicbus.domain.proofs.need import Need
from civicbus.engine.indexer import Indexer
from civicbus.engine.judging import Judging
from civicbus.engine.ownership import Lease, Ownership
from civicbus.engine.peer_routes import dossier_route, sweep_route
from civicbus.engine.peers import Peers, Signer, peer_router
from civicbus.engine.routing import RoutedDossiers
from civicbus.engine.store import DossierStore
from civicbus.engine.sweep_own import OwnSweep
from civicbus.engine.sweeps import Sweeps
from civicbus.engine.transport import Block
from civicbus.http.serving import serving
from civicbus.wire.likeness import Likenesses
from civicbus.wire.topics import partition_of
from tests.engine.samples import SECRET, SOURCE, catalogue, codec, death_record, guard, key_of
from tests.engine.test_indexer import Shelf

PARTITIONS = 2
SESSION = 10.0
SIGNER = Signer(SECRET)
AUTHORITIES = Authorities(
    tuple(
        Authority(SOURCE, family, frozenset({"us-dc"}), timedelta(days=1))
        for family in ("birth", "death", "identity", "court")
    )
)


def person_in(partition: int) -> int:
    """A person whose dossier belongs to a partition."""
    return next(
        number
        for number in range(1000)
        if partition_of(key_of(number).encode(), PARTITIONS) == partition
    )


def need(number: int) -> Need:
    return Need(key_of(number), tuple(FAMILIES), datetime(2026, 6, 1, tzinfo=UTC))


class Worker:
    """One worker's routing, its store and its address, without Kafka."""

    def __init__(self, folder: Path, url: str, owners: dict[int, str]) -> None:
        self.url = url
        self.owners = owners
        self.ends: dict[TP, int] = {}
        self.store = DossierStore(folder)
        self.clock = 0.0
        lease = Lease(SESSION, lambda: self.clock)
        self.ownership = Ownership(self.store, self._ends, lease)
        self.peers = Peers(SIGNER)
        self.dossiers = RoutedDossiers(
            self.store,
            self.ownership,
            self.peers,
            codec(),
            own_url=url,
            owner_of=owners.get,
            partitions=PARTITIONS,
        )
        self.sweep_own = OwnSweep(
            self.dossiers, codec(), lambda: AUTHORITIES, Likenesses(catalogue())
        ).answer
        self.sweeps = Sweeps(self.dossiers, self.sweep_own, self.peers)

    async def _ends(self, _tps: object) -> dict[TP, int]:
        return self.ends

    async def owns(self, partition: int, *, behind: int = 0) -> None:
        tps = [TP(family.topic, partition) for family in FAMILIES.values()]
        self.ends = dict.fromkeys(tps, 0)
        stored = self.store.open(partition).state(FAMILIES["death"].number).next_offset
        self.ends[TP(FAMILIES["death"].topic, partition)] = stored + behind
        await self.ownership.assign(tps)

    async def close(self) -> None:
        await self.peers.close()
        self.store.close_all()


@asynccontextmanager
async def two_workers(folder: Path) -> AsyncIterator[tuple[Worker, Worker]]:
    """An asker that owns partition 0, and an owner of partition 1 that is served."""
    owners: dict[int, str] = {}
    owner = Worker(folder / "owner", "", owners)
    routes = [dossier_route(owner.dossiers), sweep_route(owner.sweep_own, SECRET)]
    app = FastAPI()
    app.include_router(peer_router(SIGNER, routes))
    async with serving(app, "127.0.0.1", 0) as port:
        url = f"http://127.0.0.1:{port}"
        asker = Worker(folder / "asker", "http://127.0.0.1:1", owners)
        owners.update({0: asker.url, 1: url})
        await asker.owns(0)
        yield asker, owner
        await asker.close()
    await owner.close()


async def fill(worker: Worker, partition: int, *numbers: int) -> None:
    worker.store.open(partition)
    indexer = Indexer(worker.store, Judging(guard(), 0), Shelf(), _nowhere, _nowhere, _nowhere)
    records = [death_record(at, n, partition=partition) for at, n in enumerate(numbers)]
    await indexer.take(Block(records))


async def _nowhere(*_: object) -> NoReturn:
    raise AssertionError("there is nothing to go back to")
