"""`civicbus quarantine list | show | replay | dismiss`: the records that the guard refused.

A record is named by its place, `civic.death.v1/3/1042`: topic, partition, offset. Its key and what
it says are about a person, so only `show --payload` prints them.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from civicbus.cli import quarantine_work as work
from civicbus.cli.failures import failures_told

if TYPE_CHECKING:
    from civicbus.engine.held import Held, Holdings
    from civicbus.engine.quarantine import Place
    from civicbus.settings import Settings
    from civicbus.wire.row_notes import RowNote

quarantine = typer.Typer(help="Records that the guard refused.", no_args_is_help=True)

Reason = Annotated[str | None, typer.Option(help="Only those refused for this reason.")]
Topic = Annotated[str | None, typer.Option(help="Only those of this topic, or family.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a record.")]
Places = Annotated[
    list[str] | None, typer.Argument(metavar="PLACE...", help="As `list` gives them.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def list_(
    reason: Reason = None,
    topic: Topic = None,
    every: Annotated[
        bool, typer.Option("--all", help="Those replayed and dismissed as well.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what is in quarantine: counts by topic and reason, then each record that is open.

    An open record makes answers about the person whom it is addressed to `unknown: quarantined`.
    So does a row that a connector could not map. These are counted: mend the mapping or the
    register, and run `civicbus connect` or `civicbus load` again.
    """
    from civicbus.cli import quarantine_output as output

    holdings = work.run(work.read(_settings()))
    chosen = _chosen(holdings, reason, topic)
    rows = _filtered_rows(holdings, reason, topic)
    output.print_list(chosen, rows, datetime.now(UTC), every=every, as_json=as_json)
    _tell_foreign(holdings)


@quarantine.command()
def show(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="As `list` gives it.")],
    payload: Annotated[
        bool, typer.Option("--payload", help="Key and content too: they are about a person.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one record: where it stands, why it was refused, and what was done about it."""
    from civicbus.cli import quarantine_output as output

    (wanted,) = _places([place])
    settings = _settings()
    held = _named(work.run(work.read(settings)), [wanted])[0]
    original = work.run(work.original(settings, held)) if payload else None
    with failures_told(*work.failures()):
        output.print_one(held, original, settings, datetime.now(UTC), as_json=as_json)


@quarantine.command()
def replay(
    places: Places = None,
    reason: Reason = None,
    topic: Topic = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would come of it.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also what was tried five times, or is settled.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Try refused records again: those named, or all that are open.

    Restart the workers first, if schemas or connectors have changed. What the guard lets in today
    is published once more, and answers heal as soon as a worker has stored it. Exit code 0 when
    all were (or, in a dry run, would be) let in, 1 if some were not.
    """
    from civicbus.cli import quarantine_output as output

    wanted = _places(places or [])
    settings = _operators_settings()
    holdings = work.run(work.read(settings))
    chosen = _named(holdings, wanted) if wanted else _open(holdings)
    chosen = _filtered(chosen, reason, topic)
    verdicts = work.run(work.replay(settings, chosen, dry_run=dry_run, force=force))
    output.print_verdicts(verdicts, dry_run=dry_run, as_json=as_json)
    if any(not output.went_in(verdict) for verdict in verdicts):
        raise typer.Exit(1)


@quarantine.command()
def dismiss(
    places: Places = None,
    because: Annotated[
        str, typer.Option(help="Why it tells nothing that is missing; no names, no numbers.")
    ] = "",
    by: Annotated[str | None, typer.Option(help="Who decides. Default: who is logged in.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Set refused records aside: they were no events, or others say by now what they said.

    Answers that were `unknown: quarantined` for them then rest on the rest of the dossier. If what
    such a record said is nowhere else, they will be wrong: the department that sent it must have
    told you. Who dismissed it and why stays in the quarantine topic.

    A source that had counted it among its own stays gapped by it, until its connector is run with
    --recount.
    """
    from civicbus.cli import quarantine_output as output

    wanted = _places(places or [])
    if not wanted:
        raise typer.BadParameter("name each record", param_hint="PLACE")
    if not because.strip():
        raise typer.BadParameter("say why", param_hint="--because")
    settings = _operators_settings()
    chosen = _named(work.run(work.read(settings)), wanted)
    _demand_open(chosen)
    if not yes:
        typer.confirm(
            f"Set {len(chosen)} aside? Answers about those concerned may then be yes or no",
            abort=True,
            err=True,
        )
    dismissed = work.run(work.dismiss(settings, chosen, by or getpass.getuser(), because.strip()))
    output.print_dismissed(dismissed, as_json=as_json)


def _settings() -> Settings:
    from civicbus.settings import load_settings

    with failures_told():
        return load_settings()


def _operators_settings() -> Settings:
    """The settings of somebody who may release records."""
    settings = _settings()
    if settings.operator_secret_bytes() is None:
        typer.echo(
            "civicbus: in production only who knows the operators' secret may do this; set "
            "CIVICBUS_OPERATOR_SECRET, here and for the workers, and keep it from connectors",
            err=True,
        )
        raise typer.Exit(1)
    return settings


def _places(texts: Iterable[str]) -> list[Place]:
    from civicbus.engine.quarantine import Place

    try:
        return [Place.parse(text) for text in texts]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="PLACE") from None


def _named(holdings: Holdings, places: Iterable[Place]) -> list[Held]:
    """The records at some places; ends the command if one is not there."""
    wanted = list(dict.fromkeys(places))
    for place in wanted:
        if place not in holdings.held:
            typer.echo(
                f"civicbus: {place}: not in quarantine; see civicbus quarantine list", err=True
            )
            raise typer.Exit(1)
    return [holdings.held[place] for place in wanted]


def _open(holdings: Holdings) -> list[Held]:
    from civicbus.engine.held import State

    return [held for held in holdings.held.values() if held.state is State.OPEN]


def _demand_open(chosen: Iterable[Held]) -> None:
    from civicbus.engine.held import State

    for held in chosen:
        if held.state is not State.OPEN:
            typer.echo(f"civicbus: {held.place}: {held.state} already", err=True)
            raise typer.Exit(1)


def _chosen(holdings: Holdings, reason: str | None, topic: str | None) -> list[Held]:
    return sorted(_filtered(holdings.held.values(), reason, topic), key=lambda held: held.place)


def _filtered(found: Iterable[Held], reason: str | None, topic: str | None) -> list[Held]:
    from civicbus.domain.families import FAMILIES

    if topic is not None and topic in FAMILIES:
        topic = FAMILIES[topic].topic
    return [
        held
        for held in found
        if reason in (None, held.reason) and topic in (None, held.place.topic)
    ]


def _filtered_rows(holdings: Holdings, reason: str | None, topic: str | None) -> list[RowNote]:
    from civicbus.domain.families import FAMILIES

    return [
        note
        for note in holdings.rows.values()
        if reason in (None, note.reason)
        and (topic in (None, note.family) or topic == FAMILIES[note.family].topic)
    ]


def _tell_foreign(holdings: Holdings) -> None:
    if holdings.foreign:
        typer.echo(
            f"civicbus: {holdings.foreign:,} records of the quarantine are not the bus's: "
            "see who may write there",
            err=True,
        )
