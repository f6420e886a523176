"""What `connect` and `load` share: a connector at work on a file, and what became of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from civicbus.cli.printing import plain
from civicbus.cli.progress import per_second, progress_bar

if TYPE_CHECKING:
    from civicbus.connect.connector import Connector
    from civicbus.connect.deliver import Delivery
    from civicbus.settings import Settings

REFUSED_SHOWN = 20

ConnectorArgument = Annotated[
    str, typer.Argument(help="A connector: its folder, or its name under the connectors.")
]


def time_of(text: str | None, now: datetime, option: str) -> datetime:
    """The time that an option names; a day is its end, as for `--known-at`; nothing is now."""
    from civicbus.api.moments import InvalidTimeError, asked_times

    try:
        return asked_times(None, text, now)[1]
    except InvalidTimeError as error:
        raise typer.BadParameter(error.rule, param_hint=option) from None


def instant_of(text: str, now: datetime, option: str) -> datetime:
    """The time that an option names, up to which an export is complete; no day will do."""
    from civicbus.api.moments import DAY

    if DAY.fullmatch(text):
        rule = "write a time with its zone; of a day nobody knows whether the export had all of it"
        raise typer.BadParameter(rule, param_hint=option)
    return time_of(text, now, option)


@contextmanager
def failures_of_delivery() -> Iterator[None]:
    """Tell what its user can mend, with exit code 1."""
    import logging

    from civicbus.broker.connection import BrokerError
    from civicbus.cli.failures import failures_told
    from civicbus.connect.ceiling import BurstError
    from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError
    from civicbus.connect.kafka import PublishError
    from civicbus.connect.kept_position import UnreadablePositionError
    from civicbus.connect.recount import CutLogError
    from civicbus.connect.rows import UnreadableFileError
    from civicbus.wire.schemas import SchemaError

    # What the client's own lines would say is told here, with its remedy.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with failures_told(
        *(BrokerError, PublishError, CutLogError, SchemaError, UnreadableFileError),
        *(BurstError, InputChangedError, InputUnavailableError, UnreadablePositionError),
    ):
        yield


def settings_and_connector(name: str) -> tuple[Settings, Connector]:
    """The configuration, and the connector that is meant; its rows are many."""
    from civicbus.collector import calm_collector
    from civicbus.connect.connector import find_connector, load_connector
    from civicbus.settings import load_settings

    settings = load_settings()
    connector = load_connector(find_connector(name, settings.connectors))
    calm_collector()
    return settings, connector


@contextmanager
def opened(path: Path, source: str) -> Iterator[tuple[BinaryIO, Callable[[int], None]]]:
    """The file, and what is to be told how many events have come of it: a bar on a terminal."""
    with path.open("rb") as file, progress_bar("events", paced=True) as progress:
        size = max(1, os.fstat(file.fileno()).st_size)
        task = progress.add_task(source, total=size, count=0, rate=0)

        def told(events: int) -> None:
            rate = per_second(progress, task, events)
            progress.update(task, completed=file.tell(), count=events, rate=rate)

        yield file, told


def print_delivery(
    source: str, delivery: Delivery, through: datetime | None, *, as_json: bool
) -> None:
    """Say what became of what was delivered, and how long what took."""
    from civicbus.domain.answer import iso

    refused = [
        {"line": row.line, "field": row.field, "reason": row.reason, "remedy": row.remedy}
        for row in delivery.refused
    ]
    summary: dict[str, Any] = {
        "source": source,
        "events": delivery.events,
        "records": dict(sorted(delivery.records.items())),
        "refused": delivery.refused_count,
        "settled": delivery.settled,
        "complete_through": None if through is None else iso(through),
        "elapsed": round(delivery.elapsed, 3),
        "seconds": {what: round(taken, 3) for what, taken in delivery.seconds.items()},
    }
    if as_json:
        typer.echo(json.dumps({**summary, "refused_rows": refused}, ensure_ascii=False))
        return
    _print_table(summary)
    for row in refused[:REFUSED_SHOWN]:
        where = f"line {row['line']}" + (f": {row['field']}" if row["field"] else "")
        typer.echo(plain(f"{where}: {row['reason']}: {row['remedy']}"))
    if delivery.refused_count > REFUSED_SHOWN:
        typer.echo(f"and {delivery.refused_count - REFUSED_SHOWN:,} more; --json has them")


def _print_table(summary: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("source", summary["source"])
    table.add_row("events", f"{summary['events']:,}")
    for topic, records in summary["records"].items():
        table.add_row(f"records on {topic}", f"{records:,}")
    table.add_row("refused rows", f"{summary['refused']:,}")
    if summary["settled"]:
        table.add_row("refusals settled", f"{summary['settled']:,}")
    table.add_row("complete through", summary["complete_through"] or "not said")
    elapsed = summary["elapsed"]
    rate = summary["events"] / max(elapsed, 0.001)
    table.add_row("time", f"{elapsed:,.1f} s, {rate:,.0f} events/s")
    for what, taken in summary["seconds"].items():
        table.add_row(f"of which {what}", f"{taken:,.1f} s")
    Console(highlight=False).print(table)
