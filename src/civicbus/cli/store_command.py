"""`civicbus store digest | verify`: what a worker's stores hold, and whether the topics agree."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civicbus.cli.failures import failures_told
from civicbus.cli.progress import per_second, progress_bar

if TYPE_CHECKING:
    from rich.progress import TaskID

    from civicbus.engine.checking import Checked
    from civicbus.settings import Settings

store = typer.Typer(help="The dossier stores of a worker.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help="Folder of the worker's stores (CIVICBUS_DATA).")]
Partitions = Annotated[
    list[int] | None, typer.Option("--partition", help="Only this one; may be repeated.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a partition.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(store, name="store")


@store.command()
def digest(data: Data = None, partition: Partitions = None, as_json: AsJson = False) -> None:
    """Print a digest of each partition's store that does not depend on the order of arrival.

    Two stores that have read equally far and hold the same have the same digest. The worker may go
    on meanwhile.
    """
    from civicbus.engine.checking import NoStoreError, digested, partitions_of

    with failures_told(NoStoreError):
        settings = _settings(data)
        partitions = partitions_of(settings, partition)
        found = []
        with progress_bar("partitions") as progress:
            task = progress.add_task("reading", total=len(partitions), count=0)
            for count, number in enumerate(partitions, start=1):
                found.append(digested(settings, number))
                progress.update(task, completed=count, count=count)
    _print(found, as_json=as_json)


@store.command()
def verify(data: Data = None, partition: Partitions = None, as_json: AsJson = False) -> None:
    """Make each partition's store anew from the topics and compare the two, key by key.

    Needs the broker (CIVICBUS_BROKER), and for one partition at a time as much disk again. The
    worker may go on meanwhile. Exit code 0 if the stores hold what the topics say, 1 if not: stop
    the worker, delete the folder of that partition, and start it again; it is rebuilt.
    """
    from civicbus.broker.connection import BrokerError
    from civicbus.engine.checking import NoStoreError
    from civicbus.engine.rebuild import RebuildError
    from civicbus.wire.schemas import SchemaError

    with failures_told(BrokerError, NoStoreError, RebuildError, SchemaError):
        found = asyncio.run(_verify(_settings(data), partition))
    _print(found, as_json=as_json)
    if not all(checked.comparison and checked.comparison.equal for checked in found):
        raise typer.Exit(1)


async def _verify(settings: Settings, asked: list[int] | None) -> list[Checked]:
    from civicbus.broker.connection import check_reachable
    from civicbus.cli.guarding import configured_guard
    from civicbus.engine.checking import partitions_of, verified
    from civicbus.registers.systems import read_systems
    from civicbus.wire.registry_client import configured_catalogue

    partitions = partitions_of(settings, asked)
    await check_reachable(settings)
    systems = read_systems(settings.connectors)
    guard = configured_guard(settings, configured_catalogue(settings.registry), systems)
    found = []
    with progress_bar("records", paced=True) as progress:
        for number in partitions:
            task = progress.add_task(f"partition {number}", total=None, count=0, rate=0)

            def begin(total: int, task: TaskID = task) -> None:
                progress.update(task, total=total)

            def advance(more: int, task: TaskID = task) -> None:
                read = int(progress.tasks[task].completed) + more
                rate = per_second(progress, task, read)
                progress.update(task, completed=read, count=read, rate=rate)

            found.append(await verified(settings, guard, number, begin, advance))
    return found


def _settings(data: Path | None) -> Settings:
    from civicbus.settings import load_settings

    return load_settings(**({"data": data} if data else {}))


def _print(found: list[Checked], *, as_json: bool) -> None:
    if as_json:
        for checked in found:
            compared = {} if checked.comparison is None else checked.comparison.to_json()
            typer.echo(
                json.dumps(
                    {
                        "partition": checked.partition,
                        "records_read": checked.read,
                        "entries": checked.digest.entries,
                        "digest": str(checked.digest),
                        **compared,
                    }
                )
            )
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("partition", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("records read", "entries", "digest"):
        table.add_column(title, justify="left" if title == "digest" else "right", no_wrap=True)
    if any(checked.comparison for checked in found):
        table.add_column("the topics", overflow="fold")
    for checked in found:
        figures = (str(checked.partition), f"{checked.read:,}", f"{checked.digest.entries:,}")
        table.add_row(*figures, str(checked.digest), *_verdict(checked))
    Console(highlight=False).print(table)


def _verdict(checked: Checked) -> tuple[str, ...]:
    """In words, how a store and the topics differ."""
    found = checked.comparison
    if found is None:
        return ()
    words = {
        "missing": "missing",
        "extra": "too many",
        "different": "different",
        "accounts": "accounts differ",
        "judged_otherwise": "refused then, not now: see civicbus quarantine replay",
        "released": "refused then, released since",
    }
    counts = found.to_json()
    told = [f"{counts[name]:,} {text}" for name, text in words.items() if counts[name]]
    agreed = "agree" if found.equal else "DIFFER"
    return (": ".join([agreed, *(["; ".join(told)] if told else [])]),)
