"""`civicbus load`: a register's first load, tens of millions of events."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civicbus.cli.delivering import (
    ConnectorArgument,
    failures_of_delivery,
    instant_of,
    opened,
    print_delivery,
    settings_and_connector,
)

if TYPE_CHECKING:
    from civicbus.connect.connector import Connector
    from civicbus.connect.deliver import Delivery
    from civicbus.settings import Settings

OPTION = "--complete-through"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("load")(load)


def load(
    connector: ConnectorArgument,
    input_: Annotated[
        Path,
        typer.Option("--input", help="The whole register.", exists=True, dir_okay=False),
    ],
    complete_through: Annotated[
        str,
        typer.Option(
            help="A time before the register was written to the file: up to then the file is "
            "complete."
        ),
    ],
    processes: Annotated[
        int,
        typer.Option(min=1, max=256, help="Map in so many processes; one for each core to spare."),
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Publish a whole register for the first time, then say how far it is complete.

    Note the time, export the register, load the file with that time, and go on from there:

      civicbus load FOLDER --input register.csv --complete-through 2026-03-01T02:00:00Z

      civicbus connect FOLDER --input changes.csv --since 2026-03-01T02:00:00Z

    What was registered during the export may stand in both files; it counts once. Until the load
    has come to its end the source has said nothing, so no answer rests on it, and --since is
    refused. A load that was interrupted is started again with the same file; what stands on the bus
    already is published once more and counts once. Exit codes as for `civicbus connect`.
    """
    started = datetime.now(UTC)
    position = instant_of(complete_through, started, OPTION)
    with failures_of_delivery():
        settings, loaded = settings_and_connector(connector)
        delivery, through = asyncio.run(
            _load(settings, loaded, input_, started, position, processes)
        )
    print_delivery(loaded.system.source, delivery, through, as_json=as_json)


async def _load(
    settings: Settings,
    connector: Connector,
    path: Path,
    now: datetime,
    position: datetime,
    processes: int,
) -> tuple[Delivery, datetime]:
    from civicbus.connect import position as positions
    from civicbus.connect.publisher import Publisher

    async with Publisher(settings, connector.system) as publisher:
        with opened(path, connector.system.source) as (file, progress):
            delivery = await positions.load(
                connector, file, str(path), publisher, now, position, progress, processes
            )
        return delivery, publisher.complete_through
