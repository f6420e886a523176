"""`civicbus connector new | check | manifest`: a start, what the bus demands, and deliveries."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from civicbus.cli.delivering import ConnectorArgument, instant_of, settings_and_connector
from civicbus.cli.failures import failures_told


class Format(StrEnum):
    """What a starter reads: a file of a format of `[input]`, or what comes in by itself."""

    CSV = "csv"
    JSON = "json"
    HTTP = "http"
    POSTGRES = "postgres"


connector = typer.Typer(help="Write connectors, and check them.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(connector, name="connector")


@connector.command()
def new(
    name: Annotated[
        str,
        typer.Argument(help="The source's name in every event, such as town-licences."),
    ],
    format_: Annotated[
        Format,
        typer.Option(
            "--from",
            help="What the register gives: a file of this format, events sent over HTTP, or an "
            "outbox in PostgreSQL.",
        ),
    ],
    into: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="The folder that is to hold it. Default: CIVICBUS_CONNECTORS.",
        ),
    ] = None,
) -> None:
    """Write a connector that works as it stands, with invented rows and a test, to be edited.

    Exit code 0 when it is written, 1 if it cannot be or is there already, 2 for wrong usage.
    """
    from civicbus.connect.starting import StartError, is_source_name, start_connector
    from civicbus.settings import load_settings

    if not is_source_name(name):
        told = "lower-case letters, digits and single hyphens, 64 at the most: town-licences"
        raise typer.BadParameter(told, param_hint="NAME")
    with failures_told(StartError):
        files = start_connector(name, format_, load_settings().connectors if into is None else into)
    folder = files[0].parent
    sample, test = (next(p for p in files if p.name.startswith(s)) for s in ("sample", "test_"))
    for path in files:
        typer.echo(path)
    typer.echo(
        f"""
It works as it stands. What to edit, and in which order: {folder / "README.md"}
  civicbus try {folder} --input {sample}
  civicbus connector check {folder}
  pytest {test}"""
    )


@connector.command()
def check(
    folder: Annotated[
        str, typer.Argument(help="A connector: its folder, or its name under the connectors.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Hold a connector to what the bus demands, on its own sample; no broker is needed.

    Exit code 0 if it conforms, 1 if it does not, 2 if there is no such folder.
    """
    from civicbus.cli.conformance_output import print_report, report_object
    from civicbus.connect.conformance import examine
    from civicbus.wire.schemas import SchemaError

    with failures_told(SchemaError):
        report = examine(_folder(folder), datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(report_object(report), ensure_ascii=False))
    else:
        print_report(report)
    if not report.conforms:
        raise typer.Exit(1)


@connector.command()
def manifest(
    name: ConnectorArgument,
    file: Annotated[
        Path, typer.Argument(help="The file to be delivered.", exists=True, dir_okay=False)
    ],
    number: Annotated[
        int, typer.Option(min=0, help="The delivery's number: one more than the last.")
    ],
    complete_through: Annotated[
        str,
        typer.Option(
            help="A time before the file was written: up to then the register has put everything "
            "into this delivery and those before."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Write the manifest of a file beside it; with that the file is delivered.

    The connector counts the file's records, as it will when it takes them.

      civicbus connector manifest FOLDER changes.csv --number 7 --complete-through
      2026-03-01T02:00:00Z

    Exit code 0 when it is written, 1 if it cannot be or is there already, 2 for wrong usage.
    """
    from civicbus.connect.inputs.folder import rules_of_file
    from civicbus.connect.inputs.manifest import ManifestError, write_manifest
    from civicbus.connect.rows import UnreadableFileError

    through = instant_of(complete_through, datetime.now(UTC), "--complete-through")
    with failures_told(ManifestError, UnreadableFileError):
        _, loaded = settings_and_connector(name)
        path, written = write_manifest(file, rules_of_file(loaded.system), number, through)
    if as_json:
        typer.echo(json.dumps({"manifest": str(path), **written.model_dump(mode="json")}))
    else:
        typer.echo(f"{path}: delivery {number}, {written.records} records")


def _folder(name: str) -> Path:
    """The folder meant, which need not be a connector yet, or the connector of a bare name."""
    from civicbus.connect.connector import find_connector
    from civicbus.settings import ConfigurationError, load_settings

    if Path(name).is_dir():
        return Path(name)
    with failures_told():
        connectors = load_settings().connectors
    try:
        return find_connector(name, connectors)
    except ConfigurationError as error:
        raise typer.BadParameter(str(error), param_hint="FOLDER") from None
