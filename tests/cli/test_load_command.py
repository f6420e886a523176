"""`civicbus load` and the `civicbus connect --since` that follows it, as an operator meets them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from civicbus.broker.builtin import with_builtin
from civicbus.broker.topics import create_topics
from civicbus.cli import connect_command, load_command
from civicbus.settings import Settings, load_settings
from tests.connect.publishing import check_counts, events_in, log_of

CONNECTORS = Path(__file__).parents[2] / "connectors"
SOURCE = "city-social-security"
DEATHS = "civic.death.v1"
NOTED = "2026-03-01T02:00:00Z"
PERSONS = ("990000194891200011", "990000195083040026", "99000019758630001X")

app = typer.Typer(rich_markup_mode=None)
connect_command.register(app)
load_command.register(app)


def told(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def run(*arguments: str) -> Result:
    command, *rest = arguments
    return CliRunner().invoke(app, [command, "city-social-security", *rest])


@pytest.fixture
def settings(builtin_broker: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = with_builtin(load_settings(), builtin_broker)
    asyncio.run(create_topics(settings))
    monkeypatch.setenv("CIVICBUS_BROKER", builtin_broker)
    monkeypatch.setenv("CIVICBUS_CONNECTORS", str(CONNECTORS))
    return settings


def file_of(folder: Path, *numbers: int) -> str:
    path = folder / f"{numbers[0]}-{numbers[-1]}.csv"
    rows = (f"{number},2026-02-01T09:00:00Z,{PERSONS[number % 3]},2026-01-30" for number in numbers)
    path.write_text("\n".join(["claim,claimed_at,person,date_of_death", *rows, ""]))
    return str(path)


def test_a_load_then_the_live_run_that_follows_it(settings: Settings, tmp_path: Path) -> None:
    register = file_of(tmp_path, *range(1, 201))
    loaded = told("load", "--input", register, "--complete-through", NOTED)
    assert loaded["events"] == 200
    assert loaded["complete_through"] == "2026-03-01T02:00:00.000Z"
    assert set(loaded["seconds"]) == {"mapping", "encoding", "sending"}
    # Ten entries were made during the export and stand in both files.
    changes = file_of(tmp_path, *range(191, 251))
    followed = told("connect", "--input", changes, "--since", loaded["complete_through"])
    assert followed["events"] == 60
    log = asyncio.run(log_of(settings, DEATHS))
    numbers = [event.header.source_sequence for _, event in events_in(log)]
    assert len(numbers) == 260
    assert set(numbers) == set(range(1, 251))
    assert len({event.header.event_id for _, event in events_in(log)}) == 250
    assert check_counts(log, SOURCE) == 2 * settings.partitions


def test_a_load_may_map_in_several_processes(settings: Settings, tmp_path: Path) -> None:
    register = file_of(tmp_path, *range(1, 1201))
    several = ("--processes", "2")
    loaded = told("load", "--input", register, "--complete-through", NOTED, *several)
    assert (loaded["events"], loaded["refused"]) == (1200, 0)
    log = asyncio.run(log_of(settings, DEATHS))
    assert len({event.header.event_id for _, event in events_in(log)}) == 1200
    assert check_counts(log, SOURCE) == settings.partitions


@pytest.mark.usefixtures("settings")
def test_a_live_run_that_would_leave_a_gap_is_refused(tmp_path: Path) -> None:
    changes = file_of(tmp_path, *range(1, 4))
    before = run("connect", "--input", changes, "--since", NOTED)
    assert before.exit_code == 1
    assert "would leave a gap; run civicbus load to its end" in before.output
    told("load", "--input", changes, "--complete-through", NOTED)
    later = run("connect", "--input", changes, "--since", "2026-03-01T02:00:00.001Z")
    assert later.exit_code == 1
    assert "up to 2026-03-01T02:00:00.000Z only" in later.output


def test_a_load_that_comes_late_takes_nothing_back(settings: Settings, tmp_path: Path) -> None:
    register = file_of(tmp_path, *range(1, 21))
    live = told("connect", "--input", register)
    loaded = told("load", "--input", register, "--complete-through", NOTED)
    assert loaded["complete_through"] == live["complete_through"]
    log = asyncio.run(log_of(settings, DEATHS))
    assert check_counts(log, SOURCE) == 2 * settings.partitions


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("time", ["2026-03-01", "2999-01-01T00:00:00Z", "yesterday"])
def test_a_load_needs_the_time_before_the_export(time: str, tmp_path: Path) -> None:
    register = file_of(tmp_path, 1)
    assert run("load", "--input", register).exit_code == 2
    refused = run("load", "--input", register, "--complete-through", time)
    assert refused.exit_code == 2
    assert "--complete-through" in refused.output


@pytest.mark.usefixtures("settings")
def test_people_read_a_table_that_says_where_the_time_went(tmp_path: Path) -> None:
    result = run("load", "--input", file_of(tmp_path, 1, 2), "--complete-through", NOTED)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "events 2 " in text
    assert "complete through 2026-03-01T02:00:00.000Z" in text
    assert "mapping" in text
    assert "events/s" in text
