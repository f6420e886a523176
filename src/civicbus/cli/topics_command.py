"""`civicbus topics create | list`: the topics of the bus, made before any worker starts."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer

from civicbus.cli.failures import failures_told

topics = typer.Typer(help="The topics of the bus.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(topics, name="topics")


@topics.command()
def create(
    partitions: Annotated[
        int | None, typer.Option(min=1, help="Partitions of each topic, for life.")
    ] = None,
    replication: Annotated[
        int | None, typer.Option(min=1, help="Copies of each partition.")
    ] = None,
) -> None:
    """Create every topic that does not exist yet, and check those that do."""
    from civicbus.broker.connection import BrokerError
    from civicbus.broker.topics import create_topics
    from civicbus.settings import load_settings
    from civicbus.wire.topics import ALL_TOPICS

    asked = {"partitions": partitions, "replication": replication}
    with failures_told(BrokerError):
        settings = load_settings(**{key: value for key, value in asked.items() if value})
        created = asyncio.run(create_topics(settings))
    for topic in ALL_TOPICS:
        state = "created" if topic in created else "exists"
        typer.echo(f"{topic}  {settings.partitions} partitions  {state}")


@topics.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show the topics and their partitions; exit code 1 if one is missing."""
    from civicbus.broker.connection import BrokerError
    from civicbus.broker.topics import list_topics
    from civicbus.settings import load_settings
    from civicbus.wire.topics import ALL_TOPICS

    with failures_told(BrokerError):
        present = asyncio.run(list_topics(load_settings()))
    if as_json:
        typer.echo(json.dumps({topic: present.get(topic) for topic in ALL_TOPICS}))
    else:
        for topic in ALL_TOPICS:
            state = f"{present[topic]} partitions" if topic in present else "missing"
            typer.echo(f"{topic}  {state}")
    if len(present) < len(ALL_TOPICS):
        typer.echo("civicbus: run `civicbus topics create`", err=True)
        raise typer.Exit(1)
