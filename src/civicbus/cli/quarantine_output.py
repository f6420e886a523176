"""What the quarantine commands print: for people tables, for machines one object a record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from civicbus.cli.printing import plain
from civicbus.domain.answer import iso
from civicbus.engine.held import Held, Original, State
from civicbus.engine.quarantine import Settled
from civicbus.status.words import NARROW, duration
from civicbus.wire.records import from_millis, to_plain

if TYPE_CHECKING:
    from rich.table import Table

    from civicbus.engine.replay import Verdict
    from civicbus.settings import Settings
    from civicbus.wire.row_notes import RowNote

ROWS_SHOWN = 100
HEX_SHOWN = 2_048  # bytes of a content that nobody can read


def print_list(
    found: Sequence[Held],
    rows: Iterable[RowNote],
    now: datetime,
    *,
    every: bool,
    as_json: bool,
) -> None:
    """Counts of all by topic and reason, then the open ones, or with `every` all of them.

    Before these, refused rows by source, family and reason.
    """
    shown = [held for held in found if every or held.state is State.OPEN]
    refused = sorted(Counter((row.source, row.family, row.reason) for row in rows).items())
    if as_json:
        for (source, family, reason), number in refused:
            told = {"source": source, "family": family, "reason": reason, "refusals": number}
            typer.echo(json.dumps(told))
        for held in shown:
            typer.echo(json.dumps(described(held)))
        return
    if not found and not refused:
        typer.echo("nothing is in quarantine")
    if refused:
        table = _table("rows refused by", "family", "reason", "refusals")
        for (source, family, reason), number in refused:
            table.add_row(*map(plain, (source, family, reason)), f"{number:,}")
        _print(table)
    if refused and found:
        typer.echo()
    if found:
        _print(_counts(found))
    if found and not shown:
        typer.echo("\nnothing is open; --all shows what was")
    if shown:
        _print_records(shown, now)


def _print_records(shown: Sequence[Held], now: datetime) -> None:
    table = _table("place", "state", "reason", "detail", "attempts", "age")
    for held in shown[:ROWS_SHOWN]:
        age = _age(held, now)
        cells = (held.place, held.state, held.reason, held.detail, held.attempts, age)
        table.add_row(*map(plain, cells))
    typer.echo()
    _print(table)
    _tell_more(len(shown))


def print_one(
    held: Held, original: Original | None, settings: Settings, now: datetime, *, as_json: bool
) -> None:
    """All that is known of one record; its key and content if `original` is given."""
    told = described(held)
    if original is not None:
        told |= _payload(original, settings)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    told["refused_at"] += f"  ({_age(held, now)} ago)"
    table = _table("", "")
    table.show_header = False
    for name, value in told.items():
        if value not in ("", None):
            shown = json.dumps(value, ensure_ascii=False, indent=2, default=str)
            lines = [
                plain(line) for line in (value if isinstance(value, str) else shown).split("\n")
            ]
            table.add_row(name.replace("_", " "), "\n".join(lines))
    _print(table)


def print_verdicts(verdicts: Sequence[Verdict], *, dry_run: bool, as_json: bool) -> None:
    """What came, or would come, of each record."""
    if as_json:
        for verdict in verdicts:
            typer.echo(
                json.dumps(
                    {
                        "place": str(verdict.held.place),
                        "outcome": _outcome(verdict),
                        "reason": verdict.reason,
                        "detail": verdict.detail,
                        "dry_run": dry_run,
                    }
                )
            )
        return
    if not verdicts:
        typer.echo("nothing to replay")
        return
    counts = _table("would be" if dry_run else "outcome", "reason", "records")
    for (outcome, reason), number in sorted(
        Counter((_outcome(verdict), verdict.reason) for verdict in verdicts).items()
    ):
        counts.add_row(outcome.replace("_", " "), reason, f"{number:,}")
    _print(counts)
    if not dry_run and any(verdict.settled is Settled.REPLAYED for verdict in verdicts):
        typer.echo("\nanswers heal when a worker has stored it; what one refuses is open again")
    out = [verdict for verdict in verdicts if not went_in(verdict)]
    if not out:
        return
    table = _table("place", "reason", "detail")
    for verdict in out[:ROWS_SHOWN]:
        table.add_row(*map(plain, (verdict.held.place, verdict.reason, verdict.detail)))
    typer.echo()
    _print(table)
    _tell_more(len(out))


def print_dismissed(dismissed: Iterable[Held], *, as_json: bool) -> None:
    """The records that were set aside."""
    for held in dismissed:
        told = {"place": str(held.place), "outcome": Settled.DISMISSED.value}
        typer.echo(json.dumps(told) if as_json else f"{held.place}  dismissed")


def described(held: Held) -> dict[str, Any]:
    """A record as JSON values, without anything that it says."""
    return {
        "place": str(held.place),
        "state": held.state.value,
        "reason": held.reason,
        "detail": held.detail,
        "attempts": held.attempts,
        "refused_at": iso(from_millis(held.refused_at)),
        "dismissed_by": held.by or None,
        "because": held.because or None,
    }


def went_in(verdict: Verdict) -> bool:
    """True if nothing is left to do about a record."""
    return verdict.settled in (Settled.REPLAYED, Settled.DISMISSED)


def _age(held: Held, now: datetime) -> str:
    """How long a record has been refused; the narrow space would not pass for printable."""
    return duration((now - from_millis(held.refused_at)).total_seconds()).replace(NARROW, " ")


def _outcome(verdict: Verdict) -> str:
    return "passed_over" if verdict.settled is None else verdict.settled.value


def _payload(original: Original, settings: Settings) -> dict[str, Any]:
    """Key and content; the content decoded if its schema is known, else in hexadecimal."""
    from civicbus.domain.events import InvalidEventError
    from civicbus.wire.codec import Codec
    from civicbus.wire.registry_client import configured_catalogue

    key, value = original.key, original.value
    told: dict[str, Any] = {"key": None if key is None else key.decode(errors="replace")}
    if value is None:
        return {**told, "content": None, "content_is": "a tombstone: no bytes at all"}
    try:
        event = Codec(configured_catalogue(settings.registry)).decode(value)
    except InvalidEventError as error:
        told["content_is"] = f"not readable: {error}"
    except Exception as error:  # noqa: BLE001 - the bytes are whatever somebody sent
        told["content_is"] = f"not readable: {type(error).__name__}"
    else:
        return {**told, "content_is": type(event).__name__, "content": to_plain(event)}
    return {**told, "content_bytes": len(value), "content": value[:HEX_SHOWN].hex(" ", 2)}


def _counts(found: Iterable[Held]) -> Table:
    states = [*State]
    counts: dict[tuple[str, str], Counter[State]] = {}
    for held in found:
        counts.setdefault((held.place.topic, held.reason), Counter())[held.state] += 1
    table = _table("topic", "reason")
    for state in states:
        table.add_column(state.value, justify="right")
    for (topic, reason), by_state in sorted(counts.items()):
        table.add_row(topic, reason, *(f"{by_state[state]:,}" for state in states))
    return table


def _tell_more(shown: int) -> None:
    if shown > ROWS_SHOWN:
        typer.echo(f"and {shown - ROWS_SHOWN:,} more; --json has them")


def _table(*titles: str) -> Table:
    from rich.table import Table as StandardTable

    table = StandardTable(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, overflow="fold", justify="right" if title in NUMBERS else "left")
    return table


NUMBERS = ("attempts", "age", "records", "refusals")


def _print(table: Table) -> None:
    from rich.console import Console

    Console(highlight=False, markup=False, emoji=False).print(table)
