"""`civicbus topics create | list | grant | revoke`: the topics of the bus, and who may use them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from civicbus.cli.failures import failures_told

if TYPE_CHECKING:
    from civicbus.settings import Settings

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


@topics.command()
def grant(
    user: Annotated[str, typer.Argument(help="As the broker knows them.")],
    connector: Annotated[
        str | None, typer.Option(help="They publish through this connector: its folder or name.")
    ] = None,
    subscriber: Annotated[
        list[str] | None, typer.Option(help="They read this family's topic. Repeatable.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="As whose member they read; without it, as nobody's.")
    ] = None,
    worker: Annotated[bool, typer.Option("--worker", help="They run workers.")] = False,
    operator: Annotated[bool, typer.Option("--operator", help="They end quarantines.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would be.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Write into the broker's access lists what a user needs, and nothing more.

    Whatever is granted already stays; `civicbus topics revoke` takes it away. Needs a broker that
    asks who everybody is and has an authorizer, and CIVICBUS_BROKER_USER to be a super user of it.
    """
    from civicbus.broker import grants
    from civicbus.broker.connection import BrokerError
    from civicbus.settings import load_settings

    chosen = [bool(connector), bool(subscriber), worker, operator]
    if sum(chosen) != 1:
        raise typer.BadParameter("name one of --connector, --subscriber, --worker, --operator")
    if group is not None and not subscriber:
        raise typer.BadParameter("belongs to --subscriber", param_hint="--group")
    with failures_told(BrokerError):
        settings = load_settings()
        if connector is not None:
            wanted = grants.for_connector(_families_of(connector, settings))
        elif subscriber:
            wanted = grants.for_subscriber([_family(name) for name in subscriber], group)
        else:
            wanted = grants.for_worker(settings.group) if worker else grants.for_operator()
        if not dry_run:
            grants.grant(settings, user, wanted)
    for one in wanted:
        told = {"user": user, **asdict(one)}
        name = f"{one.name}*" if one.is_prefix else one.name
        typer.echo(json.dumps(told) if as_json else f"{one.kind}  {name}  {one.operation.lower()}")


@topics.command()
def revoke(user: Annotated[str, typer.Argument(help="As the broker knows them.")]) -> None:
    """Take away all that a user has been granted."""
    from civicbus.broker import grants
    from civicbus.broker.connection import BrokerError
    from civicbus.settings import load_settings

    with failures_told(BrokerError):
        count = grants.revoke(load_settings(), user)
    typer.echo(f"{count} grants revoked")


def _families_of(connector: str, settings: Settings) -> tuple[str, ...]:
    from civicbus.connect.connector import find_connector
    from civicbus.registers.systems import read_system

    return read_system(find_connector(connector, settings.connectors)).families


def _family(name: str) -> str:
    from civicbus.domain.families import FAMILIES

    if name not in FAMILIES:
        raise typer.BadParameter(f"no such family; {', '.join(FAMILIES)} are", param_hint="FAMILY")
    return name


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
