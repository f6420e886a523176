"""A node: everything that one worker process needs of the engine, put together in one place."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import faust
import structlog
from fastapi import APIRouter
from faust.types import TP

from civicbus.collector import calm_collector
from civicbus.domain.authority import Authorities
from civicbus.engine.app import BusApp, add_agent, faust_app
from civicbus.engine.beside import Beside, Call, Repeated
from civicbus.engine.indexer import Indexer
from civicbus.engine.judging import Judges, Judging
from civicbus.engine.lanes import Lanes
from civicbus.engine.ownership import Ownership
from civicbus.engine.pace import Pace
from civicbus.engine.peer_routes import (
    digest_route,
    dossier_route,
    owners_route,
    snapshot_route,
    sweep_route,
)
from civicbus.engine.peers import PeerError, Peers, Signer, peer_router
from civicbus.engine.probe import Place, Probe
from civicbus.engine.quarantine import Quarantine
from civicbus.engine.receipts import LOOK_EVERY, Receipts
from civicbus.engine.replica import Digests, Outcome, Replica
from civicbus.engine.routing import RoutedDossiers
from civicbus.engine.snapshot import Snapshots
from civicbus.engine.store import DossierStore
from civicbus.engine.sweep_own import OwnSweep
from civicbus.engine.sweeps import Sweeps
from civicbus.engine.tails import Tails
from civicbus.engine.watchdog import Watchdog
from civicbus.settings import Settings
from civicbus.wire.codec import Codec
from civicbus.wire.likeness import Likenesses
from civicbus.wire.schemas import Catalogue
from civicbus.wire.topics import PERSON_TOPICS

log = structlog.get_logger()

ROUTED_BY = next(iter(PERSON_TOPICS))  # all person topics are assigned alike; one is enough


# Faust's consumer thread and the agent take turns. Whoever comes back from native code waits this
# long for the other, by default 5 ms: with 0.2 ms a worker stored a fifth more (CHANGELOG).
SWITCH_INTERVAL = 0.0002  # seconds

PACE_EVERY = 1.0  # seconds


async def _nothing() -> None:
    """Nothing runs beside the engine."""


class Node:
    """The engine of one worker: its app, its stores, and where it finds dossiers.

    Sweeps are proved where the dossiers are, so by the `authorities` that are declared here; with
    none, nothing follows from silence.
    """

    def __init__(
        self,
        settings: Settings,
        partitions: int,
        catalogue: Catalogue,
        guard: Judges,
        authorities: Callable[[], Authorities] = Authorities,
    ) -> None:
        self.settings = settings
        self.store = DossierStore(settings.data / "dossiers", settings.store_memory)
        self.app: BusApp = faust_app(settings, partitions, _folder(settings.data / "faust"))
        self.app.next_offset = self._next_offset
        self.pace = Pace()
        self._quarantine = Quarantine(settings)
        self._probe = Probe(settings)
        self._receipts = Receipts(settings, self.app.conf.id, partitions, self._probe.ends)
        self._tails = Tails(self._probe.is_empty)
        self.ownership = Ownership(self.store, self._ends, self.app.lease, self._tails.reached)
        self._watchdog = Watchdog(
            settings.stall_timeout,
            self._stored,
            self._probe.ends,
            self._tails.holds_records,
            self.app.crash,
        )
        signer = Signer(settings.secret_bytes())
        self._peers = Peers(signer)
        self._own_url = settings.advertised()
        codec = Codec(catalogue)
        self.dossiers = RoutedDossiers(
            self.store,
            self.ownership,
            self._peers,
            codec,
            own_url=self._own_url,
            owner_of=self.owner_of,
            partitions=partitions,
        )
        self.snapshots = Snapshots(
            self._own_url, self.store, self.ownership, self._end_of, self.pace, self._compared,
            lambda: self._receipts.found,
        )  # fmt: skip
        likenesses = Likenesses(catalogue) if settings.guard == "native" else None
        sweep_own = OwnSweep(self.dossiers, codec, authorities, likenesses).answer
        self.sweeps = Sweeps(self.dossiers, sweep_own, self._peers)
        digests = Digests(self.store, self.ownership)
        self.replica = self._replica_of(digests)
        routes = (
            dossier_route(self.dossiers),
            sweep_route(sweep_own, settings.secret_bytes()),
            snapshot_route(self.snapshots.take),
            owners_route(self.owners),
            digest_route(digests),
        )
        self.router: APIRouter = peer_router(signer, routes)
        self._judging = Judging(guard, settings.judges)
        self.app.ahead = self._judging.ahead
        indexer = Indexer(
            self.store,
            self._judging,
            self._quarantine,
            self._seek,
            self._probe.first_at,
            self.app.crash,
        )
        self._lanes = Lanes(indexer.take, self._pause, self._go_on, self.app.crash)
        add_agent(self.app, self._lanes.take)
        self._tasks: set[asyncio.Task[None]] = set()
        self.app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        self.app.on_partitions_revoked.connect(self._on_revoked, weak=False)

    def run(self, serve: Call = _nothing) -> None:
        """Work until a signal or a failure ends it; `serve` runs beside, such as the API's server.

        Raises:
            SystemExit: with 0 after SIGINT or SIGTERM, else not zero.
        """
        worker = faust.Worker(
            self.app,
            Beside(self._quarantine, serve, self._close, self._repeated()),
            override_logging=False,
            redirect_stdouts=False,
            quiet=True,
            loglevel="WARN",
        )
        worker.spinner = None
        sys.setswitchinterval(SWITCH_INTERVAL)
        calm_collector()
        worker.execute_from_commandline()

    def ready(self) -> bool:
        """True if all that is assigned here has caught up."""
        return not self.app.rebalancing and self.ownership.all_ready()

    def detail(self) -> dict[str, Any]:
        """What `/readyz` shows: each partition, records still to be read, and for how long."""
        return {
            "partitions": {
                str(partition): self.ownership.is_ready(partition)
                for partition in sorted(self.ownership.owned)
            },
            "behind": self.ownership.behind(),
            "seconds_left": self.pace.seconds_left,
        }

    def owner_of(self, partition: int) -> str | None:
        """The address of the worker that owns a partition, as the group last agreed."""
        return next((url for url, owned in self._shares() if partition in owned), None)

    def owners(self) -> dict[int, str]:
        """The addresses of the workers by the partitions that they own."""
        return {partition: url for url, owned in self._shares() for partition in owned}

    def _shares(self) -> Iterator[tuple[str, Collection[int]]]:
        """Each worker's address, and the partitions that it owns."""
        for url, topics in self.app.router.external_topics_metadata().items():
            yield str(url).rstrip("/"), topics.get(ROUTED_BY, ())

    async def workers(self) -> list[dict[str, Any]]:
        """The accounts of all workers of the group; of a silent one only its address."""
        urls = {url for url, _ in self._shares()}
        others = sorted(urls - {self._own_url})
        found = await asyncio.gather(*(self._account(url) for url in others))
        return [self.snapshots.take(), *found]

    def _repeated(self) -> list[Repeated]:
        repeated = [
            Repeated(PACE_EVERY, self._measure),
            Repeated(self._watchdog.pause, self._watchdog.look),
            Repeated(LOOK_EVERY, self._receipts.look),
        ]
        if self.replica is not None:
            repeated.append(Repeated(self.settings.replica_interval, self.replica.compare))
        return repeated

    async def _measure(self) -> None:
        self.pace.look(self.ownership.behind())
        await self._tails.look(self._lacking())

    def _lacking(self) -> Mapping[Place, tuple[int, int]]:
        """Where stores have not reached the end: the offset to read next, and the end."""
        stored = self._stored()
        ends = {
            (topic, partition): max(
                self.ownership.target(partition, topic),
                self._watchdog.ends.get((topic, partition), 0),
            )
            for topic, partition in stored
        }
        return {place: (at, ends[place]) for place, at in stored.items() if at < ends[place]}

    def _replica_of(self, digests: Digests) -> Replica | None:
        if self.settings.replica is None:
            return None
        return Replica(self.settings.replica, self._peers, digests, self.ownership.ready)

    async def _account(self, url: str) -> dict[str, Any]:
        try:
            return await self._peers.snapshot(url)
        except PeerError as error:
            return {"worker": url, "silent": str(error)}

    async def _on_assigned(self, *sent: Any, **_: object) -> None:
        _app, assigned = sent
        # In a task of its own: it asks the broker, and the rebalance must not wait for that.
        task = asyncio.ensure_future(self.ownership.assign(frozenset(assigned)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _on_revoked(self, *_: object, **__: object) -> None:
        self.ownership.revoke()
        await self._lanes.stop()

    def _next_offset(self, topic: str, partition: int) -> int:
        return self.store.open(partition).next_offset(topic)

    def _compared(self) -> Iterable[Outcome]:
        return () if self.replica is None else self.replica.outcomes.values()

    def _stored(self) -> Mapping[Place, int]:
        """How far each topic of each partition that is ours has been read."""
        return {
            (topic, partition): self._tails.reached(topic, partition, store.next_offset(topic))
            for partition in self.ownership.owned
            if (store := self.store.get(partition)) is not None
            for topic in PERSON_TOPICS
        }

    async def _seek(self, topic: str, partition: int, offset: int) -> None:
        if TP(topic, partition) in self.app.consumer.assignment():
            await self.app.consumer.seek_wait({TP(topic, partition): offset})

    def _pause(self, topic: str, partition: int) -> None:
        self.app.consumer.pause_partitions({TP(topic, partition)})

    async def _go_on(self, topic: str, partition: int) -> None:
        if self.store.get(partition) is not None:  # else it has been revoked
            await self._seek(topic, partition, self._next_offset(topic, partition))
            self.app.consumer.resume_partitions({TP(topic, partition)})

    async def _ends(self, tps: Iterable[TP]) -> Mapping[TP, int]:
        ends = await self._probe.ends((tp.topic, tp.partition) for tp in tps)
        return {TP(*place): end for place, end in ends.items()}

    def _end_of(self, topic: str, partition: int) -> int:
        end = self.app.monitor.tp_end_offsets.get(TP(topic, partition))
        return 0 if end is None else end

    async def _close(self) -> None:
        await self._lanes.stop()
        self._judging.stop()
        await self._probe.close()
        await self._peers.close()
        self.store.close_all()


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
