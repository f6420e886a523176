"""`civicbus connect`: publish what a department's system hands over, or what a file holds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from civicbus.cli.connecting import Way
from civicbus.cli.delivering import (
    ConnectorArgument,
    failures_of_delivery,
    opened,
    print_delivery,
    settings_and_connector,
    time_of,
)
from civicbus.cli.logs import configure_logs

if TYPE_CHECKING:
    from civicbus.connect.connector import Connector
    from civicbus.connect.deliver import Delivery
    from civicbus.settings import Settings

InputOption = Annotated[
    Path | None,
    typer.Option(
        "--input",
        help="A file of the department. Default: whatever comes in the way that the connector "
        "declares.",
        exists=True,
        dir_okay=False,
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        help="The file holds whatever was registered from this time on. Refused if the bus has "
        "less than all before it."
    ),
]
ThroughOption = Annotated[
    str | None,
    typer.Option(help="The register is complete up to this time or day. Default: now."),
]
RecountOption = Annotated[
    bool,
    typer.Option(
        "--recount",
        help="Count what the topics hold of this source from their beginning. For a source "
        "that stays gapped after a record of its was dismissed.",
    ),
]
OnceOption = Annotated[
    bool,
    typer.Option("--once", help="Without --input: end when all that waits is published."),
]
AnewOption = Annotated[
    bool,
    typer.Option(
        "--anew",
        help="Without --input: heed no position; whatever the way in still holds is published "
        "once more. For a database that was restored from a backup.",
    ),
]
AcceptedOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A second person, who has looked into what was held back (a burst, a mass change) "
        "and found it right. The name goes into the log.",
    ),
]


NO_WAY_IN = (
    "is missing, and connector.toml declares no way in by itself, such as [input.outbox], "
    "[input.table], [input.folder], [input.push], [input.dci] or [input.debezium]"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("connect")(connect)


def connect(  # noqa: PLR0913, PLR0917 - each is an option
    connector: ConnectorArgument,
    input_: InputOption = None,
    since: SinceOption = None,
    complete_through: ThroughOption = None,
    recount: RecountOption = False,
    once: OnceOption = False,
    anew: AnewOption = False,
    accepted_by: AcceptedOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Publish what a department's system hands over, and how far it is complete.

    Needs a broker (CIVICBUS_BROKER) on which `civicbus topics create` has run. A row that cannot be
    mapped is refused, and told with its line; the others go through. What comes twice counts once.

    Without --input it reads what the connector declares under [input], such as an outbox table,
    until a signal ends it; it goes on where it was, and waits for whatever does not answer. With
    --once it ends when nothing more waits.

    With --input it publishes a file. After `civicbus load`, and after each run, go on with --since
    and the time that it says the register was complete through: so nothing can be missing between.

    Exit code 0 when all that could be mapped was published, 1 if it was not or somebody must look,
    2 for wrong usage.
    """
    configure_logs()
    accepted = accepted_by is not None
    if accepted:
        structlog.get_logger().warning("what_was_held_is_accepted", by=accepted_by)
    if input_ is None:
        _refuse_without_input(since, complete_through, recount=recount)
        _work(connector, Way(once=once, anew=anew, accepted=accepted), as_json=as_json)
        return
    if once or anew:
        raise typer.BadParameter("has no meaning with --input", param_hint="--once, --anew")
    from civicbus.connect.ceiling import without_ceilings

    started = datetime.now(UTC)
    through = time_of(complete_through, started, "--complete-through")
    after = None if since is None else time_of(since, started, "--since")
    with failures_of_delivery():
        settings, loaded = settings_and_connector(connector)
        if accepted:
            loaded = without_ceilings(loaded)
        delivery = asyncio.run(
            _publish(
                settings,
                loaded,
                input_,
                started,
                after,
                through,
                recount=recount,
            )
        )
    print_delivery(loaded.system.source, delivery, through, as_json=as_json)


def _refuse_without_input(
    since: str | None, complete_through: str | None, *, recount: bool
) -> None:
    given = {"--since": since, "--complete-through": complete_through, "--recount": recount}
    if wrong := [name for name, value in given.items() if value]:
        raise typer.BadParameter("needs --input", param_hint=wrong[0])


def _work(name: str, way: Way, *, as_json: bool) -> None:
    from civicbus.cli.connecting import work

    with failures_of_delivery():
        settings, loaded = settings_and_connector(name)
        if loaded.system.live is None:
            raise typer.BadParameter(NO_WAY_IN, param_hint="--input")
        delivery, through = asyncio.run(work(settings, loaded, way))
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
