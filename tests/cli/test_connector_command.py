"""`civicbus connector new` and `check`: from nothing to a connector that conforms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
import typer
from typer.testing import CliRunner, Result

from civicbus.cli import connector_command, try_command
from civicbus.cli.connector_command import Format
from civicbus.connect.conformance import NAMES
from civicbus.registers import systems

ROOT = Path(__file__).parents[2]

app = typer.Typer(rich_markup_mode=None)
connector_command.register(app)
try_command.register(app)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def new(into: Path, name: str = "town-licences", format_: str = "csv") -> Result:
    return run("connector", "new", name, "--from", format_, "--into", into)


def check(folder: Path | str, *arguments: str) -> Result:
    return run("connector", "check", folder, *arguments)


@pytest.mark.parametrize("format_", list(Format))
def test_what_is_written_conforms_and_can_be_asked_at_once(tmp_path: Path, format_: Format) -> None:
    written = new(tmp_path, format_=format_)
    assert written.exit_code == 0
    folder = tmp_path / "town_licences"
    assert check(folder).exit_code == 0
    claims = ("--ask", "licence_valid", "--claim", "licence_kind=driving", "--all", "--json")
    (sample,) = folder.glob("sample.*")
    tried = run("try", folder, "--input", sample, *claims)
    answers = [json.loads(line) for line in tried.stdout.splitlines()]
    assert [answer["reason"] for answer in answers] == [
        "ended",
        "no_such_record",
        "in_force",
        "no_such_record",
    ]


def test_after_writing_it_is_said_what_to_do_next(tmp_path: Path) -> None:
    told = new(tmp_path).stdout.splitlines()
    folder = tmp_path / "town_licences"
    assert told[:5] == [str(path) for path in sorted(folder.iterdir())]
    assert str(folder / "README.md") in told[6]
    assert told[7:] == [
        f"  civicbus try {folder} --input {folder / 'sample.csv'}",
        f"  civicbus connector check {folder}",
        f"  pytest {folder / 'test_town_licences.py'}",
    ]


def test_a_folder_that_is_there_ends_with_one_and_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "town_licences").mkdir()
    again = new(tmp_path)
    assert again.exit_code == 1
    assert "is there already, and is not overwritten; choose another name" in again.stderr
    assert list((tmp_path / "town_licences").iterdir()) == []


@pytest.mark.parametrize("name", ["Town", "town_licences", "../town", "a" * 65])
def test_a_name_that_no_source_may_bear_is_wrong_usage(tmp_path: Path, name: str) -> None:
    wrong = new(tmp_path, name)
    assert wrong.exit_code == 2
    assert "lower-case letters, digits and single hyphens" in wrong.stderr
    assert list(tmp_path.iterdir()) == []


def test_only_what_can_be_read_today_can_be_asked_for(tmp_path: Path) -> None:
    wrong = new(tmp_path, format_="fax")
    assert wrong.exit_code == 2
    assert "'csv', 'json', 'http', 'postgres'" in wrong.stderr
    formats = get_args(systems._Input.model_fields["format"].annotation)
    assert tuple(Format) == (*formats, Format.HTTP, Format.POSTGRES)


def test_without_a_folder_it_goes_among_the_connectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVICBUS_CONNECTORS", str(tmp_path))
    assert run("connector", "new", "town-licences", "--from", "json").exit_code == 0
    assert check("town-licences").exit_code == 0
    monkeypatch.setenv("CIVICBUS_CONNECTORS", str(tmp_path / "none"))
    missing = run("connector", "new", "town-licences", "--from", "json")
    assert missing.exit_code == 1
    assert "create the folder that is to hold it, or name another with --into" in missing.stderr


def test_the_report_is_a_table_with_a_conclusion(tmp_path: Path) -> None:
    new(tmp_path)
    told = check(tmp_path / "town_licences").stdout
    assert all(f"\n{name} " in told for name in NAMES)
    assert "declaration  warning" in told
    assert "connector.toml: system.contact" in told
    assert told.rstrip().endswith("town-licences conforms")


def test_what_does_not_conform_ends_with_one_and_says_where_and_what(tmp_path: Path) -> None:
    new(tmp_path)
    folder = tmp_path / "town_licences"
    sample = folder / "sample.csv"
    text = sample.read_text(encoding="utf-8")
    sample.write_text(text.replace("X,990000194891200011,", "X,,"), encoding="utf-8")
    found = check(folder)
    assert found.exit_code == 1
    assert "targets      fails" in found.stdout
    assert "sample.csv: line 4: Licence" in found.stdout
    assert found.stdout.rstrip().endswith("town-licences does not conform: targets")
    assert "99000019" not in found.stdout


def test_machines_get_one_object(tmp_path: Path) -> None:
    new(tmp_path)
    folder = tmp_path / "town_licences"
    (folder / "sample.csv").unlink()
    found = check(folder, "--json")
    assert found.exit_code == 1
    report = json.loads(found.stdout)
    assert (report["folder"], report["source"], report["conforms"]) == (str(folder), None, False)
    assert [one["check"] for one in report["checks"]] == list(NAMES)
    first = report["checks"][0]
    assert first["standing"] == "fails"
    finding = first["findings"][0]
    assert finding.pop("told").startswith("there is no sample; write a few invented rows")
    assert finding == {"file": "sample*.*", "line": None, "field": None, "standing": "fails"}
    assert {one["standing"] for one in report["checks"][2:]} == {"not_reached"}


def test_of_many_findings_the_first_are_shown_and_json_has_all(tmp_path: Path) -> None:
    new(tmp_path)
    folder = tmp_path / "town_licences"
    with (folder / "sample.csv").open("a", encoding="utf-8") as sample:
        sample.writelines(f"{n},LOST,,990000195083040026,,,,,,\n" for n in range(7, 37))
    found = check(folder)
    assert found.stdout.count("code: not in the code list") == 20
    assert "and 10 more; --json has all" in found.stdout
    (rows,) = (
        one
        for one in json.loads(check(folder, "--json").stdout)["checks"]
        if one["check"] == "rows"
    )
    assert len(rows["findings"]) == 30


def test_a_folder_that_is_no_connector_yet_does_not_conform(tmp_path: Path) -> None:
    found = check(tmp_path)
    assert found.exit_code == 1
    told = "".join(found.stdout.split())  # a long path is folded in the middle of a word
    assert "connector.toml:nosuchfile;writeit" in told
    assert "mapping.pyNosuchfileordirectory;writethefunctionseventsandsubject" in told
    assert told.endswith("doesnotconform:declaration,imports;11checkswaitforthat")


def test_a_folder_that_is_not_there_is_wrong_usage() -> None:
    missing = check("nowhere")
    assert missing.exit_code == 2
    assert "nowhere: no folder with a connector.toml" in missing.stderr


def test_a_connector_of_ours_is_found_by_its_bare_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVICBUS_CONNECTORS", str(ROOT / "connectors"))
    found = check("us-deaths")
    assert found.exit_code == 0
    assert "cannot be told" in found.stdout
    assert "us-dc sets no numbers apart that nobody has" in " ".join(found.stdout.split())
