"""What `civicbus connector check` prints: how each check stands, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civicbus.cli.printing import plain
from civicbus.connect.conformance import Finding, Outcome, Report, Standing

if TYPE_CHECKING:
    from rich.table import Table

FINDINGS_SHOWN = 20  # of each check; --json has all
COLOURS = {
    Standing.HOLDS: "green",
    Standing.WARNING: "yellow",
    Standing.CANNOT_BE_TOLD: "yellow",
    Standing.FAILS: "red",
    Standing.NOT_REACHED: "dim",
}


def print_report(report: Report) -> None:
    """Print the checks as a table, the findings as another one, and in a line whether it conforms.

    Texts are printed as they are: nothing in them is taken for markup or control codes.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    checks = _table("check", "", "what holds if it does")
    for outcome in report.outcomes:
        standing = Text(_words(outcome.standing), COLOURS[outcome.standing])
        checks.add_row(outcome.name, standing, outcome.promise)
    console.print(checks)
    for outcome in report.outcomes:
        if outcome.findings:
            console.print()
            console.print(Text(outcome.name, f"bold {COLOURS[outcome.standing]}"))
            console.print(_findings(outcome))
    console.print()
    console.print(plain(_conclusion(report)))


def report_object(report: Report) -> dict[str, Any]:
    """The report as one JSON object."""
    return {
        "folder": str(report.folder),
        "source": report.source or None,
        "conforms": report.conforms,
        "checks": [
            {
                "check": outcome.name,
                "promise": outcome.promise,
                "standing": outcome.standing.value,
                "findings": [_finding_object(finding) for finding in outcome.findings],
            }
            for outcome in report.outcomes
        ],
    }


def _finding_object(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.file or None,
        "line": finding.line or None,
        "field": finding.field or None,
        "standing": finding.standing.value,
        "told": finding.told,
    }


def _findings(outcome: Outcome) -> Table:
    table = _table()
    table.add_column(style="dim", overflow="fold")
    table.add_column(overflow="fold")
    for finding in outcome.findings[:FINDINGS_SHOWN]:
        table.add_row(plain(finding.place), plain(finding.told))
    if (more := len(outcome.findings) - FINDINGS_SHOWN) > 0:
        table.add_row("", f"and {more} more; --json has all")
    return table


def _conclusion(report: Report) -> str:
    name = report.source or str(report.folder)
    if report.conforms:
        return f"{name} conforms"
    failing = [outcome.name for outcome in report.outcomes if outcome.standing is Standing.FAILS]
    waiting = len(report.missing) - len(failing)
    and_then = f"; {waiting} checks wait for that" if waiting else ""
    return f"{name} does not conform: {', '.join(failing)}{and_then}"


def _words(standing: Standing) -> str:
    return standing.value.replace("_", " ")


def _table(*columns: str) -> Table:
    from rich.table import Table as StandardTable

    table = StandardTable(
        box=None,
        show_header=bool(columns),
        header_style="bold",
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
