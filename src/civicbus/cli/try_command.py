"""`civicbus try`: a connector and the proofs over a file, in memory and with no broker."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from civicbus.api.moments import InvalidTimeError, asked_times
from civicbus.cli.arguments import (
    BornOption,
    ClaimOption,
    KnownAtOption,
    NameOption,
    Told,
    ValidAtOption,
    person_of,
    proof_of,
    times_of,
    told_of,
)
from civicbus.domain.identifiers import Identifier

if TYPE_CHECKING:
    from civicbus.connect.rows import RefusedRow
    from civicbus.connect.trial import Trial
    from civicbus.domain.answer import Answer

LONG_FILE_BYTES = 5_000_000
REFUSED_SHOWN = 20  # beside answers; without --ask all are shown


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("try")(try_)


def try_(  # noqa: PLR0913, PLR0917 - each option is a parameter
    connector: Annotated[str, typer.Argument(help="Folder of a connector, or its bare name.")],
    input_: Annotated[
        Path, typer.Option("--input", help="The file to read.", exists=True, dir_okay=False)
    ],
    ask: Annotated[
        str | None, typer.Option(help="Ask for a proof; `civicbus proofs` lists them.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="SCHEME:NUMBER of the person asked about.")
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Ask about everybody of whom the file holds a record.")
    ] = False,
    claim: ClaimOption = None,
    name: NameOption = None,
    born: BornOption = None,
    valid_at: ValidAtOption = None,
    known_at: KnownAtOption = None,
    complete_through: Annotated[
        str | None,
        typer.Option(help="Up to when the file is complete, a time or a day. Default: now."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object for an answer; else one a line.")
    ] = False,
) -> None:
    """Map a file with a connector, and print its events, or answers from them.

    Exit code 0 if something was mapped or answered, also where rows were refused; 1 if the file or
    the connector cannot be used; 2 for wrong usage.
    """
    now = datetime.now(UTC)
    about = _about(ask, person, everybody=everybody)
    valid, known = times_of(valid_at, known_at, now)
    if about is None and (name is not None or born is not None):
        raise typer.BadParameter("they are of one person; give --person", param_hint="--name")
    if ask is None and claim:
        raise typer.BadParameter("name the proof that takes it", param_hint="--ask")
    asked = None
    if ask is not None:
        told = told_of(proof_of(ask, "--ask"), claim, name, born)
        asked = Asked(ask, about, valid, known, told)
    complete = _complete_through(complete_through, now)
    from civicbus.cli.failures import failures_told
    from civicbus.connect.connector import load_connector
    from civicbus.connect.rows import UnreadableFileError
    from civicbus.connect.trial import Trial

    folder = _folder(connector)
    with failures_told(UnreadableFileError):
        trial = Trial(load_connector(folder), complete)
        if asked is None:
            _show_events(trial, input_, now, as_json=as_json)
        else:
            _show_answers(trial, input_, asked, now, as_json=as_json)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a trial; about everybody if it names nobody."""

    proof: str
    person: Identifier | None
    valid_at: date
    known_at: datetime
    told: Told

    def of(self, trial: Trial, person: Identifier) -> Answer:
        """The trial's answer about a person."""
        told = self.told
        return trial.ask(
            self.proof,
            person,
            self.valid_at,
            self.known_at,
            claims=told.claims,
            name=told.name,
            birth_date=told.birth_date,
        )


def _about(ask: str | None, person: str | None, *, everybody: bool) -> Identifier | None:
    """The one person asked about; `None` for all, or if nothing is asked."""
    if ask is None:
        if person is not None or everybody:
            told = "name the proof; `civicbus proofs` lists them"
            raise typer.BadParameter(told, param_hint="--ask")
        return None
    proof_of(ask, "--ask")
    if (person is None) is not everybody:
        raise typer.BadParameter("give --person or --all, one of them", param_hint="--person")
    return None if person is None else person_of(person)


def _complete_through(text: str | None, now: datetime) -> datetime:
    try:
        return asked_times(None, text, now)[1]
    except InvalidTimeError as error:
        raise typer.BadParameter(error.rule, param_hint="--complete-through") from None


def _folder(connector: str) -> Path:
    from civicbus.cli.failures import failures_told
    from civicbus.connect.connector import find_connector
    from civicbus.settings import ConfigurationError, load_settings

    with failures_told():
        connectors = load_settings().connectors
    try:
        return find_connector(connector, connectors)
    except ConfigurationError as error:
        raise typer.BadParameter(str(error), param_hint="CONNECTOR") from None


def _show_events(trial: Trial, path: Path, now: datetime, *, as_json: bool) -> None:
    from civicbus.cli.trial_output import EventLines, EventTables

    output = EventLines() if as_json else EventTables()
    mapped_any = False
    with _opened(path) as stream:
        for mapped in trial.read(stream, str(path), now):
            output.show(mapped)
            mapped_any |= any(type(filed.event).__name__ != "Refusal" for filed in mapped.filed)
    output.close(trial)
    if not mapped_any:
        typer.echo(f"civicbus: {path}: no row could be mapped", err=True)
        raise typer.Exit(1)


def _show_answers(
    trial: Trial,
    path: Path,
    asked: Asked,
    now: datetime,
    *,
    as_json: bool,
) -> None:
    from civicbus.cli.trial_output import AnswerTable, refused_line, summary_line

    refused: list[RefusedRow] = []
    with _opened(path) as stream:
        for mapped in trial.read(stream, str(path), now):
            refused += mapped.refused
    for row in refused[:REFUSED_SHOWN]:
        typer.echo(refused_line(row), err=True)
    if len(refused) > REFUSED_SHOWN:
        more = len(refused) - REFUSED_SHOWN
        typer.echo(f"and {more} more refused rows; run without --ask to see all", err=True)
    typer.echo(summary_line(trial), err=True)
    if trial.records == 0:
        typer.echo(f"civicbus: {path}: holds no record", err=True)
        raise typer.Exit(1)
    if asked.person is not None:
        from civicbus.cli.printing import print_answer

        print_answer(asked.of(trial, asked.person).to_json(), as_json=as_json)
        return
    answers = (asked.of(trial, found) for found in trial.persons)
    if as_json:
        for answer in answers:
            typer.echo(json.dumps(answer.to_json(), ensure_ascii=False))
    else:
        AnswerTable().show(answers)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file, with a progress bar on the terminal if reading it takes a while."""
    from civicbus.connect.rows import UnreadableFileError

    try:
        stream = path.open("rb")
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableFileError(f"{path}: {error.strerror}; name a file to read") from None
    with stream:
        if size < LONG_FILE_BYTES or not sys.stderr.isatty():
            yield stream
            return
        from rich.console import Console
        from rich.progress import wrap_file

        console = Console(stderr=True)
        with wrap_file(stream, size, description=path.name, console=console) as watched:
            yield watched
