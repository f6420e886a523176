"""`civicbus subscribe`: the events of a topic, printed as they come."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civicbus.cli.arguments import did_you_mean
from civicbus.cli.printing import plain

if TYPE_CHECKING:
    from civicbus.subscribe import Delivery, Subscription

BEGINNING = "beginning"
SHOWN = (
    "recorded_at", "record", "header.change", "header.occurred", "header.source", "header.event_id",
    "persons",
)  # fmt: skip
DURATION = re.compile("([0-9]{1,6})(m|h|d)")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("subscribe")(subscribe)


def subscribe(  # noqa: PLR0913, PLR0917 - each option is a parameter
    topics: Annotated[
        list[str], typer.Argument(help="Topics or families: civic.death.v1, or death.")
    ],
    since: Annotated[
        str | None,
        typer.Option(
            help="From this time or day on, or `beginning`. Default: what comes from now."
        ),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Record types to show: death, annulment. Repeatable.")
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(help="What to show of each, with commas between: header.occurred,cause_of."),
    ] = None,
    settled: Annotated[
        str | None,
        typer.Option(help="Only what has stood for so long, uncorrected: 90m, 12h, 5d."),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(help="Share the topics with others of this name, and go on where it stopped."),
    ] = None,
    without_bulk: Annotated[
        bool, typer.Option("--without-bulk", help="Leave out what came of loads and migrations.")
    ] = False,
    each_person: Annotated[
        bool, typer.Option("--each-person", help="Once for each person concerned.")
    ] = False,
    no_follow: Annotated[
        bool, typer.Option("--no-follow", help="End at what is the end now.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Print events, each once, as they come. Ctrl-C ends it.

    What it prints is about persons: it is for those who have a grant for the topic. Exit code 0 at
    the end, 1 if the broker fails, 2 for wrong usage.
    """
    from civicbus.broker.connection import BrokerError
    from civicbus.cli.failures import failures_told
    from civicbus.settings import load_settings
    from civicbus.subscribe import Subscription
    from civicbus.wire.schemas import SchemaError

    chosen: dict[str, Any] = {
        "group": group,
        "since": _since(since),
        "only": [_record(name) for name in only or ()],
        "settled": _duration(settled),
        "each_person": each_person,
        "follow": not no_follow,
        "divert": _leave_out if without_bulk else None,
    }
    families = [_family(name) for name in topics]
    shown = tuple(name.strip() for name in fields.split(",")) if fields else SHOWN
    with failures_told(BrokerError, SchemaError):
        subscription = Subscription(load_settings(), families, **chosen)
        try:
            asyncio.run(_print(subscription, shown, whole=fields is None, as_json=as_json))
        except KeyboardInterrupt:
            typer.echo("civicbus: stopped", err=True)
    for reason, number in sorted(subscription.refused.items()):
        typer.echo(f"civicbus: {number:,} records were not events of the bus: {reason}", err=True)


async def _print(
    subscription: Subscription, shown: Sequence[str], *, whole: bool, as_json: bool
) -> None:
    if not as_json:
        typer.echo("\t".join(shown))
    async with subscription:
        async for delivery in subscription:
            told = _told(delivery)
            if as_json:
                found = told if whole else {name: _at(told, name) for name in shown}
                typer.echo(json.dumps(found, ensure_ascii=False, default=_text))
            else:
                typer.echo("\t".join(_cell(_at(told, name)) for name in shown))


def _told(delivery: Delivery) -> dict[str, Any]:
    """A delivery with all that its event says."""
    from civicbus.wire.records import to_plain

    event = delivery.event
    return {
        "topic": delivery.family,
        "partition": delivery.partition,
        "offset": delivery.offset,
        "recorded_at": delivery.recorded_at,
        "record": type(event).__name__,
        "persons": ", ".join(
            f"{concerned.role} {concerned.person_key or '(no number)'}"
            for concerned in event.header.concerned
        ),
        **to_plain(event),
    }


def _at(told: Any, path: str) -> Any:
    """What stands at a path; nothing where this record has none."""
    for name in path.split("."):
        told = told.get(name) if isinstance(told, dict) else None
    return told


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, dict) and "year" in value:
        parts = (value["year"], value["month"], value["day"])
        known = [f"{part:02d}" for part in parts if part is not None]
        return "-".join(known) or "-"
    if isinstance(value, (dict, list)):
        return plain(json.dumps(value, ensure_ascii=False, default=_text))
    return plain(_text(value)) if isinstance(value, datetime) else plain(value)


def _text(value: object) -> str:
    from civicbus.domain.answer import iso

    return iso(value) if isinstance(value, datetime) else str(value)


async def _leave_out(_: Delivery) -> None:
    """What came of a load or a migration is not shown."""


def _family(name: str) -> str:
    from civicbus.domain.families import FAMILIES

    by_topic = {family.topic: family.name for family in FAMILIES.values()}
    family = by_topic.get(name, name)
    if family in FAMILIES:
        return family
    meant = did_you_mean(family, FAMILIES)
    raise typer.BadParameter(f"no such topic; {meant}`civicbus topics list` has them")


def _record(name: str) -> str:
    from civicbus.domain.events import EVENT_TYPES

    kinds = {kind.__name__.lower(): kind.__name__ for kind in EVENT_TYPES}
    asked = name.lower().replace("-", "").replace("_", "")
    if asked in kinds:
        return kinds[asked]
    meant = did_you_mean(asked, kinds)
    raise typer.BadParameter(f"no such record; {meant}see schemas/README.md", param_hint="--only")


def _since(text: str | None) -> datetime:
    from civicbus.api.moments import DAY, InvalidTimeError, asked_times
    from civicbus.wire.records import EPOCH

    now = datetime.now(UTC)
    if text is None:
        return now
    if text == BEGINNING:
        return EPOCH
    try:
        if DAY.fullmatch(text):
            return datetime.combine(asked_times(text, None, now)[0], time(0), UTC)
        return asked_times(None, text, now)[1]
    except InvalidTimeError as error:
        raise typer.BadParameter(error.rule, param_hint="--since") from None


def _duration(text: str | None) -> timedelta | None:
    if text is None:
        return None
    written = DURATION.fullmatch(text)
    if written is None or not int(written[1]):
        raise typer.BadParameter("write it as 90m, 12h or 5d", param_hint="--settled")
    return timedelta(**{UNITS[written[2]]: int(written[1])})
