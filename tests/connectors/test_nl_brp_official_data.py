"""The official test set of the Dutch register: 200 persons, answered as the register itself would.

`register_of_persons.py` says what the register holds; it was written apart from the connector.
"""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.rows import RefusedRow
from civicbus.connect.trial import Trial
from civicbus.domain.answer import Answer
from civicbus.domain.events import Refusal
from civicbus.domain.identifiers import Identifier
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue
from tests.connectors.register_of_persons import PersonList, life, person_lists

pytestmark = pytest.mark.data

CONNECTOR = load_connector(Path(__file__).parents[2] / "connectors" / "nl_brp")
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY = NOW.date()


class Register:
    """The file through the connector, to be asked, beside the file itself. Nobody changes it."""

    def __init__(self, path: Path) -> None:
        self.lists = person_lists(path)
        self.trial = Trial(CONNECTOR, NOW)
        with path.open("rb") as stream:
            self.mapped = list(self.trial.read(stream, path.name, NOW))
        self.refused: list[RefusedRow] = [row for found in self.mapped for row in found.refused]

    def ask(self, of: PersonList, valid_at: date, known_at: datetime = NOW) -> Answer:
        return self.trial.ask("alive", Identifier.parse(of.person), valid_at, known_at)


@functools.cache
def read(path: Path) -> Register:
    return Register(path)


@pytest.fixture
def register(shared_data: Path) -> Register:
    return read(shared_data / "nl-brp" / "persons.csv")


def day_of(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]) or 1, int(text[6:]) or 1)


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


def said(answer: Answer) -> tuple[str, str]:
    """The outcome, with the reason where it is not a yes: several reasons lead to that."""
    outcome = answer.outcome.value
    return outcome, "" if outcome == "yes" else answer.reason


def test_everybody_has_the_life_that_the_register_says(register: Register) -> None:
    assert len(register.lists) == 200
    assert {str(person) for person in register.trial.persons} == {
        of.person for of in register.lists
    }
    day = f"{TODAY:%Y%m%d}"
    wrong = {of.name for of in register.lists if said(register.ask(of, TODAY)) != life(of, day)}
    assert wrong == set()


@pytest.mark.parametrize("year", range(1990, 2027, 3))
def test_everybody_had_the_life_that_the_register_then_said(register: Register, year: int) -> None:
    day = date(year, 7, 1)
    wrong = {
        of.name
        for of in register.lists
        if said(register.ask(of, day, end_of(day))) != life(of, f"{day:%Y%m%d}")
    }
    assert wrong == set()


def test_a_death_counts_from_its_day_and_is_known_from_its_recording(register: Register) -> None:
    dead = [of for of in register.lists if of.suspended == "O"]
    assert len(dead) == 4
    for of in dead:
        died = day_of(of.rows[0]["06.08.10"])
        recorded = day_of(of.rows[0]["06.86.10"])
        the_day_before = died - timedelta(days=1)
        assert said(register.ask(of, died)) == ("no", "death_registered")
        assert said(register.ask(of, the_day_before)) == ("yes", "")
        assert said(register.ask(of, recorded, end_of(recorded))) == ("no", "death_registered")
        unrecorded = recorded - timedelta(days=1)
        assert said(register.ask(of, unrecorded, end_of(unrecorded))) == ("yes", "")


def test_a_suspension_counts_from_its_day_and_is_known_from_its_recording(
    register: Register,
) -> None:
    suspended = [of for of in register.lists if of.suspended in ("E", "R")]
    assert len(suspended) == 20
    unkept = ("unknown", "not_maintained")
    for of in suspended:
        since = day_of(of.suspended_from)
        recorded = day_of(recorded_departure(of))
        assert said(register.ask(of, since)) == unkept
        assert said(register.ask(of, since - timedelta(days=1))) == ("yes", "")
        assert said(register.ask(of, recorded, end_of(recorded))) == unkept
        before = recorded - timedelta(days=1)
        expected = ("unknown", "no_such_record") if of.suspended == "R" else ("yes", "")
        assert said(register.ask(of, before, end_of(before))) == expected


def recorded_departure(of: PersonList) -> str:
    """When the register first recorded the address abroad at which the person still is."""
    days = []
    for row in of.rows:
        if row["08.86.10"] and not row["08.13.10"]:
            break
        days += [row["08.86.10"]] if row["08.86.10"] else []
    return days[-1]


def test_nothing_of_the_file_is_refused_that_a_life_rests_on(register: Register) -> None:
    """A parent's date of birth that is no day, and older rows that are announced and missing."""
    assert {(row.field, row.reason) for row in register.refused} == {
        ("03.03.10", "date"),
        ("01.H", "marker"),
        ("08.H", "marker"),
    }
    assert {row.families for row in register.refused} == {()}
    events = [filed.event for found in register.mapped for filed in found.filed]
    assert not [event for event in events if isinstance(event, Refusal)]


def test_the_same_file_gives_the_same_bytes(register: Register, shared_data: Path) -> None:
    codec = Codec(load_catalogue())
    again = Register(shared_data / "nl-brp" / "persons.csv")
    once, twice = (
        [codec.encode(filed.event) for found in one.mapped for filed in found.filed]
        for one in (register, again)
    )
    assert once == twice
    assert len(set(once)) == len(once) == 552


def test_a_row_spoiled_in_the_middle_takes_nothing_but_its_own_person(
    register: Register, shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "nl-brp" / "persons.csv"
    lines = path.read_bytes().split(b"\r\n")
    place = next(
        n for n, line in enumerate(lines) if line.startswith(register.lists[99].name.encode())
    )
    lines[place] = lines[place].replace(b";", b";\xff", 1)
    spoiled = tmp_path / "spoiled.csv"
    spoiled.write_bytes(b"\r\n".join(lines))
    trial = Trial(CONNECTOR, NOW)
    with spoiled.open("rb") as stream:
        refused = [row for found in trial.read(stream, "spoiled", NOW) for row in found.refused]
    assert [(row.line, row.reason) for row in refused if row.families] == [(place + 1, "encoding")]
    changed = {
        of.name
        for of in register.lists
        if trial.ask("alive", Identifier.parse(of.person), TODAY, NOW).reason
        != register.ask(of, TODAY).reason
    }
    assert changed == {register.lists[99].name}
