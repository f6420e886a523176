"""Workers ask one another for dossiers, over real HTTP on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from faust.types import TP

from civicbus.api.serving import serving
from civicbus.domain.events import Death
from civicbus.domain.families import FAMILIES
from civicbus.domain.proofs.need import Need
from civicbus.engine.indexer import Indexer
from civicbus.engine.ownership import Lease, Ownership
from civicbus.engine.peer_routes import dossier_route
from civicbus.engine.peers import DOSSIER_PATH, SIGNATURE, Peers, Signer, peer_router
from civicbus.engine.routing import RoutedDossiers
from civicbus.engine.store import DossierStore
from civicbus.engine.transport import Block
from civicbus.wire.ports import NotReadyError
from civicbus.wire.topics import partition_of
from tests.engine.samples import codec, death, death_record, guard, key_of
from tests.engine.test_indexer import Shelf

PARTITIONS = 2
SESSION = 10.0
SIGNER = Signer(b"a secret of the tests")


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


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Worker, Worker]]:
    """An asker that owns partition 0, and an owner of partition 1 that is served."""
    owners: dict[int, str] = {}
    owner = Worker(tmp_path / "owner", "", owners)
    app = FastAPI()
    app.include_router(peer_router(SIGNER, [dossier_route(owner.dossiers)]))
    async with serving(app, "127.0.0.1", 0) as port:
        url = f"http://127.0.0.1:{port}"
        asker = Worker(tmp_path / "asker", "http://127.0.0.1:1", owners)
        owners.update({0: asker.url, 1: url})
        await asker.owns(0)
        yield asker, owner
        await asker.close()
    await owner.close()


async def fill(worker: Worker, partition: int, *numbers: int) -> None:
    worker.store.open(partition)
    indexer = Indexer(worker.store, guard(), Shelf(), _nowhere, _nowhere)
    records = [death_record(at, n, partition=partition) for at, n in enumerate(numbers)]
    await indexer.take(Block(records))


async def _nowhere(*_: object) -> None:
    raise AssertionError("there is nothing to go back to")


async def test_a_dossier_of_an_own_partition_is_read_here(two: tuple[Worker, Worker]) -> None:
    asker, _ = two
    person = person_in(0)
    await fill(asker, 0, person)
    await asker.owns(0)
    found = await asker.dossiers.fetch(need(person))
    assert [entry.event for entry in found.entries] == [death(person)]


async def test_a_dossier_of_another_partition_comes_from_its_owner(
    two: tuple[Worker, Worker],
) -> None:
    asker, owner = two
    person = person_in(1)
    await fill(owner, 1, person)
    await owner.owns(1)
    found = await asker.dossiers.fetch(need(person))
    assert isinstance(found.entries[0].event, Death)


async def test_an_owner_that_is_rebuilding_gives_nothing_away(two: tuple[Worker, Worker]) -> None:
    asker, owner = two
    person = person_in(1)
    await fill(owner, 1, person)
    await owner.owns(1, behind=3)
    with pytest.raises(NotReadyError):
        await asker.dossiers.fetch(need(person))


async def test_a_partition_that_was_revoked_is_not_answered_from(
    two: tuple[Worker, Worker],
) -> None:
    asker, _ = two
    person = person_in(0)
    asker.ownership.revoke()
    with pytest.raises(NotReadyError) as refused:
        await asker.dossiers.fetch(need(person))
    assert refused.value.reason == "rebalancing"


async def test_an_owner_that_is_gone_means_not_ready(two: tuple[Worker, Worker]) -> None:
    asker, _ = two
    asker.owners[1] = "http://127.0.0.1:1"
    with pytest.raises(NotReadyError) as refused:
        await asker.dossiers.fetch(need(person_in(1)))
    assert refused.value.retry_after_seconds > 0


@pytest.mark.parametrize("signature", ["", "1:abc", Signer(b"another").sign(DOSSIER_PATH, b"{}")])
async def test_a_stranger_is_refused(two: tuple[Worker, Worker], signature: str) -> None:
    asker, _ = two
    async with httpx.AsyncClient() as client:
        url = f"{asker.owners[1]}{DOSSIER_PATH}"
        response = await client.post(url, content=b"{}", headers={SIGNATURE: signature})
    assert response.status_code == 403


def test_a_signature_is_good_for_one_body_and_one_path() -> None:
    signature = SIGNER.sign(DOSSIER_PATH, b"body")
    assert SIGNER.accepts(signature, DOSSIER_PATH, b"body")
    assert not SIGNER.accepts(signature, DOSSIER_PATH, b"another")
    assert not SIGNER.accepts(signature, "/elsewhere", b"body")


def test_an_old_signature_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    signature = SIGNER.sign(DOSSIER_PATH, b"body")
    stamp = int(signature.partition(":")[0])
    monkeypatch.setattr("civicbus.engine.peers.time.time", lambda: stamp + 31)
    assert not SIGNER.accepts(signature, DOSSIER_PATH, b"body")


async def test_an_owner_that_the_coordinator_may_have_given_up_says_nothing(
    two: tuple[Worker, Worker],
) -> None:
    asker, _ = two
    person = person_in(0)
    asker.clock += SESSION
    with pytest.raises(NotReadyError) as refused:
        await asker.dossiers.fetch(need(person))
    assert refused.value.reason == "broker_silent"
