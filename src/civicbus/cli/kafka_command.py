"""`civicbus kafka start | stop | status`: a real single-node Apache Kafka on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civicbus.cli.failures import failures_told

if TYPE_CHECKING:
    from civicbus.broker.apache import ApacheKafka

kafka = typer.Typer(help="A single-node Apache Kafka on this machine.", no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Option(help="Where it keeps its data; default: kafka under CIVICBUS_DATA.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(kafka, name="kafka")


@kafka.command()
def start(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it listens.")] = 9092,
    folder: Folder = None,
) -> None:
    """Start it in the background; it keeps its data until the folder is deleted.

    Standard output is a line for the shell: `export $(civicbus kafka start)`.
    """
    from civicbus.broker.connection import BrokerError

    with failures_told(BrokerError):
        node = _node(folder, port)
        if node.pid is not None:
            typer.echo(f"already running (process {node.pid})", err=True)
        address = node.start()
    typer.echo(f"data in {node.folder}; stop it with: civicbus kafka stop", err=True)
    typer.echo(f"CIVICBUS_BROKER={address}")


@kafka.command()
def stop(folder: Folder = None) -> None:
    """Stop it cleanly; its data stays."""
    from civicbus.broker.connection import BrokerError

    with failures_told(BrokerError):
        stopped = _node(folder).stop()
    typer.echo("stopped" if stopped else "it was not running", err=True)


@kafka.command()
def status(folder: Folder = None) -> None:
    """Say where it runs; exit code 1 if it does not."""
    with failures_told():
        node = _node(folder)
    if node.pid is None:
        typer.echo(f"not running; data in {node.folder}", err=True)
        raise typer.Exit(1)
    typer.echo(f"CIVICBUS_BROKER={node.address}")
    typer.echo(f"running as process {node.pid}; data in {node.folder}", err=True)


def _node(folder: Path | None, port: int | None = None) -> ApacheKafka:
    from civicbus.broker.apache import ApacheKafka
    from civicbus.settings import load_settings

    return ApacheKafka(
        folder or load_settings().data / "kafka", port, lambda text: typer.echo(text, err=True)
    )
