"""`civicbus sweep`: ask running workers about a whole list of people."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civicbus.cli.arguments import (
    ClaimOption,
    KnownAtOption,
    ValidAtOption,
    proof_of,
    times_of,
    told_of,
)
from civicbus.cli.progress import per_second, progress_bar

if TYPE_CHECKING:
    from civicbus.cli.sweep_file import Tally


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sweep")(sweep)


def sweep(
    proof: Annotated[str, typer.Argument(help="The question; `civicbus proofs` lists them.")],
    list_: Annotated[
        Path,
        typer.Option(
            "--list",
            help="Whom to ask about: a CSV file with a column `person` (SCHEME:NUMBER) and, where "
            "there are such, `id`, `name`, `birth_date`; lines of JSON (.ndjson, .jsonl) with the "
            "same fields and `claims`; or one number a line.",
            exists=True,
            dir_okay=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The file of answers, a line each. Default: standard output."),
    ] = None,
    claim: ClaimOption = None,
    valid_at: ValidAtOption = None,
    known_at: KnownAtOption = None,
    api: Annotated[
        list[str] | None,
        typer.Option(help="Address of a worker, once for each. Default: from the configuration."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The summary as one JSON object.")
    ] = False,
) -> None:
    """Ask about everybody on a list, and write a line of JSON for each, in any order.

    Interrupted, it goes on where it was: the same command with the same --out asks about those only
    who have no line yet or were not ready. The summary stands on standard output, or on standard
    error if the answers stand there.

    Exit code 0 if everybody has an answer, also `unknown`; 1 if it failed, or a line of the list
    was refused; 2 for wrong usage; 3 if somebody was not ready: give the same command again.
    """
    kind = proof_of(proof, "PROOF")
    # Those that a line of the list may give for itself need not be given for all.
    optional = tuple(replace(claim, required=False) for claim in kind.claims)
    claims = told_of(replace(kind, claims=optional), claim, None, None).claims
    times_of(valid_at, known_at)
    question = {"proof": kind.name, "claims": claims, "known_at": known_at}
    question |= {} if valid_at is None else {"valid_at": valid_at}
    from civicbus.cli.failures import failures_told
    from civicbus.cli.prove_command import RefusedError, configured_address
    from civicbus.cli.sweep_file import NOT_READY, REFUSED, OtherSweepError
    from civicbus.cli.sweep_list import ListError

    with failures_told(RefusedError, ListError, OtherSweepError, OSError):
        done = _ask(list_, out, question, api or [configured_address()])
    _print_summary(done, out, as_json=as_json)
    if done.tally.of(NOT_READY):
        raise typer.Exit(3)
    if done.tally.of(REFUSED):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Done:
    """What has become of everybody on the list, how many were asked about now, and how long."""

    tally: Tally
    asked: int
    seconds: float


def _ask(path: Path, out: Path | None, question: dict[str, Any], apis: list[str]) -> _Done:
    from civicbus.cli.sweep_asking import Asking
    from civicbus.cli.sweep_file import NOT_READY, SweepFile
    from civicbus.cli.sweep_list import PeopleList
    from civicbus.collector import calm_collector

    people = PeopleList.read(path)
    with SweepFile(out, {**question, "list": people.fingerprint}) as file:
        started, before = time.monotonic(), len(file.done)
        left = (entry for entry in people if entry.id not in file.done)
        calm_collector()
        with _progress(people.people, before) as advance:
            asyncio.run(Asking(apis, file, advance).run(left))
        if not file.tally.of(NOT_READY):
            file.end()
        asked = file.tally.counts.total() - before
        return _Done(file.tally, asked, time.monotonic() - started)


@contextmanager
def _progress(people: int, before: int) -> Iterator[Callable[[int], None]]:
    """A bar with persons a second, on a terminal; `before` have their lines already."""
    with progress_bar("persons", paced=True) as progress:
        task = progress.add_task("asking", total=people, completed=before, count=before, rate=0)

        def advance(count: int) -> None:
            done = int(progress.tasks[task].completed) + count
            rate = per_second(progress, task, done - before)
            progress.update(task, completed=done, count=done, rate=rate)

        yield advance


def _print_summary(done: _Done, out: Path | None, *, as_json: bool) -> None:
    tally, asked, seconds = done.tally, done.asked, done.seconds
    if as_json:
        reasons: dict[str, dict[str, int]] = {}
        for (outcome, reason), count in sorted(tally.counts.items()):
            reasons.setdefault(outcome, {})[reason] = count
        summary = {
            **tally.account(),
            "reasons": reasons,
            "asked_now": asked,
            "seconds": round(seconds, 3),
            "out": None if out is None else str(out),
        }
        typer.echo(json.dumps(summary, ensure_ascii=False), err=out is None)
        return
    from rich.console import Console
    from rich.table import Table

    from civicbus.cli.printing import COLOURS, plain

    console = Console(stderr=out is None, highlight=False, markup=False, emoji=False)
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("outcome")
    table.add_column("reason")
    table.add_column("persons", justify="right")
    table.add_column("share", justify="right")
    total = tally.counts.total() or 1
    for (outcome, reason), count in tally.counts.most_common():
        style = COLOURS.get(outcome)
        table.add_row(outcome, plain(reason), f"{count:,}", f"{count / total:.1%}", style=style)
    console.print(table)
    where = "" if out is None else f" in {out}"
    console.print(
        f"\n{tally.counts.total():,} persons{where}; {asked:,} asked now in {seconds:,.1f} s, "
        f"{asked / seconds:,.0f} a second"
    )
