"""An API served in another thread, for commands that reach it over a real connection."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

from starlette.types import ASGIApp

from civicbus.http.serving import serving

HOST = "127.0.0.1"


def served(app: ASGIApp) -> Iterator[str]:
    """The address of a worker's API in another thread."""
    started, stop, ports = threading.Event(), threading.Event(), []

    async def run() -> None:
        async with serving(app, HOST, 0) as port:
            ports.append(port)
            started.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert started.wait(10)
        yield f"http://{HOST}:{ports[0]}"
    finally:
        stop.set()
        thread.join()
