"""Three brokers, and a way to them for workers that can be cut for one of them alone.

Every broker has two addresses. Brokers and sources use the direct one. Workers are told the other,
where a link stands between: while it is cut, connections stay open and nothing passes.
"""

from __future__ import annotations

import asyncio
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civicbus.broker.apache import HOST, ApacheKafka, free_port

BROKERS = 3
CHUNK = 64 * 1024
STARTS_WITHIN = 60.0

PROPERTIES = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://{host}:{direct},LINKED://{host}:{linked},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{direct},LINKED://{host}:{link}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,LINKED:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/log
auto.create.topics.enable=false
offsets.topic.replication.factor=3
offsets.topic.num.partitions=8
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
"""


class Link:
    """Understands the way from workers to one broker."""

    def __init__(self, loop: asyncio.AbstractEventLoop, port: int, to: int) -> None:
        self._loop = loop
        self._to = to
        self._passes = asyncio.Event()
        self._passes.set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._server = self._soon(asyncio.start_server(self._carry, HOST, port))

    def cut(self) -> None:
        """From now on nothing passes, in either direction."""
        self._loop.call_soon_threadsafe(self._passes.clear)

    def mend(self) -> None:
        """What waited passes, and everything after it."""
        self._loop.call_soon_threadsafe(self._passes.set)

    def close(self) -> None:
        """Nobody is connected any more."""

        async def end() -> None:
            self._server.close()
            self._passes.set()
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

        self._soon(end())

    def _soon(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(STARTS_WITHIN)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        writers = [writer]
        with suppress(OSError, asyncio.CancelledError):
            there, back = await asyncio.open_connection(HOST, self._to)
            writers.append(back)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(reader, back))
                both.create_task(self._pass_on(there, writer))
        for one in writers:
            one.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


class Node(ApacheKafka):
    """One broker of several."""

    def __init__(self, folder: Path, cluster: str, properties: dict[str, Any]) -> None:
        super().__init__(folder, properties["direct"])
        self._cluster = cluster
        self._settings = properties

    def _configure(self, port: int) -> None:
        assert port == self._settings["direct"]
        self.folder.mkdir(parents=True, exist_ok=True)
        text = PROPERTIES.format(host=HOST, folder=self.folder, **self._settings)
        self._properties.write_text(text, encoding="utf-8")

    def _cluster_id(self) -> str:
        return self._cluster


@dataclass(frozen=True)
class Cluster:
    """Three brokers that run: the addresses for sources and for workers, and the links."""

    direct: str
    linked: str
    links: dict[int, Link]


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Three brokers while the block runs."""
    ports = {
        node: {name: free_port() for name in ("direct", "linked", "link", "controller")}
        for node in range(1, BROKERS + 1)
    }
    voters = ",".join(f"{node}@{HOST}:{own['controller']}" for node, own in ports.items())
    cluster_id = urlsafe_b64encode(b"three brokers...").decode().rstrip("=")
    nodes = [
        Node(folder / f"kafka-{node}", cluster_id, {"node": node, "voters": voters, **own})
        for node, own in ports.items()
    ]
    with _loop() as loop, ThreadPoolExecutor(BROKERS) as threads:
        links = {node: Link(loop, own["link"], own["linked"]) for node, own in ports.items()}
        try:
            list(threads.map(Node.start, nodes))
            yield Cluster(
                ",".join(f"{HOST}:{own['direct']}" for own in ports.values()),
                ",".join(f"{HOST}:{own['link']}" for own in ports.values()),
                links,
            )
        finally:
            for link in links.values():
                link.close()
            for node in nodes:
                node.kill()


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
