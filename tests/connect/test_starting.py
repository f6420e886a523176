"""Starting a connector: what is written works, and nothing that is there is touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from civicbus.connect.conformance import NAMES
from civicbus.connect.connector import load_connector
from civicbus.connect.inputs.outbox import outbox
from civicbus.connect.mapped import map_record, records_in
from civicbus.connect.starting import STARTERS, StartError, is_source_name, start_connector
from civicbus.registers.inputs import OutboxInput
from civicbus.registers.systems import read_system
from tests.connect.inputs.outboxes import INSERT, settings_for

ROOT = Path(__file__).parents[2]
NAME = "town-licences-2"


@pytest.mark.parametrize("format_", ["csv", "json", "http", "postgres"])
def test_the_folder_bears_the_name_everywhere_and_the_starters_own_nowhere(
    tmp_path: Path, format_: str
) -> None:
    files = start_connector(NAME, format_, tmp_path)
    assert {path.parent for path in files} == {tmp_path / "town_licences_2"}
    assert {path.name for path in files} == {
        "README.md",
        "connector.toml",
        "mapping.py",
        "sample.csv" if format_ == "csv" else "sample.json",
        "test_town_licences_2.py",
        *(["outbox.sql"] if format_ == "postgres" else []),
    }
    assert read_system(files[0].parent).source == NAME
    texts = [path.read_text(encoding="utf-8") for path in files]
    assert not any("starter" in text for text in texts)
    assert sum(NAME in text for text in texts) == 3
    assert sum("test_town_licences_2.py" in text for text in texts) == 1


@pytest.mark.parametrize("format_", ["csv", "json", "http", "postgres"])
def test_its_own_test_passes_as_it_is_written(tmp_path: Path, format_: str) -> None:
    folder = start_connector(NAME, format_, tmp_path)[0].parent
    done = pytest_in(folder)
    assert done.returncode == 0, done.stdout
    assert f"{len(NAMES)} passed" in done.stdout


def test_its_own_test_fails_by_the_check_that_does_not_hold(tmp_path: Path) -> None:
    folder = start_connector(NAME, "csv", tmp_path)[0].parent
    sample = folder / "sample.csv"
    text = sample.read_text(encoding="utf-8")
    sample.write_text(text.replace("990000195083040026", "110101198001010037"), encoding="utf-8")
    done = pytest_in(folder)
    assert done.returncode == 1
    assert f"1 failed, {len(NAMES) - 1} passed" in done.stdout
    assert "test_it_conforms[synthetic]" in done.stdout


async def test_the_outbox_of_a_starter_is_read_as_its_sample_is(
    tmp_path: Path, database: str
) -> None:
    folder = start_connector(NAME, "postgres", tmp_path)[0].parent
    connector = load_connector(folder)
    assert isinstance(connector.system.live, OutboxInput)
    sample = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute((folder / "outbox.sql").read_bytes())
        for row in sample:
            connection.execute(INSERT, [json.dumps(row)])
    batches = outbox(connector.system.live, connector, settings_for(database), None)
    batch = await anext(batches)
    await batches.aclose()
    with (folder / "sample.json").open("rb") as file:
        records = list(records_in(file, "sample.json", connector.system.input))
    now = datetime.now(UTC)
    assert [map_record(connector, record, now).filed for record in batch.records] == [
        map_record(connector, record, now).filed for record in records
    ]


def pytest_in(folder: Path) -> subprocess.CompletedProcess[str]:
    """What pytest says of a connector's folder, as its department would run it."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_there_is_a_starter_for_every_format_one_that_is_sent_events_and_one_for_an_outbox() -> (
    None
):
    found = {read_system(path).input for path in STARTERS.iterdir()}
    assert {type(one).__name__ for one in found} == {"CsvInput", "JsonInput"}
    assert {path.name for path in STARTERS.iterdir()} == {"csv", "json", "http", "postgres"}


def test_a_folder_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    kept = tmp_path / "town_licences_2" / "mapping.py"
    kept.parent.mkdir()
    kept.write_text("mine", encoding="utf-8")
    with pytest.raises(StartError, match=r"town_licences_2: is there already.*choose another name"):
        start_connector(NAME, "csv", tmp_path)
    assert [path.name for path in kept.parent.iterdir()] == ["mapping.py"]
    assert kept.read_text(encoding="utf-8") == "mine"


def test_a_source_has_one_connector_whatever_its_folder_is_called(tmp_path: Path) -> None:
    files = start_connector(NAME, "csv", tmp_path)
    files[0].parent.rename(tmp_path / "moved")
    with pytest.raises(StartError, match="moved: is a connector for town-licences-2 already"):
        start_connector(NAME, "json", tmp_path)
    (tmp_path / "moved" / "connector.toml").write_text("[broken", encoding="utf-8")
    assert start_connector(NAME, "json", tmp_path)


def test_a_folder_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"nowhere.*No such file.*create the folder"):
        start_connector(NAME, "csv", tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("town", True),
        ("town-licences-2", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("Town", False),
        ("town_licences", False),
        ("town--licences", False),
        ("-town", False),
        ("2-town", False),
        ("../town", False),
        ("", False),
    ],
)
def test_the_name_is_one_that_a_source_may_bear(name: str, allowed: bool) -> None:
    assert is_source_name(name) is allowed
