"""The operators' pages on Faust's web site: `/`, and the same as `/status.json`.

Nothing else of Faust's own is served. The page needs no script and nothing from elsewhere: one
style sheet beside it, and a refresh that can be paused.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import faust
from aiohttp import web as aiohttp_web
from faust.web.base import BlueprintManager, Request, Response
from faust.web.drivers.aiohttp import Web as AiohttpWeb
from faust.web.views import View
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from civicbus.domain.authority import Authorities
from civicbus.status import words
from civicbus.status.building import Snapshot, build
from civicbus.status.overview import Overview

TEMPLATES = Path(__file__).parent / "templates"
REFRESH_SECONDS = 10

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Snapshots = Callable[[], Awaitable[Sequence[Snapshot]]]


def utc_now() -> datetime:
    """The moment, by this machine's clock."""
    return datetime.now(UTC)


def mount(
    app: faust.App,
    snapshots: Snapshots,
    authorities: Authorities,
    *,
    now: Callable[[], datetime] = utc_now,
) -> None:
    """Serve the pages on an app's web site, in place of all that Faust serves by itself.

    `snapshots` gives the accounts of all workers of the group, as `status.building` reads them.
    The number of partitions is the app's.
    """
    web = app.web
    assert isinstance(web, AiohttpWeb)
    web.blueprints = BlueprintManager()  # Faust's index, tables, router, graph, metrics
    web.web_app.on_response_prepare.append(_mark)

    async def overview() -> Overview:
        return build(await snapshots(), authorities, app.conf.topic_partitions, now())

    @app.page("/", name="status")
    async def status(view: View, request: Request) -> Response:
        refresh = request.query.get("refresh") != "off"
        return view.html(render(await overview(), app.conf.id, refresh=refresh))

    @app.page("/status.json", name="status_json")
    async def status_json(view: View, _: Request) -> Response:
        text = json.dumps((await overview()).to_json(), ensure_ascii=False, indent=1)
        return view.text(text, content_type="application/json")

    @app.page("/status.css", name="status_css")
    async def status_css(view: View, _: Request) -> Response:
        return view.text(style(), content_type="text/css")


def render(overview: Overview, group: str, *, refresh: bool) -> str:
    """The page as HTML."""
    template = _environment().get_template("status.html")
    seconds = REFRESH_SECONDS if refresh else None
    return template.render(overview=overview, group=group, refresh_seconds=seconds, words=words)


@cache
def style() -> str:
    """The style sheet."""
    return (TEMPLATES / "status.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def _mark(_: aiohttp_web.Request, response: aiohttp_web.StreamResponse) -> None:
    """Headers on every response, errors included; the server's version is nobody's business."""
    response.headers.update(HEADERS)
    response.headers["Server"] = "civicbus"
