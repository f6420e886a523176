"""`civicbus connect` against the built-in broker, as a department's operator meets it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from civicbus.broker.builtin import with_builtin
from civicbus.broker.topics import create_topics
from civicbus.cli import connect_command
from civicbus.settings import load_settings

CONNECTORS = Path(__file__).parents[2] / "connectors"
SAMPLE = CONNECTORS / "city_social_security" / "sample.csv"
HEADER = "claim,claimed_at,person,date_of_death\n"

app = typer.Typer(rich_markup_mode=None)
connect_command.register(app)


@app.callback()
def several_commands() -> None:
    """Typer leaves out the name of a command that is alone."""


def connect(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["connect", *arguments])


@pytest.fixture
def broker(builtin_broker: str, monkeypatch: pytest.MonkeyPatch) -> str:
    asyncio.run(create_topics(with_builtin(load_settings(), builtin_broker)))
    monkeypatch.setenv("CIVICBUS_BROKER", builtin_broker)
    monkeypatch.setenv("CIVICBUS_CONNECTORS", str(CONNECTORS))
    return builtin_broker


@pytest.mark.usefixtures("broker")
def test_a_file_is_published_and_the_summary_says_how_much() -> None:
    result = connect("city-social-security", "--input", str(SAMPLE))
    assert result.exit_code == 0, result.output
    told = [line.split() for line in result.stdout.splitlines()]
    assert ["source", "city-social-security"] in told
    assert ["records", "on", "civic.death.v1", "1"] in told
    assert ["refused", "rows", "0"] in told


@pytest.mark.usefixtures("broker")
def test_a_refused_row_is_told_with_its_line_and_never_with_its_value(tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text(f"{HEADER}1,2026-02-01T09:00:00Z,990000194891200012,2026-01-30\n")
    result = connect("city_social_security", "--input", str(file))
    assert result.exit_code == 0
    assert "line 2: person: id_format: not a cn-rid number" in result.stdout
    assert "99000019489120001" not in result.output


@pytest.mark.usefixtures("broker")
def test_json_is_one_object_with_every_refused_row(tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text(f"{HEADER}1,yesterday,990000194891200011,2026-01-30\n")
    arguments = ("--input", str(file), "--complete-through", "2026-02-01T00:00:00Z", "--json")
    result = connect(str(CONNECTORS / "city_social_security"), *arguments)
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    (refused,) = found.pop("refused_rows")
    assert (refused["line"], refused["field"], refused["reason"]) == (2, "claimed_at", "date")
    assert found.pop("elapsed") > 0
    assert set(found.pop("seconds")) == {"mapping", "encoding", "sending"}
    assert found == {
        "source": "city-social-security",
        "events": 1,
        "records": {"civic.death.v1": 1},
        "refused": 1,
        "settled": 0,
        "complete_through": "2026-02-01T00:00:00.000Z",
    }


@pytest.mark.usefixtures("broker")
def test_a_file_of_another_department_is_refused_whole() -> None:
    other = CONNECTORS / "city_health" / "sample.csv"
    result = connect("city_social_security", "--input", str(other))
    assert result.exit_code == 1
    assert "line 1: columns: 'claim' is missing" in result.stderr


def test_an_unreachable_broker_ends_with_one_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CIVICBUS_BROKER", "127.0.0.1:1")
    result = connect(str(CONNECTORS / "city_social_security"), "--input", str(SAMPLE))
    assert result.exit_code == 1
    assert "127.0.0.1:1" in result.stderr
    assert "CIVICBUS_BROKER" in result.stderr


def test_no_broker_at_all_and_no_such_connector_end_with_one() -> None:
    result = connect(str(CONNECTORS / "city_social_security"), "--input", str(SAMPLE))
    assert result.exit_code == 1
    assert "set CIVICBUS_BROKER" in result.stderr
    result = connect("nowhere", "--input", str(SAMPLE))
    assert result.exit_code == 1
    assert "nowhere: no folder with a connector.toml" in result.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["--input", "no-such-file.csv"],
        ["--input", str(SAMPLE), "--complete-through", "2999-01-01"],
        ["--input", str(SAMPLE), "--complete-through", "soon"],
        [],
    ],
)
def test_wrong_usage_ends_with_two(wrong: list[str]) -> None:
    """What it is given is not of use, or nothing is, and it declares no way in by itself."""
    assert connect(str(CONNECTORS / "us_deaths"), *wrong).exit_code == 2
