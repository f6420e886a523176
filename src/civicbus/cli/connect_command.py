"""`civicbus connect`: publish what a department's file holds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civicbus.cli.delivering import (
    ConnectorArgument,
    failures_of_delivery,
    opened,
    print_delivery,
    settings_and_connector,
    time_of,
)

if TYPE_CHECKING:
    from civicbus.connect.connector import Connector
    from civicbus.connect.deliver import Delivery
    from civicbus.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("connect")(connect)


def connect(
    connector: ConnectorArgument,
    input_: Annotated[
        Path,
        typer.Option("--input", help="The department's file.", exists=True, dir_okay=False),
    ],
    since: Annotated[
        str | None,
        typer.Option(
            help="The file holds whatever was registered from this time on. Refused if the bus has "
            "less than all before it."
        ),
    ] = None,
    complete_through: Annotated[
        str | None,
        typer.Option(help="The register is complete up to this time or day. Default: now."),
    ] = None,
    recount: Annotated[
        bool,
        typer.Option(
            "--recount",
            help="Count what the topics hold of this source from their beginning. For a source "
            "that stays gapped after a record of its was dismissed.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Map a file through a connector and publish its events, then the source's watermark.

    Needs a broker (CIVICBUS_BROKER) on which `civicbus topics create` has run. A row that cannot be
    mapped is refused, and told with its line; the others go through. The same file published again
    changes nothing. After `civicbus load`, and after each run, go on with --since and the time that
    it says the register was complete through: so nothing can be missing between. Exit code 0 when
    all that could be mapped was published, 1 if it was not.
    """
    started = datetime.now(UTC)
    through = time_of(complete_through, started, "--complete-through")
    after = None if since is None else time_of(since, started, "--since")
    with failures_of_delivery():
        settings, loaded = settings_and_connector(connector)
        delivery = asyncio.run(
            _publish(settings, loaded, input_, started, after, through, recount=recount)
        )
    print_delivery(loaded.system.source, delivery, through, as_json=as_json)


async def _publish(
    settings: Settings,
    connector: Connector,
    path: Path,
    now: datetime,
    since: datetime | None,
    through: datetime,
    *,
    recount: bool,
) -> Delivery:
    from civicbus.connect.deliver import deliver
    from civicbus.connect.position import check_follows
    from civicbus.connect.publisher import Publisher

    async with Publisher(settings, connector.system, recount_all=recount) as publisher:
        if since is not None:
            check_follows(publisher, since)
        with opened(path, connector.system.source) as (file, progress):
            delivery = await deliver(connector, file, str(path), publisher, now, progress)
        await publisher.watermark(through)
    return delivery
