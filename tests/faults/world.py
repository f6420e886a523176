"""Workers over a log that is only in memory, and a seed that decides what befalls them.

Everything between the broker and the stores is the engine's own code. Of the broker only what a
consumer sees is played: blocks of any size, offsets that hold nothing, blocks lost on the way,
partitions that move, a coordinator that is not heard. Time stands still unless it is moved.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from faust.types import TP

from civicbus.engine import raw
from civicbus.engine.indexer import Indexer
from civicbus.engine.judging import Judging
from civicbus.engine.ownership import Lease, Ownership
from civicbus.engine.quarantine import RefusedRecord
from civicbus.engine.routing import RoutedDossiers
from civicbus.engine.store import DossierStore
from civicbus.engine.transport import Block
from civicbus.wire.guard import Guard
from civicbus.wire.judgement import Judgement
from civicbus.wire.ports import NotReadyError
from civicbus.wire.topics import PERSON_TOPICS, partition_of
from tests.engine.samples import catalogue, codec
from tests.faults.traffic import PARTITIONS, PUBLISHERS, TOPICS, Log, Place

LARGEST_BLOCK = 7
SESSION = 10.0
PLACES: list[Place] = [(t, n) for t in TOPICS.values() for n in range(PARTITIONS)]


class CrashError(BaseException):
    """The process is gone: nothing of the engine may catch this."""


@dataclass
class Shelf:
    """The quarantine topic. It may fail, or the process may end before or after it has written."""

    refused: list[RefusedRecord]
    fails: str | None = None

    async def put_away(self, refused: Sequence[RefusedRecord]) -> None:
        fails, self.fails = self.fails, None
        await asyncio.sleep(0)
        if fails == "before":
            raise CrashError
        if fails == "broker":
            raise OSError("the broker is gone")
        self.refused += refused
        await asyncio.sleep(0)
        if fails == "after":
            raise CrashError


class Guardian:
    """The guard, which now and then has a fault of its own."""

    def __init__(self) -> None:
        self._guard = Guard(catalogue(), PUBLISHERS, "development")
        self.fails = False

    def judge(self, topic: str, records: Sequence[Any]) -> Judgement:
        fails, self.fails = self.fails, False
        if fails:
            raise RuntimeError("a fault in the engine")
        return self._guard.judge(topic, records)


class Worker:
    """One worker's engine: it can be ended at any point, and begins again from its stores."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self.shelf = Shelf(world.refused)
        self.start()

    def start(self) -> None:
        """Begin as a new process does."""
        self.store = DossierStore(self.folder)
        self.lease = Lease(SESSION, lambda: self.world.now)
        self.ownership = Ownership(self.store, self._ends, self.lease)
        self.guard = Guardian()
        self.indexer = Indexer(
            self.store,
            Judging(self.guard, 0),
            self.shelf,
            self._seek,
            self._first_at,
            self._give_up,
        )
        self.dossiers = RoutedDossiers(
            self.store, self.ownership, None, codec(),  # type: ignore[arg-type]  # nobody is asked
            own_url="here", owner_of=lambda _: None, partitions=PARTITIONS,
        )  # fmt: skip
        self.heard_at = self.world.now
        self.position: dict[Place, int] = {}
        self.on_the_way: deque[Block] = deque()
        self.asleep = False
        self.losing: dict[Place, int] = {}  # so many of the blocks to be fetched will be lost

    def heartbeat(self) -> None:
        """The coordinator hears that it is awake."""
        if not self.asleep:
            self.heard_at = self.world.now
            self.lease.renew()

    def end(self) -> None:
        """The process is gone; what was on its way is lost."""
        self.on_the_way.clear()
        self.store.close_all()

    async def assign(self, partitions: Sequence[int]) -> None:
        """Take what the group has agreed on, and read on where the stores stand."""
        self.ownership.revoke()
        tps = [TP(topic, number) for topic, number in PLACES if number in partitions]
        await self.ownership.assign(tps)
        self.position = {
            (tp.topic, tp.partition): self.store.open(tp.partition)
            .state(self.world.family(tp.topic))
            .next_offset
            for tp in tps
        }

    def fetch(self, place: Place, largest: int = LARGEST_BLOCK) -> None:
        """Read a block from where the consumer stands."""
        at = self.position.get(place)
        if at is None:
            return
        records = [m.record for m in self.world.log.made[place] if m.record.offset >= at][:largest]
        if not records:
            return
        self.position[place] = records[-1].offset + 1
        if self.losing.get(place):
            self.losing[place] -= 1
        else:
            self.on_the_way.append(Block(records))

    async def take(self, stop_at: int | None = None) -> None:
        """Hand the agent the next block; `stop_at` cancels it at that point where it waits."""
        if not self.on_the_way:
            return
        taking = asyncio.ensure_future(self.indexer.take(self.on_the_way.popleft()))
        for step in range(1_000):
            if taking.done():
                break
            if step == stop_at:
                taking.cancel()
            await asyncio.sleep(0)
        with suppress(asyncio.CancelledError):
            await taking

    def ask(self, person: str) -> raw.RawDossier | None:
        """What this worker says about a person; None if it says that it is not the one to ask."""
        try:
            found = self.dossiers.read_own(person, list(TOPICS))
        except NotReadyError:
            return None
        return raw.RawDossier.from_json(found.to_json())

    async def _ends(self, _: object) -> dict[TP, int]:
        return {TP(*place): self.world.log.end(place) for place in PLACES}

    async def _seek(self, topic: str, partition: int, offset: int) -> None:
        await asyncio.sleep(0)
        if (topic, partition) in self.position:
            self.position[topic, partition] = offset

    async def _first_at(self, topic: str, partition: int, offset: int) -> int:
        await asyncio.sleep(0)
        made = self.world.log.made[topic, partition]
        return next(one.record.offset for one in made if one.record.offset >= offset)

    async def _give_up(self, error: BaseException) -> None:
        self.world.given_up.append(error)
        raise CrashError


class World:
    """The log, the workers, who owns what, and the time."""

    def __init__(self, folder: Path, seed: int, patch: pytest.MonkeyPatch) -> None:
        self.random = random.Random(seed)
        self.log = Log()
        self.now = 1_000.0
        self.refused: list[RefusedRecord] = []
        self.given_up: list[BaseException] = []
        self.workers = [Worker(self, folder / name) for name in ("one", "two")]
        self.owner = dict.fromkeys(range(PARTITIONS), self.workers[0])
        self.assigned_at: dict[int, dict[Place, int]] = {}
        pause = asyncio.sleep
        patch.setattr("civicbus.engine.indexer.asyncio.sleep", lambda _: pause(0))

    @staticmethod
    def family(topic: str) -> int:
        """The number of a topic's family."""
        return PERSON_TOPICS[topic].number

    async def rebalance(self) -> None:
        """Spread the partitions anew over those that are awake; a sleeper hears nothing of it.

        The coordinator waits for a sleeper until its session is over.
        """
        awake = [worker for worker in self.workers if not worker.asleep]
        for worker in self.workers:
            if worker.asleep:
                self.now = max(self.now, worker.heard_at + SESSION)
        for partition in range(PARTITIONS):
            self.owner[partition] = self.random.choice(awake)
        self.assigned_at = {
            partition: {place: self.log.end(place) for place in PLACES}
            for partition in range(PARTITIONS)
        }
        for worker in awake:
            await worker.assign([p for p, owner in self.owner.items() if owner is worker])

    def heartbeats(self) -> None:
        """The coordinator hears from everybody who is awake."""
        for worker in self.workers:
            worker.heartbeat()

    def partition_of(self, person: str) -> int:
        """The partition to which a person belongs."""
        return partition_of(person.encode(), PARTITIONS)

    def close(self) -> None:
        """End everything."""
        for worker in self.workers:
            worker.end()
