"""`civicbus schemas`: the files, held to the promise to readers, and what is written from them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from civicbus.cli.failures import failures_told

schemas = typer.Typer(help="The schemas of the bus.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        exists=True,
        file_okay=False,
        help="Where the schemas are; else CIVICBUS_SCHEMAS, else the bus's own.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(schemas, name="schemas")


@schemas.command()
def check(folder: Folder = None, as_json: Json = False) -> None:
    """Say what is wrong: breaking changes, rules not kept, changes not locked; then exit code 1."""
    from civicbus.wire.schema_lock import check as check_folder
    from civicbus.wire.schemas import SchemaError, schema_folder

    folder = folder or schema_folder()
    with failures_told(SchemaError):
        findings = check_folder(folder)
    for finding in findings:
        typer.echo(json.dumps(asdict(finding)) if as_json else str(finding))
    if findings:
        raise typer.Exit(1)
    typer.echo("civicbus: the schemas are in order", err=True)


@schemas.command()
def lock(folder: Folder = None, as_json: Json = False) -> None:
    """Give each changed schema its next version and id, and write what is generated anew."""
    from civicbus.registers.asyncapi import write_asyncapi
    from civicbus.wire.catalogue_doc import write_readme
    from civicbus.wire.schema_lock import lock as lock_folder
    from civicbus.wire.schemas import SchemaError, schema_folder

    folder = folder or schema_folder()
    with failures_told(SchemaError, OSError):
        added = lock_folder(folder)
        write_readme(folder)
        write_asyncapi(folder)
    for locked in added:
        if as_json:
            entry = {"id": locked.id, "version": locked.version, "record": locked.record}
            typer.echo(json.dumps(entry))
        else:
            typer.echo(f"{locked.record}  version {locked.version}  id {locked.id}")
    if not added:
        typer.echo("civicbus: nothing has changed", err=True)


@schemas.command()
def readme(folder: Folder = None) -> None:
    """Write the catalogue page from the schemas."""
    from civicbus.wire.catalogue_doc import write_readme
    from civicbus.wire.schemas import SchemaError, schema_folder

    with failures_told(SchemaError, OSError):
        path = write_readme(folder or schema_folder())
    typer.echo(path)


@schemas.command()
def asyncapi(folder: Folder = None) -> None:
    """Write the AsyncAPI document of the topics, with the schemas as they are locked."""
    from civicbus.registers.asyncapi import write_asyncapi
    from civicbus.wire.schemas import SchemaError, schema_folder

    with failures_told(SchemaError, OSError):
        path = write_asyncapi(folder or schema_folder())
    typer.echo(path)
