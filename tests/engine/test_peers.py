"""Workers ask one another for dossiers, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from civicbus.domain.events import Death
from civicbus.engine.peers import DOSSIER_PATH, SIGNATURE, Signer
from civicbus.engine.routing import PAUSE_BEFORE_SECOND_TRY
from civicbus.wire.ports import NotReadyError
from tests.engine.samples import death
from tests.engine.workers import SESSION, SIGNER, Worker, fill, need, person_in, two_workers


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Worker, Worker]]:
    async with two_workers(tmp_path) as workers:
        yield workers


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


async def test_a_question_that_meets_a_rebalance_is_asked_once_more_of_the_new_owner(
    two: tuple[Worker, Worker],
) -> None:
    asker, owner = two
    person = person_in(1)
    await fill(owner, 1, person)
    await owner.owns(1)
    new, asker.owners[1] = asker.owners[1], "http://127.0.0.1:1"
    asking = asyncio.create_task(asker.dossiers.fetch(need(person)))
    await asyncio.sleep(PAUSE_BEFORE_SECOND_TRY / 2)
    assert not asking.done()
    asker.owners[1] = new
    found = await asking
    assert [entry.event for entry in found.entries] == [death(person)]


async def test_an_owner_that_is_gone_means_not_ready(two: tuple[Worker, Worker]) -> None:
    asker, _ = two
    asker.owners[1] = "http://127.0.0.1:1"
    with pytest.raises(NotReadyError) as refused:
        await asker.dossiers.fetch(need(person_in(1)))
    assert refused.value.retry_after_seconds > 0


@pytest.mark.parametrize(
    "signature",
    ["", "1:abc", Signer(b"another").sign(DOSSIER_PATH, b"{}")],
    ids=["none", "nonsense", "another's"],
)
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
