"""`civicbus connector manifest`: a file becomes a delivery."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from civicbus.cli import connector_command
from tests.connect.inputs.deliveries import HEADER, Department, rows
from tests.connect.inputs.taking import Bus

app = typer.Typer(rich_markup_mode=None)
connector_command.register(app)
THROUGH = "2026-03-01T02:00:00+08:00"


def manifest(department: Department, file: Path, *more: str, number: int = 1) -> Result:
    arguments = [str(department.connector.folder), str(file), "--number", str(number)]
    return CliRunner().invoke(app, ["connector", "manifest", *arguments, *more])


def file_of(department: Department, *lines: str) -> Path:
    path = department.folder / "export.csv"
    path.write_text("".join(f"{line}\n" for line in (HEADER, *lines)), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["death_notices", "death_lists"])
async def test_a_file_with_the_manifest_is_taken(tmp_path: Path, name: str) -> None:
    department = Department.of(name, tmp_path)
    file = file_of(department, *rows(1, 2, 3))
    written = manifest(department, file, "--complete-through", THROUGH, "--json")
    assert written.exit_code == 0
    assert json.loads(written.stdout) == {
        "manifest": f"{file}.manifest.json",
        "number": 1,
        "records": 3,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "complete_through": "2026-02-28T18:00:00Z",
    }
    assert [path.name for path in sorted(department.folder.iterdir())] == [
        "export.csv",
        "export.csv.manifest.json",
    ]
    await (bus := Bus()).catch_up(department.open())
    assert len(bus.records) == 3


def test_a_manifest_is_never_written_over(tmp_path: Path) -> None:
    department = Department.of("death_notices", tmp_path)
    file = file_of(department, *rows(1))
    first = manifest(department, file, "--complete-through", THROUGH)
    assert (first.exit_code, first.stdout) == (
        0,
        f"{file}.manifest.json: delivery 1, 1 records\n",
    )
    again = manifest(department, file, "--complete-through", THROUGH, number=2)
    assert again.exit_code == 1
    assert "is there already; a delivery is never changed: deliver a new file" in again.stderr


@pytest.mark.parametrize(
    ("through", "code", "told"),
    [
        ("2999-01-01T00:00:00Z", 2, "--complete-through: must not lie in the future"),
        ("2026-03-01", 2, "of a day nobody knows whether the export"),
        ("yesterday", 2, "--complete-through"),
    ],
)
def test_a_time_up_to_which_nothing_can_be_complete_is_refused(
    tmp_path: Path, through: str, code: int, told: str
) -> None:
    department = Department.of("death_notices", tmp_path)
    refused = manifest(department, file_of(department), "--complete-through", through)
    assert refused.exit_code == code
    assert told in " ".join(refused.stderr.replace("│", "").split())
    assert len(list(department.folder.iterdir())) == 1


def test_a_file_of_another_register_gets_no_manifest(tmp_path: Path) -> None:
    department = Department.of("death_notices", tmp_path)
    file = department.folder / "export.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    refused = manifest(department, file, "--complete-through", THROUGH)
    assert refused.exit_code == 1
    assert "export.csv: line 1: columns: 'entry' is missing" in refused.stderr


def test_a_connector_without_a_folder_has_no_deliveries(tmp_path: Path) -> None:
    department = Department.of("death_notices", tmp_path)
    file = file_of(department)
    declaration = department.connector.folder / "connector.toml"
    text = declaration.read_text("utf-8")
    declaration.write_text(
        text.replace('[input.folder]\npath = "incoming"\nevery = "1s"\n', ""), "utf-8"
    )
    refused = manifest(department, file, "--complete-through", THROUGH)
    assert refused.exit_code == 1
    assert "death-notices: no folder is declared; write [input.folder]" in refused.stderr
