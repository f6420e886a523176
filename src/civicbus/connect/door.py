"""The door of a running connector: an HTTP server that says how it fares, and takes what is sent.

`/healthz` answers while the process lives; `/readyz` 200 while batches go well and the broker
answers, else 503 with the reason; `/metrics` are the figures of `meter`. Where the declaration says
`[input.push]` or `[input.dci]`, that way in is served here too. The door stands open as long as the
process lives, also while the runner waits to try again: whoever sends then is told so (503).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from civicbus.broker.connection import BrokerError, check_reachable
from civicbus.connect.connector import Connector
from civicbus.connect.inputs import dci, push
from civicbus.connect.inputs.intake import Intake
from civicbus.connect.inputs.requests import RETRY_AFTER, check_safe
from civicbus.connect.meter import Meter
from civicbus.http.gate import Gate
from civicbus.http.problems import unrouted
from civicbus.http.serving import serving
from civicbus.registers.inputs import DciInput, PushInput
from civicbus.settings import ConfigurationError, Settings

BROKER_ASKED_EVERY = 5.0  # seconds
ADDRESSES = (
    "there are /healthz, /readyz and /metrics; events are sent to "
    f"{push.PATH} or {dci.PATH}, as the connector declares"
)


@dataclass(frozen=True, slots=True)
class Door:
    """Where a connector answers (`None`: nowhere), and what waits there for its runner.

    `intake` is there for ways in over HTTP alone; `inputs.opening` takes it.
    """

    port: int | None = None
    intake: Intake | None = None


@asynccontextmanager
async def door(settings: Settings, connector: Connector, meter: Meter) -> AsyncIterator[Door]:
    """A connector's door, open inside the `async with`; around the runner's whole life.

    Without `connector_port` nothing is served, which only a way in over HTTP cannot do with.

    Raises:
        ConfigurationError: if the port or the token is missing where one is needed.
        OSError: if the address cannot be had.
    """
    live = connector.system.live
    intake = None
    if isinstance(live, PushInput | DciInput):
        check_safe(settings, connector.system.source)
        intake = intake_of(settings, connector)
    async with AsyncExitStack() as stack:
        port = None
        if settings.connector_port is not None:
            app = door_app(settings, connector, meter, intake)
            serves = serving(app, settings.connector_host, settings.connector_port)
            port = await stack.enter_async_context(serves)
        yield Door(port, intake)


def intake_of(settings: Settings, connector: Connector) -> Intake:
    """Where what is sent to a connector waits; the file that remembers it is named after it."""
    file = settings.data / "connectors" / f"{connector.system.source}.received.sqlite"
    return Intake(file, settings.secret_bytes())


def door_app(settings: Settings, connector: Connector, meter: Meter, intake: Intake | None) -> Gate:
    """What the door serves, as an ASGI application."""
    health = _Health(settings, meter)
    routes = [
        Route("/healthz", _alive, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
    ]
    if intake is not None:
        route = push.push_route if isinstance(connector.system.live, PushInput) else dci.dci_route
        routes.append(route(connector, settings, intake, meter.requested))
    app = Starlette(routes=routes, exception_handlers={HTTPException: _unrouted})
    app.router.redirect_slashes = False
    return Gate(app)


class _Health:
    """Understands whether the connector is at work."""

    def __init__(self, settings: Settings, meter: Meter) -> None:
        self._settings = settings
        self._meter = meter
        self._asked_at = -BROKER_ASKED_EVERY
        self._broker: str | None = None

    async def ready(self, _: Request) -> Response:
        """Whether batches go well and the broker answers; else why not."""
        reason = self._meter.trouble() or await self._broker_trouble()
        if reason is None:
            return JSONResponse({"ready": True})
        return JSONResponse({"ready": False, "reason": reason}, 503, RETRY_AFTER)

    async def metrics(self, _: Request) -> Response:
        """The figures."""
        return Response(self._meter.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _broker_trouble(self) -> str | None:
        """Why the broker cannot be reached; asked every few seconds at the most."""
        if time.monotonic() - self._asked_at >= BROKER_ASKED_EVERY:
            self._asked_at = time.monotonic()
            try:
                await check_reachable(self._settings)
                self._broker = None
            except (BrokerError, ConfigurationError) as error:
                self._broker = str(error)
        return self._broker


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


async def _unrouted(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return unrouted(error, ADDRESSES)
