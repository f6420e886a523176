"""`civicbus connect`: publish what a department's file holds."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civicbus.cli.printing import plain

if TYPE_CHECKING:
    from civicbus.connect.connector import Connector
    from civicbus.connect.deliver import Delivery
    from civicbus.settings import Settings

REFUSED_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("connect")(connect)


def connect(
    connector: Annotated[
        str, typer.Argument(help="A connector: its folder, or its name under the connectors.")
    ],
    input_: Annotated[
        Path,
        typer.Option("--input", help="The department's file.", exists=True, dir_okay=False),
    ],
    complete_through: Annotated[
        str | None,
        typer.Option(help="The register is complete up to this time or day. Default: now."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Map a file through a connector and publish its events, then the source's watermark.

    Needs a broker (CIVICBUS_BROKER) on which `civicbus topics create` has run. A row that cannot be
    mapped is refused, and told with its line; the others go through. The same file published again
    changes nothing. Exit code 0 when all that could be mapped was published, 1 if it was not.
    """
    started = datetime.now(UTC)
    through = _complete_through(complete_through, started)
    from civicbus.broker.connection import BrokerError
    from civicbus.cli.failures import failures_told
    from civicbus.connect.connector import find_connector, load_connector
    from civicbus.connect.kafka import PublishError
    from civicbus.connect.recount import CutLogError
    from civicbus.connect.rows import UnreadableFileError
    from civicbus.settings import load_settings
    from civicbus.wire.schemas import SchemaError

    # What the client's own lines would say is told below, with its remedy.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with failures_told(BrokerError, PublishError, CutLogError, SchemaError, UnreadableFileError):
        settings = load_settings()
        loaded = load_connector(find_connector(connector, settings.connectors))
        delivery = asyncio.run(_publish(settings, loaded, input_, started, through))
    _print(loaded, delivery, through, as_json=as_json)


def _complete_through(text: str | None, now: datetime) -> datetime:
    from civicbus.api.moments import InvalidTimeError, asked_times

    try:
        return asked_times(None, text, now)[1]
    except InvalidTimeError as error:
        raise typer.BadParameter(error.rule, param_hint="--complete-through") from None


async def _publish(
    settings: Settings, connector: Connector, path: Path, now: datetime, through: datetime
) -> Delivery:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    from civicbus.connect.deliver import deliver
    from civicbus.connect.publisher import Publisher

    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[events]:,} events"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    async with Publisher(settings, connector.system) as publisher:
        with path.open("rb") as file, progress:
            task = progress.add_task(
                connector.system.source, total=max(1, os.fstat(file.fileno()).st_size), events=0
            )
            delivery = await deliver(
                connector,
                file,
                str(path),
                publisher,
                now,
                lambda events: progress.update(task, completed=file.tell(), events=events),
            )
        await publisher.watermark(through)
    return delivery


def _print(connector: Connector, delivery: Delivery, through: datetime, *, as_json: bool) -> None:
    from civicbus.domain.answer import iso

    refused = [
        {"line": row.line, "field": row.field, "reason": row.reason, "remedy": row.remedy}
        for row in delivery.refused
    ]
    summary: dict[str, Any] = {
        "source": connector.system.source,
        "events": delivery.events,
        "records": dict(sorted(delivery.records.items())),
        "refused": delivery.refused_count,
        "complete_through": iso(through),
    }
    if as_json:
        typer.echo(json.dumps({**summary, "refused_rows": refused}, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("source", connector.system.source)
    table.add_row("events", f"{delivery.events:,}")
    for topic, records in summary["records"].items():
        table.add_row(f"records on {topic}", f"{records:,}")
    table.add_row("refused rows", f"{delivery.refused_count:,}")
    table.add_row("complete through", summary["complete_through"])
    Console(highlight=False).print(table)
    for row in refused[:REFUSED_SHOWN]:
        where = f"line {row['line']}" + (f": {row['field']}" if row["field"] else "")
        typer.echo(plain(f"{where}: {row['reason']}: {row['remedy']}"))
    if delivery.refused_count > REFUSED_SHOWN:
        typer.echo(f"and {delivery.refused_count - REFUSED_SHOWN:,} more; --json has them")
