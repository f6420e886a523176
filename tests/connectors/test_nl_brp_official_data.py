"""The official test set of the Dutch register: 200 persons, answered as the register itself would.

`register_of_persons.py` says what the register holds; it was written apart from the connector.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from civicbus.connect.trial import Trial
from civicbus.domain.answer import Answer
from civicbus.domain.events import Refusal
from civicbus.domain.identifiers import Identifier
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue
from tests.connectors.official_register import (
    CONNECTOR,
    NOW,
    TODAY,
    Register,
    day_of,
    end_of,
    read,
)
from tests.connectors.register_of_persons import PersonList, life

pytestmark = pytest.mark.data


@pytest.fixture
def register(shared_data: Path) -> Register:
    return read(shared_data / "nl-brp" / "persons.csv")


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
    """A parent's date of birth that is no day, and older rows that are announced and missing.

    What touches kinship: children whom no row announces, and codes of authority that mean nothing.
    """
    told = {(row.field, row.reason) for row in register.refused if not row.families}
    assert told == {("03.03.10", "date"), ("01.H", "marker"), ("08.H", "marker")}
    refused = [(row.field, row.reason) for row in register.refused if row.families == ("kinship",)]
    assert refused == [("09.H", "marker")] * 2 + [("11.32.10", "code")] * 3
    filed = [filed for found in register.mapped for filed in found.filed]
    marks = [found.family for found in filed if isinstance(found.event, Refusal)]
    assert marks == ["kinship"] * 5


def test_the_same_file_gives_the_same_bytes(register: Register, shared_data: Path) -> None:
    codec = Codec(load_catalogue())
    again = Register(shared_data / "nl-brp" / "persons.csv")
    once, twice = (
        [codec.encode(filed.event) for found in one.mapped for filed in found.filed]
        for one in (register, again)
    )
    assert once == twice
    assert len(set(once)) == len(once) == 1198


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
    lost = [(row.line, row.reason) for row in refused if len(row.families) > 1]
    assert lost == [(place + 1, "encoding")]
    changed = {
        of.name
        for of in register.lists
        if trial.ask("alive", Identifier.parse(of.person), TODAY, NOW).reason
        != register.ask(of, TODAY).reason
    }
    assert changed == {register.lists[99].name}
