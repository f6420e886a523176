"""`civicbus worker`: index, answer, show the status. The one place where all parts are joined."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civicbus.cli.logs import configure_logs
from civicbus.cli.progress import progress_bar

if TYPE_CHECKING:
    from civicbus.engine.node import Node
    from civicbus.settings import Settings

FIRST_LOOK_AFTER = 1.0  # seconds; the usual start has nothing to show
LOOKS_EVERY = 0.5
TOLD_EVERY = 10.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("worker")(worker)


def worker(
    api_port: Annotated[
        int | None, typer.Option(help="Port of the proof API (CIVICBUS_API_PORT).")
    ] = None,
    status_port: Annotated[
        int | None, typer.Option(help="Port of the status page (CIVICBUS_STATUS_PORT).")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of this worker's stores (CIVICBUS_DATA).")
    ] = None,
) -> None:
    """Index events, answer proofs over HTTP, show the status page, until it is stopped.

    Needs a broker (CIVICBUS_BROKER) on which `civicbus topics create` has run. Workers of one
    group share the partitions; each needs its own ports and its own data folder.
    """
    from civicbus.broker.connection import BrokerError
    from civicbus.settings import ConfigurationError, load_settings
    from civicbus.wire.schemas import SchemaError

    given = {"api_port": api_port, "status_port": status_port, "data": data}
    try:
        settings = load_settings(**{name: value for name, value in given.items() if value})
        configure_logs()
        partitions = asyncio.run(_agreed_partitions(settings))
        _run(settings, partitions)
    except (BrokerError, ConfigurationError, SchemaError, OSError) as error:
        typer.echo(f"civicbus worker: {error}", err=True)
        raise typer.Exit(1) from None


async def _agreed_partitions(settings: Settings) -> int:
    """The number of partitions that all topics have.

    Raises:
        BrokerError: if the broker cannot be reached, or the topics are not as they must be.
    """
    from civicbus.broker.connection import BrokerError
    from civicbus.broker.topics import list_topics
    from civicbus.wire.topics import ALL_TOPICS

    found = await list_topics(settings)
    if missing := [topic for topic in ALL_TOPICS if topic not in found]:
        raise BrokerError(f"missing topics: {', '.join(missing)}; run `civicbus topics create`")
    if len(set(found.values())) > 1:
        counts = ", ".join(f"{topic} has {number}" for topic, number in sorted(found.items()))
        raise BrokerError(f"all topics need the same number of partitions, but {counts}")
    return found[ALL_TOPICS[0]]


def _run(settings: Settings, partitions: int) -> None:
    from civicbus.api.app import create_app
    from civicbus.api.registry import registry_router
    from civicbus.cli.guarding import configured_guard
    from civicbus.engine.node import Node
    from civicbus.http.serving import serve
    from civicbus.registers.systems import authorities, read_systems
    from civicbus.status.pages import mount
    from civicbus.wire.registry_client import configured_catalogue

    systems = read_systems(settings.connectors)
    declared = authorities(systems)
    catalogue = configured_catalogue(settings.registry)
    guard = configured_guard(settings, catalogue, systems)
    node = Node(settings, partitions, catalogue, guard, lambda: declared)
    api = create_app(
        dossiers=node.dossiers,
        sweeps=node.sweeps,
        health=node,
        authorities=lambda: declared,
        settings=settings,
        extra_routers=[node.router, registry_router(catalogue)],
    )
    mount(node.app, node.workers, declared)

    async def beside() -> None:
        showing = asyncio.create_task(_show_rebuilding(node))
        try:
            await serve(api, settings.api_host, settings.api_port)
        finally:
            showing.cancel()

    node.run(beside)


async def _show_rebuilding(node: Node) -> None:
    """While the stores catch up: a bar with an estimate where somebody watches, else a line."""
    import structlog

    log = structlog.get_logger()
    while True:
        await asyncio.sleep(FIRST_LOOK_AFTER)
        left = total = node.ownership.behind()
        if not left:
            continue
        with progress_bar("records", paced=True) as progress:
            task = progress.add_task("rebuilding", total=total, count=0, rate=0)
            told_at = 0.0
            while left := node.ownership.behind():
                total = max(total, left)
                read, rate = total - left, node.pace.per_second or 0
                progress.update(task, total=total, completed=read, count=read, rate=rate)
                if progress.disable and time.monotonic() - told_at > TOLD_EVERY:
                    told_at = time.monotonic()
                    log.info("rebuilding", **node.pace.told())
                await asyncio.sleep(LOOKS_EVERY)
        log.info("caught_up", records=total)
