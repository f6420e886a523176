"""The service's own mock records, five files: counted, and answered as their registers would."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from civicbus.cli import try_command
from civicbus.connect.connector import load_connector
from civicbus.connect.trial import Trial
from civicbus.domain.events import Event, IdentityLink, Refusal
from civicbus.domain.identifiers import Identifier
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue
from tests.connectors.registers_of_england import FILES, Entry, entries

pytestmark = pytest.mark.data

FOLDER = Path(__file__).parents[2] / "connectors" / "uk_lev"
CONNECTOR = load_connector(FOLDER)
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

COUNTED = {
    # What is refused of a birth or a death may also be that the person has another number.
    "birth_registration_v0.json": (
        14,
        {"Birth": 12, "Annulment": 1, "IdentityLink": 2, "Refusal": 4},
        {"blocked": 2},
    ),
    "birth_registration_v1.json": (
        14,
        {"Birth": 12, "Annulment": 1, "IdentityLink": 5, "Refusal": 4},
        {"blocked": 2},
    ),
    "death_registration_v1.json": (
        23,
        {"Death": 21, "IdentityLink": 6, "Refusal": 4},
        {"blocked": 2},
    ),
    # Each of the two people of a union is told of and marked.
    "marriage_registration_v1.json": (9, {"Union": 7, "Refusal": 4}, {"blocked": 2, "date": 2}),
    "partnership_registration_v1.json": (9, {"Union": 8, "Refusal": 2}, {"blocked": 2}),
}
DAYS = [
    date(1911, 12, 31), date(1950, 6, 1), date(2000, 1, 31), date(2000, 2, 1),
    *(date(2008, 7, 7) + timedelta(days) for days in (0, 1, 31, 32, 33)),
    date(2009, 12, 31), date(2010, 1, 1), date(2012, 2, 28), date(2012, 2, 29), date(2012, 3, 1),
    date(2012, 10, 9), date(2012, 10, 10), NOW.date(),
]  # fmt: skip


def tried(folder: Path, *names: str) -> tuple[Trial, list[Event]]:
    trial = Trial(CONNECTOR, NOW)
    events = []
    for name in names:
        with (folder / name).open("rb") as stream:
            for mapped in trial.read(stream, name, NOW):
                events += [filed.event for filed in mapped.filed]
    return trial, events


def alive(trial: Trial, person: str, day: date) -> tuple[str, str]:
    answer = trial.ask("alive", Identifier.parse(person), day, NOW)
    return answer.outcome.value, answer.reason


@pytest.mark.parametrize("name", FILES)
def test_every_entry_is_counted_and_what_is_refused_is_told(shared_data: Path, name: str) -> None:
    folder = shared_data / "uk-lev"
    trial, events = tried(folder, name)
    assert (trial.records, dict(trial.events), dict(trial.refused)) == COUNTED[name]
    assert [str(person) for person in trial.persons] == [
        entry.person for entry in entries(folder, name)
    ]
    codec = Codec(load_catalogue())
    assert all(codec.decode(codec.encode(event)) == event for event in events)


def test_all_registers_on_one_bus_answer_as_each_alone(shared_data: Path) -> None:
    """The same numbers stand in all five: 999999901 is a child, a dead man, and two couples."""
    folder = shared_data / "uk-lev"
    together, _ = tried(folder, *FILES)
    shared: Counter[int] = Counter()
    for name in FILES[1:]:
        alone, _ = tried(folder, name)
        shared.update(entry.found["id"] for entry in entries(folder, name))
        for person in alone.persons:
            for day in DAYS:
                assert alive(together, str(person), day) == alive(alone, str(person), day)
    assert shared[999999901] == 4


def test_nobody_whose_death_may_stand_under_another_number_counts_as_alive(
    shared_data: Path,
) -> None:
    folder = shared_data / "uk-lev"
    trial, _ = tried(folder, *FILES)
    outcomes = Counter(alive(trial, str(person), NOW.date())[0] for person in trial.persons)
    assert outcomes == {"unknown": 37, "no": 18}


def test_both_layouts_of_a_birth_are_one_and_the_same_event(shared_data: Path) -> None:
    """Only version 1 tells which entry replaced one; a refusal is of the row of its file."""
    folder = shared_data / "uk-lev"
    first, second = (dict(_by_id(tried(folder, name)[1])) for name in FILES[:2])
    assert len(first) == 15
    assert first.items() <= second.items()
    assert {type(second[id_]) for id_ in second.keys() - first.keys()} == {IdentityLink}


def _by_id(events: list[Event]) -> Iterator[tuple[str, Event]]:
    for event in events:
        if isinstance(event, Refusal):
            continue
        header = replace(event.header, source_sequence=0)  # the place in the record
        yield f"{event.header.event_id} {type(event).__name__}", replace(event, header=header)


def test_a_blocked_entry_gives_nothing_away(shared_data: Path) -> None:
    folder = shared_data / "uk-lev"
    for name in FILES:
        _, events = tried(folder, name)
        blocked = {entry.person for entry in entries(folder, name) if _is_blocked(entry)}
        assert blocked
        for event in events:
            people = {str(i) for c in event.header.concerned for i in c.identifiers[:1]}
            if isinstance(event, IdentityLink):
                continue  # an entry that is disclosed names the one that it replaced
            assert isinstance(event, Refusal) or not people & blocked
            if people & blocked:
                assert all((c.name, c.birth_date) == (None, None) for c in event.header.concerned)


def _is_blocked(entry: Entry) -> bool:
    return entry.status["blocked"] is True


@pytest.mark.parametrize("name", FILES)
def test_the_command_line_answers_about_everybody_of_a_file(shared_data: Path, name: str) -> None:
    path = shared_data / "uk-lev" / name
    app = typer.Typer()
    try_command.register(app)
    arguments = [str(FOLDER), "--input", str(path), "--ask", "alive", "--all", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert len([json.loads(line) for line in result.stdout.splitlines()]) == COUNTED[name][0]
