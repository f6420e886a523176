"""What a trial prints: events and refused rows as they come, and answers about many persons."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from civicbus.cli.printing import COLOURS, plain
from civicbus.domain.answer import Answer, iso

if TYPE_CHECKING:
    from rich.table import Table

    from civicbus.connect.mapped import Mapped
    from civicbus.connect.mapping import Filed
    from civicbus.connect.rows import RefusedRow
    from civicbus.connect.trial import Trial


class EventLines:
    """One JSON object a line: each event, each refused row, and the summary at the end."""

    def show(self, mapped: Mapped) -> None:
        """Print what a record came to."""
        for filed in mapped.filed:
            self._print(event_object(mapped.line, filed))
        for row in mapped.refused:
            self._print(refused_object(row))

    def close(self, trial: Trial) -> None:
        """Print the summary."""
        self._print(
            {
                "kind": "summary",
                "records": trial.records,
                "events": dict(sorted(trial.events.items())),
                "refused_rows": trial.refused.total(),
                "reasons": dict(sorted(trial.refused.items())),
            }
        )

    @staticmethod
    def _print(found: dict[str, Any]) -> None:
        typer.echo(json.dumps(found, ensure_ascii=False, default=_moment))


class EventTables:
    """A table of events, a table of refused rows, and the summary."""

    def __init__(self) -> None:
        self._events = _table("line", "record", "change", "occurred", "registered", "concerned")
        self._refused = _table("line", "field", "reason", "remedy")

    def show(self, mapped: Mapped) -> None:
        """Add what a record came to."""
        for filed in mapped.filed:
            header = filed.event.header
            self._events.add_row(
                str(mapped.line),
                type(filed.event).__name__,
                header.change.value,
                str(header.occurred),
                f"{header.registered_at:%Y-%m-%d}",
                ", ".join(concerned.role.value.lower() for concerned in header.concerned),
            )
        for row in mapped.refused:
            self._refused.add_row(str(row.line), plain(row.field), row.reason, plain(row.remedy))

    def close(self, trial: Trial) -> None:
        """Print the tables and the summary."""
        from rich.console import Console

        console = Console(highlight=False, markup=False, emoji=False)
        console.print(self._events)
        if self._refused.row_count:
            console.print("\nrefused rows", style="bold")
            console.print(self._refused)
        console.print()
        console.print(summary_line(trial))


class AnswerTable:
    """Many persons' answers, one a row, and how many there are of each."""

    def show(self, answers: Iterable[Answer]) -> None:
        """Print them."""
        from rich.console import Console
        from rich.text import Text

        console = Console(highlight=False, markup=False, emoji=False)
        table = _table("person", "outcome", "reason")
        counts: Counter[tuple[str, str]] = Counter()
        for answer in answers:
            outcome = answer.outcome.value
            counts[outcome, answer.reason] += 1
            coloured = Text(outcome, COLOURS.get(outcome, "default"))
            table.add_row(str(answer.question.person), coloured, answer.reason)
        console.print(table)
        console.print()
        for (outcome, reason), count in sorted(counts.items()):
            console.print(f"{count:>8}  {outcome}  {reason}")


def event_object(line: int, filed: Filed) -> dict[str, Any]:
    """An event as one JSON object; it has the fields of its schema."""
    from civicbus.wire.records import to_plain

    record = type(filed.event).__name__
    return {
        "kind": "event",
        "line": line,
        "family": filed.family,
        "record": record,
        "event": to_plain(filed.event),
    }


def refused_object(row: RefusedRow) -> dict[str, Any]:
    """A refused row as one JSON object; whose it is stands in the Refusal events."""
    return {
        "kind": "refused",
        "line": row.line,
        "field": row.field,
        "reason": row.reason,
        "remedy": row.remedy,
        "families": list(row.families),
    }


def refused_line(row: RefusedRow) -> str:
    """A refused row in one line."""
    parts = (f"line {row.line}", row.field, row.reason, row.remedy)
    return plain("refused: " + ": ".join(part for part in parts if part))


def summary_line(trial: Trial) -> str:
    """How much there was, how much of it became events, and how many rows were refused."""
    events = ", ".join(f"{count} {name}" for name, count in sorted(trial.events.items()))
    reasons = ", ".join(f"{count} {name}" for name, count in sorted(trial.refused.items()))
    return (
        f"{trial.records} records: {trial.events.total()} events ({events or 'none'}); "
        f"{trial.refused.total()} refused rows ({reasons or 'none'})"
    )


def _table(*columns: str) -> Table:
    from rich.table import Table as StandardTable

    table = StandardTable(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _moment(value: object) -> str:
    assert isinstance(value, datetime)
    return iso(value)
