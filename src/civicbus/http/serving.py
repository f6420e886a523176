"""An HTTP server on the caller's own event loop, which keeps its signals to itself."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

from civicbus.http.protocol import BoundedProtocol

KEEP_ALIVE_SECONDS = 15
LAST_ANSWERS_SECONDS = 5
BACKLOG = 1_024


class _Server(uvicorn.Server):
    """Uvicorn, without its handlers for signals: the worker decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: ASGIApp, host: str, port: int) -> None:
    """Serve until cancelled; questions under way are still answered, for at most 5 seconds.

    Raises:
        OSError: if the address cannot be had.
    """
    async with serving(app, host, port):
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int) -> AsyncIterator[int]:
    """Serve inside the `async with`, which is given the port; port 0 picks a free one.

    Raises:
        OSError: if the address cannot be had.
    """
    # Bound here: uvicorn would end the process if the address is taken.
    listener = _listener(host, port)
    server = _Server(_configuration(app))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if running.done():
                running.result()
                raise OSError(f"the HTTP server on {host} ended before it had started")
            await asyncio.sleep(0.01)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running


def _configuration(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        lifespan="off",
        loop="none",
        http=BoundedProtocol,
        ws="none",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )


def _listener(host: str, port: int) -> socket.socket:
    listener = None
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # With the protocol named asyncio turns Nagle's algorithm off; else an answer waits 40 ms.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        reason = error.strerror or type(error).__name__
        raise OSError(
            error.errno, f"cannot serve on {host} port {port}: {reason}; choose another address"
        ) from None
    listener.settimeout(0)
    return listener
