"""Two groups over the same topics are compared partition by partition, wherever each stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from civicbus.engine.partition_store import StoreClosedError
from civicbus.engine.peer_routes import digest_route, owners_route
from civicbus.engine.peers import peer_router
from civicbus.engine.replica import Digests, Outcome, Replica
from civicbus.http.serving import serving
from tests.engine.test_digest import ALL, an_event, tampered
from tests.engine.workers import SIGNER, Worker, fill, person_in

PEOPLE = (person_in(0), person_in(0) + 1000, person_in(0) + 2000)


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Worker]:
    """The only worker of the other group; it owns partition 0."""
    worker = Worker(tmp_path / "there", "", {})
    digests = Digests(worker.store, worker.ownership)
    app = FastAPI()
    routes = [owners_route(lambda: worker.owners), digest_route(digests)]
    app.include_router(peer_router(SIGNER, routes))
    async with serving(app, "127.0.0.1", 0) as port:
        worker.url = f"http://127.0.0.1:{port}"
        worker.owners[0] = worker.url
        yield worker
    await worker.close()


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Worker]:
    worker = Worker(tmp_path / "here", "http://127.0.0.1:1", {})
    yield worker
    await worker.close()


async def compared(here: Worker, there: Worker) -> Outcome:
    digests = Digests(here.store, here.ownership)
    replica = Replica(there.url, here.peers, digests, here.ownership.ready)
    await replica.compare()
    return replica.outcomes[0]


async def filled(worker: Worker, *people: int) -> None:
    await fill(worker, 0, *people)
    await worker.owns(0)


async def test_groups_that_have_read_the_same_agree(here: Worker, there: Worker) -> None:
    await filled(here, *PEOPLE)
    await filled(there, *PEOPLE)
    outcome = await compared(here, there)
    assert (outcome.equal, outcome.entries) == (True, 3)


@pytest.mark.parametrize("ahead", ["here", "there"])
async def test_a_group_that_has_read_further_is_compared_where_the_other_stands(
    here: Worker, there: Worker, ahead: str
) -> None:
    await filled(here, *(PEOPLE if ahead == "here" else PEOPLE[:2]))
    await filled(there, *(PEOPLE if ahead == "there" else PEOPLE[:2]))
    outcome = await compared(here, there)
    assert (outcome.equal, outcome.entries) == (True, 2)


async def test_a_store_that_lost_an_event_is_told_from_its_replica(
    here: Worker, there: Worker, tmp_path: Path
) -> None:
    await filled(there, *PEOPLE)
    await filled(here, *PEOPLE)
    here.store.close_all()

    def lose(database: Any) -> None:
        database.delete(an_event(database))

    tampered(tmp_path / "here", lose)
    await here.owns(0)
    outcome = await compared(here, there)
    assert (outcome.equal, outcome.detail) == (False, "2 here, 3 there")


async def test_what_cannot_be_compared_counts_neither_as_equal_nor_as_different(
    here: Worker, there: Worker
) -> None:
    await filled(here, *PEOPLE)
    there.owners.clear()
    outcome = await compared(here, there)
    assert outcome.equal is None
    there.url = "http://127.0.0.1:1"
    assert (await compared(here, there)).equal is None


async def test_a_partition_that_goes_elsewhere_is_no_longer_told_of(
    here: Worker, there: Worker
) -> None:
    await filled(here, *PEOPLE)
    await filled(there, *PEOPLE)
    digests = Digests(here.store, here.ownership)
    replica = Replica(there.url, here.peers, digests, here.ownership.ready)
    await replica.compare()
    here.ownership.revoke()
    await replica.compare()
    assert replica.outcomes == {}


async def test_a_store_can_be_closed_and_opened_while_its_digest_is_taken(here: Worker) -> None:
    await filled(here, *range(2_000))
    store = here.store.open(0)
    reading = asyncio.create_task(asyncio.to_thread(store.digest, ALL))
    await asyncio.sleep(0)
    here.store.close(0)
    with suppress(StoreClosedError):
        assert (await reading).entries == 2_000
    assert here.store.open(0).digest(ALL).entries == 2_000
