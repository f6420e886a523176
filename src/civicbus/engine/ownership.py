"""Which partitions this worker owns, and whether it has caught up with each.

A partition is ready once its store has reached, in every topic, the end that the topic had when the
partition was assigned, or only offsets without records lie before it (`engine.tails`). Before that
the answer could miss what was already on the bus; after it, the watermarks say how far the sources
are known.

What is ours is ours on a lease: the group's coordinator may give a partition to another worker as
soon as it has not heard from us for the session's time. So we answer only while it has: a worker
that slept, or that the broker no longer reaches, falls silent by itself, before anybody tells it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

import structlog
from faust.types import TP

from civicbus.engine.store import DossierStore
from civicbus.wire.topics import PERSON_TOPICS

log = structlog.get_logger()

PAUSE_BEFORE_ASKING_AGAIN = 0.5

Ends = Callable[[Iterable[TP]], Awaitable[Mapping[TP, int]]]


# Of a topic, a partition and the offset that its store reads next: how far the store has got.
Reached = Callable[[str, int, int], int]


def _no_further(_topic: str, _partition: int, next_offset: int) -> int:
    return next_offset


class Lease:
    """How long what the coordinator has assigned to us cannot be anybody else's.

    Renewed by another thread. `lasts` is in seconds; the clock goes on while a process is stopped.
    """

    def __init__(self, lasts: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._lasts = lasts
        self._clock = clock
        self._since = -float("inf")

    def renew(self, since: float | None = None) -> None:
        """The coordinator has heard what we said at this moment, or now."""
        self._since = max(self._since, self._clock() if since is None else since)

    @property
    def holds(self) -> bool:
        """False once the coordinator may have given our partitions away."""
        return self._clock() - self._since < self._lasts


class Ownership:
    """Understands what has been assigned here and what is ready to be asked."""

    def __init__(
        self, store: DossierStore, ends: Ends, lease: Lease, reached: Reached = _no_further
    ) -> None:
        self._store = store
        self._reached = reached
        self._ends = ends
        self._lease = lease
        self._assignment = 0
        self._owned: frozenset[int] = frozenset()
        self._targets: dict[int, dict[str, int]] = {}
        self._settled = False

    @property
    def owned(self) -> frozenset[int]:
        """The partitions assigned to this worker; none while the group rebalances."""
        return self._owned

    def revoke(self) -> None:
        """The group rebalances: from now on nothing here is ours to answer for."""
        self._assignment += 1
        self._owned = frozenset()
        self._targets.clear()
        self._settled = False

    async def assign(self, assigned: Iterable[TP]) -> None:
        """Take over partitions: find out how far each has to be read before it can be asked."""
        self._assignment += 1
        assignment = self._assignment
        own = [tp for tp in assigned if tp.topic in PERSON_TOPICS]
        self._targets.clear()
        self._owned = frozenset(tp.partition for tp in own)
        self._lease.renew()
        for partition in set(self._store.partitions()) - self._owned:
            self._store.close(partition)
        for partition in self._owned:
            self._store.open(partition)
        ends = await self._ends_of(own, assignment)
        if assignment != self._assignment:
            return
        for tp in own:
            self._targets.setdefault(tp.partition, {})[tp.topic] = ends[tp]
        self._settled = True
        log.info("partitions_assigned", partitions=len(self._owned), behind=self.behind())

    def obstacle(self, partition: int) -> str | None:
        """Why this worker may not be asked about a partition; None if it may."""
        if partition not in self._owned:
            return "not_owned"
        if partition not in self._targets or self._missing(partition):
            return "rebuilding"
        return None if self._lease.holds else "broker_silent"

    def is_ready(self, partition: int) -> bool:
        """True if this worker owns the partition and has caught up with it."""
        return self.obstacle(partition) is None

    def ready(self) -> list[int]:
        """The partitions that this worker may be asked about, in order."""
        return [partition for partition in sorted(self._owned) if self.is_ready(partition)]

    def all_ready(self) -> bool:
        """True if an assignment has been made, it holds, and all of it is ready."""
        ready = all(self.is_ready(partition) for partition in self._owned)
        return self._settled and self._lease.holds and ready

    def behind(self) -> int:
        """Records that stand between the stores and readiness."""
        return sum(self._missing(partition) for partition in self._targets)

    def target(self, partition: int, topic: str) -> int:
        """The offset that the partition's store must reach in a topic; 0 if none is known."""
        return self._targets.get(partition, {}).get(topic, 0)

    async def _ends_of(self, own: list[TP], assignment: int) -> Mapping[TP, int]:
        while own and assignment == self._assignment:
            try:
                return await self._ends(own)
            except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready yet
                log.warning("ends_of_topics_not_known", error=type(error).__name__)
                await asyncio.sleep(PAUSE_BEFORE_ASKING_AGAIN)
        return {}

    def _missing(self, partition: int) -> int:
        store = self._store.get(partition)
        if store is None:
            return sum(self._targets[partition].values())
        return sum(
            max(0, end - self._reached(topic, partition, store.next_offset(topic)))
            for topic, end in self._targets[partition].items()
        )
