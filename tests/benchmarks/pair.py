"""One of two workers of a group that share the partitions, in a process of its own.

`python -m tests.benchmarks.pair BROKER TOPIC FOLDER GROUP`. Whoever joins first has everything for
a moment, so the time runs from when this worker has its half to when all of that half is stored. It
says a line then, waits for the shot that ends it, since leaving earlier would give the other one
its half, and prints one JSON object: events, begun and ended (seconds since 1970).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.contenders import LOOKS_EVERY, node_of, stored_in


def main() -> None:
    broker, topic, folder, group = sys.argv[1:]
    node = node_of(broker, Path(folder), "native", group)
    half = node.settings.partitions // 2

    def has_its_half() -> bool:
        owned = node.ownership.owned
        return len(owned) == half and all(node.ownership.target(one, topic) for one in owned)

    @node.app.task  # type: ignore[untyped-decorator]  # Faust gives it no type
    async def watch() -> None:
        await until(has_its_half)
        owned, begun = node.ownership.owned, time.time()
        before = stored_in(node, topic, owned)
        await until(node.ready)
        ended = time.time()
        events = stored_in(node, topic, owned) - before
        print("stored", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        assert node.ownership.owned == owned, "the partitions moved while it was measured"
        print(json.dumps({"events": events, "begun": begun, "ended": ended}), flush=True)
        os._exit(0)

    node.run()


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - nobody tells; it is asked
        await asyncio.sleep(LOOKS_EVERY)


if __name__ == "__main__":
    main()
