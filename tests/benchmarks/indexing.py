"""A worker of the benchmarks, in a process of its own.

`python -m tests.benchmarks.indexing BROKER FOLDER GROUP` reads whatever the topics hold into the
stores of its folder, from where these stand, with the native guard. When there is no more it prints
one JSON object, with seconds from the first record that it stored to the last.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from civicbus.broker.apache import free_port
from civicbus.engine.node import Node
from civicbus.engine.topic_state import TopicState
from civicbus.settings import load_settings
from civicbus.wire.guard import Guard
from civicbus.wire.schemas import load_catalogue
from civicbus.wire.topics import PERSON_TOPICS
from tests.benchmarks.publishing import PUBLISHERS

LOOKS_EVERY = 0.1  # seconds


def states(node: Node) -> list[TopicState]:
    """What the worker's stores know of each topic."""
    return [
        node.store.open(partition).state(family.number)
        for partition in node.store.partitions()
        for family in PERSON_TOPICS.values()
    ]


def account(node: Node) -> dict[str, int]:
    """What became of all records; it must add up, with nothing missing and nothing refused."""
    found = states(node)
    for state in found:
        state.check()
    assert not any(state.quarantined for state in found)
    assert not any(source.missing for state in found for source in state.sources.values())
    return {
        "stored": sum(state.stored for state in found),
        "duplicates": sum(state.duplicates for state in found),
        "watermarks": sum(state.watermarks for state in found),
    }


def main() -> None:
    broker, folder, group = sys.argv[1:]
    settings = load_settings(
        broker=broker, data=Path(folder), group=group, status_port=free_port(), session_timeout=30
    )
    catalogue = load_catalogue()
    guard = Guard(catalogue, PUBLISHERS, settings.environment, "native")
    node = Node(settings, settings.partitions, catalogue, guard)

    @node.app.task  # type: ignore[untyped-decorator]  # Faust gives it no type
    async def watch() -> None:
        report(await indexed(node))

    node.run()


async def indexed(node: Node) -> dict[str, Any]:
    """Wait until everything is stored; what that took, of this process."""
    while not node.store.partitions():  # noqa: ASYNC110 - nobody tells; it is asked
        await asyncio.sleep(LOOKS_EVERY)
    before = stored = sum(state.stored for state in states(node))
    times = [(0.0, 0.0)]  # if there is nothing to store, nothing is taken
    while not node.ready():
        await asyncio.sleep(LOOKS_EVERY)
        now = sum(state.stored for state in states(node))
        if now > stored:
            stored = now
            times.append((time.perf_counter(), time.process_time()))
    return {
        **account(node),
        "indexed": stored - before,
        "seconds": times[-1][0] - times[:2][-1][0],
        "processor": times[-1][1] - times[:2][-1][1],
        "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def report(found: dict[str, Any]) -> None:
    """Print the result and leave at once; what was measured is over."""
    print(json.dumps(found), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
