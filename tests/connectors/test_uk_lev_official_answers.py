"""The service's own mock records: every entry answered in four proofs as its register would.

`registers_of_england.py` says what the registers hold; it was written apart from the connector. A
register of events is no register of people, so most answers are unknown; the fewest that have to be
certain are counted, so that a bus that knows nothing fails here.
"""

from __future__ import annotations

import functools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.trial import Trial
from civicbus.domain.identifiers import Identifier
from tests.connectors.registers_of_england import FILES, Person, Said, entries, persons

pytestmark = pytest.mark.data

CONNECTOR = load_connector(Path(__file__).parents[2] / "connectors" / "uk_lev")
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAYS = [
    date(1900, 1, 1), date(1911, 12, 31), date(1950, 6, 1), date(2000, 1, 31), date(2000, 2, 1),
    *(date(2008, 7, 7) + timedelta(days) for days in (0, 1, 31, 32, 33)),
    date(2009, 12, 31), date(2010, 1, 1), date(2012, 2, 28), date(2012, 2, 29), date(2012, 3, 1),
    date(2012, 10, 9), date(2012, 10, 10), date(2014, 10, 9), date(2014, 10, 10), NOW.date(),
]  # fmt: skip
# The fewest certain answers of each proof over all entries and days, by file.
CERTAIN = {
    "birth_registration_v0.json": {"alive": 95, "deceased": 95, "marital_status": 95},
    "birth_registration_v1.json": {"alive": 88, "deceased": 88, "marital_status": 88},
    "death_registration_v1.json": {"alive": 285, "deceased": 330},
}
STATUSES = ("never_married", "married", "divorced", "widowed", "in_partnership")
STRANGER = "Zenobia NOBODY"


class Register:
    """A file through the connector, to be asked, and the people in it as the oracle knows them."""

    def __init__(self, folder: Path, name: str) -> None:
        self.people: dict[str, Person] = persons(entries(folder, name))
        self.trial = Trial(CONNECTOR, NOW)
        with (folder / name).open("rb") as stream:
            for _ in self.trial.read(stream, name, NOW):
                pass

    def ask(self, proof: str, person: str, day: date, **claims: str) -> Said:
        answer = self.trial.ask(proof, Identifier.parse(person), day, NOW, claims=claims)
        return answer.outcome.value, answer.reason

    def parent(self, person: str, name: str, day: date) -> Said:
        return self.ask(
            "kinship",
            person,
            day,
            relation="parent",
            relative_name=name,
            relative_birth_date="1980-01-01",
        )


@functools.cache
def read(folder: Path, name: str) -> Register:
    return Register(folder, name)


@pytest.mark.parametrize("proof", ["alive", "deceased", "marital_status"])
@pytest.mark.parametrize("name", FILES)
def test_every_entry_is_answered_as_its_register_would(
    shared_data: Path, name: str, proof: str
) -> None:
    register = read(shared_data / "uk-lev", name)
    wrong = []
    certain: Counter[str] = Counter()
    for person, known in register.people.items():
        for day in DAYS:
            found, expected = register.ask(proof, person, day), getattr(known, proof)(day)
            certain[found[0]] += 1
            if found != expected:
                wrong.append((person, day, expected, found))
    assert wrong == []
    fewest = CERTAIN.get(name, {}).get(proof, 0)
    assert certain["yes"] + certain["no"] >= fewest
    assert certain["disputed"] == 0
    if (name, proof) in {(FILES[2], "alive"), (FILES[2], "deceased")}:
        assert min(certain["yes"], certain["no"]) >= 100


@pytest.mark.parametrize("name", FILES)
def test_no_status_is_claimed_of_anybody_that_the_registers_cannot_tell(
    shared_data: Path, name: str
) -> None:
    register = read(shared_data / "uk-lev", name)
    for person, known in register.people.items():
        for day in DAYS:
            expected = known.marital_status(day)
            for status in STATUSES:
                assert register.ask("marital_status", person, day, status=status) == expected


@pytest.mark.parametrize("name", FILES)
def test_no_name_makes_anybody_a_parent_and_none_excludes_anybody(
    shared_data: Path, name: str
) -> None:
    register = read(shared_data / "uk-lev", name)
    children = [
        one.entry for one in register.people.values() if "birth" in name and not one.withheld
    ]
    named = sorted({parent for entry in children for parent in entry.parents})
    recognised = 0
    for person, known in register.people.items():
        own = known.entry.parents if known.entry in children else []
        for day in DAYS:
            for asked in (*own, STRANGER):
                found = register.parent(person, asked, day)
                assert found == known.kinship(asked, day)
                recognised += found[1] == "unnumbered_relative"
        for asked in named:
            assert register.parent(person, asked, NOW.date())[0] == "unknown"
    assert recognised >= (100 if "birth" in name else 0)


@pytest.mark.parametrize("name", FILES[:3])
def test_nobody_is_their_own_parent_by_whatever_number(shared_data: Path, name: str) -> None:
    """The one certain answer about kinship that these registers give."""
    register = read(shared_data / "uk-lev", name)
    certain = 0
    for person, known in register.people.items():
        for number, other in register.people.items():
            found = register.ask("kinship", person, NOW.date(), relation="parent", relative=number)
            if known is other and not known.withheld:
                assert found == ("no", "not_related")
                certain += 1
            else:
                assert found[0] == "unknown"
    assert certain >= 12
