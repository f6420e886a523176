"""What a worker may be asked about: what it owns, has caught up with, and still holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from faust.types import TP

from civicbus.domain.families import FAMILIES
from civicbus.engine.ownership import Lease, Ownership
from civicbus.engine.store import DossierStore

SESSION = 10.0
TPS = [TP(family.topic, partition) for family in FAMILIES.values() for partition in (0, 1)]


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lease(clock: Clock) -> Lease:
    return Lease(SESSION, clock)


@pytest.fixture
def ownership(tmp_path: Path, lease: Lease) -> Iterator[Ownership]:
    async def nothing_there(_: object) -> dict[TP, int]:
        return dict.fromkeys(TPS, 0)

    store = DossierStore(tmp_path)
    yield Ownership(store, nothing_there, lease)
    store.close_all()


def test_nothing_is_held_before_the_coordinator_has_heard_from_us(lease: Lease) -> None:
    assert not lease.holds


def test_a_lease_runs_from_when_we_spoke_and_not_from_when_we_were_heard(
    lease: Lease, clock: Clock
) -> None:
    clock.now = 105
    lease.renew(100)
    clock.now = 109.9
    assert lease.holds
    clock.now = 110
    assert not lease.holds


def test_an_answer_that_was_overtaken_does_not_shorten_a_lease(lease: Lease, clock: Clock) -> None:
    lease.renew(108)
    lease.renew(101)
    clock.now = 117
    assert lease.holds


async def test_a_worker_that_slept_beyond_its_session_is_asked_nothing_until_it_is_heard_again(
    ownership: Ownership, lease: Lease, clock: Clock
) -> None:
    await ownership.assign(TPS)
    assert ownership.all_ready()
    clock.now += SESSION
    assert ownership.obstacle(0) == ownership.obstacle(1) == "broker_silent"
    assert not ownership.all_ready()
    lease.renew()
    assert ownership.all_ready()


async def test_a_worker_to_which_nothing_is_assigned_is_ready_only_while_it_is_heard(
    ownership: Ownership, clock: Clock
) -> None:
    await ownership.assign([])
    assert ownership.all_ready()
    clock.now += SESSION
    assert not ownership.all_ready()


async def test_what_was_revoked_is_not_owned(ownership: Ownership) -> None:
    await ownership.assign(TPS)
    ownership.revoke()
    assert ownership.obstacle(0) == "not_owned"
    assert not ownership.all_ready()
