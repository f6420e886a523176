"""Answers on standard output: for people in words and a table, for machines one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import typer

from civicbus.domain.proofs.flag_words import FLAGS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

COLOURS = {"yes": "green", "no": "red", "unknown": "yellow", "disputed": "magenta"}
EVIDENCE = {
    "record": "record",
    "change": "change",
    "occurred": "occurred",
    "registered_at": "registered",
    "source": "source",
    "legal_state": "state",
    "event_id": "event",
}


def print_answer(
    answer: Mapping[str, Any], *, as_json: bool, console: Console | None = None
) -> None:
    """Print an answer in the form that `Answer.to_json` gives it.

    Texts are printed as they are: nothing in them is taken for markup or control codes.
    """
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    from rich.console import Console as StandardConsole
    from rich.text import Text

    console = console or StandardConsole(highlight=False, markup=False, emoji=False)
    outcome = str(answer["outcome"])
    headline = Text.assemble(
        (outcome.upper(), f"bold {COLOURS.get(outcome, 'default')}"), f"  {answer['reason']}"
    )
    console.print(headline)
    for sentence in answer["sentence"].values():
        console.print(plain(sentence))
    console.print("\nwhat would change it", style="dim")
    for sentence in answer["would_change"].values():
        console.print(plain(sentence))
    console.print()
    console.print(_particulars(answer))
    console.print()
    if answer["basis"]:
        console.print(_evidence(answer["basis"]))
    else:
        console.print("no evidence: the answer rests on silence alone, or on nothing")


def _particulars(answer: Mapping[str, Any]) -> Table:
    table = _table(header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name in ("person", "proof"):
        table.add_row(name, plain(answer[name]))
    _several(table, "claimed", (f"{name}  {value}" for name, value in answer["claims"].items()))
    for name in ("valid_at", "known_at"):
        table.add_row(name.replace("_", " "), plain(answer[name]))
    _several(table, "details", map(_detail, answer["details"].items()))
    _several(table, "look at", map(_flag, answer["flags"]))
    _several(
        table,
        "known through",
        (f"{source}  {at or 'never heard of'}" for source, at in answer["known_through"].items()),
    )
    return table


def _several(table: Table, label: str, values: Iterable[str]) -> None:
    """Rows under one label, which stands beside the first."""
    for value in values:
        table.add_row(label, plain(value))
        label = ""


def _flag(code: str) -> str:
    """A flag in words; a newer worker may give one that has none here."""
    words = FLAGS.get(code)
    return f"{code}  {words.en} {words.zh}" if words else code


def _detail(named: tuple[str, Any]) -> str:
    name, value = named
    if isinstance(value, list):
        value = ", ".join(map(str, value)) or "none"
    elif value is None or isinstance(value, bool):
        value = {None: "not known", True: "yes", False: "no"}[value]
    return f"{name}  {value}"


def _evidence(basis: list[Mapping[str, Any]]) -> Table:
    table = _table(header=True)
    for title in EVIDENCE.values():
        table.add_column(title, overflow="fold")
    for event in basis:
        cells = {**event, "event_id": str(event["event_id"])[:8]}
        cells["registered_at"] = str(event["registered_at"])[:10]
        table.add_row(*(plain(cells[name]) for name in EVIDENCE))
    return table


def _table(*, header: bool) -> Table:
    from rich.table import Table as StandardTable

    return StandardTable(
        box=None, show_header=header, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0)
    )


def plain(value: object) -> str:
    """A text that a terminal shows as it is: control characters could rewrite the lines above."""
    return "".join(character for character in str(value) if character.isprintable())
