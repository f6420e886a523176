"""What the departments wrote down, through their own connectors, says what is true of the city."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.trial import Trial
from civicbus.demo.journals import (
    CIVIL_AFFAIRS,
    CIVIL_REGISTRY,
    COLUMNS,
    COURTS,
    HEALTH,
    SOCIAL_SECURITY,
    Journal,
)
from civicbus.demo.offices import write_journals
from civicbus.demo.residents import City, Resident
from civicbus.demo.society import Society, found_society

CONNECTORS = Path(__file__).parents[2] / "connectors"
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def society() -> Society:
    return found_society(1000, 5, TODAY)


@pytest.fixture(scope="module")
def city(society: Society) -> City:
    return society.city


@pytest.fixture
def journals(society: Society, tmp_path: Path) -> dict[str, Journal]:
    return write_journals(society, tmp_path, 5)


def tried(journal: Journal) -> Trial:
    """The journal's first file through its connector, with nothing refused."""
    path = journal.hand_over()
    trial = Trial(load_connector(CONNECTORS / journal.connector), NOW)
    with path.open("rb") as stream:
        for mapped in trial.read(stream, path.name, NOW):
            assert mapped.refused == ()
    return trial


def expected(resident: Resident) -> tuple[str, str]:
    if resident.died is not None:
        return "no", "death_registered"
    if resident.left is not None:
        return "unknown", "not_maintained"
    return "yes", "no_death_registered"


def test_the_household_register_answers_rightly_for_everybody(
    city: City, journals: dict[str, Journal]
) -> None:
    trial = tried(journals[CIVIL_REGISTRY])
    found = {}
    for person in trial.persons:
        answer = trial.ask("alive", person, TODAY, NOW)
        found[person] = answer.outcome.value, answer.reason
    assert found == {resident.identifier: expected(resident) for resident in city.residents}


def test_hospitals_and_claims_only_notify_and_each_journal_has_its_events(
    society: Society, city: City, journals: dict[str, Journal]
) -> None:
    deaths = sum(resident.died is not None for resident in city.residents)
    assert tried(journals[CIVIL_REGISTRY]).events["Death"] == deaths
    corrected = sum(one.corrected is not None for one in society.mistakes.wrong_spouses)
    divorced = Counter(one.by_court for one in city.marriages if one.divorced is not None)
    assert tried(journals[CIVIL_AFFAIRS]).events == Counter(
        Union=len(city.marriages) + divorced[False] + corrected
    )
    assert tried(journals[COURTS]).events["Union"] == divorced[True] > 0
    for name in (HEALTH, SOCIAL_SECURITY):
        trial = tried(journals[name])
        assert 0 < trial.events["Death"] < deaths
        dead = [
            person
            for person in trial.persons
            if trial.ask("alive", person, TODAY, NOW).reason == "notified_only"
        ]
        assert len(dead) == trial.events["Death"]


def test_the_same_city_is_written_down_the_same_way(society: Society, tmp_path: Path) -> None:
    written = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        journals = write_journals(society, folder, 5)
        written.append({name: one.hand_over().read_bytes() for name, one in journals.items()})
    assert written[0] == written[1]
    assert written[0].keys() == COLUMNS.keys()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_journal_has_the_columns_that_its_connector_declares(name: str) -> None:
    assert COLUMNS[name] == load_connector(CONNECTORS / name).system.input.columns


def test_a_later_entry_goes_on_in_the_numbering_and_into_a_file_of_its_own(
    journals: dict[str, Journal],
) -> None:
    journal = journals[SOCIAL_SECURITY]
    first = journal.hand_over()
    entries = journal.entries
    number = journal.add(claimed_at="2026-11-23T17:00:00+08:00", person="", date_of_death="")
    second = journal.hand_over()
    assert number == str(entries + 1)
    assert second != first
    assert second.read_text(encoding="utf-8").splitlines() == [
        ",".join(COLUMNS[SOCIAL_SECURITY]),
        f"{number},2026-11-23T17:00:00+08:00,,",
    ]


def test_everything_was_registered_before_the_demonstration(
    journals: dict[str, Journal],
) -> None:
    latest = max(
        datetime.fromisoformat(cells[column])
        for journal in journals.values()
        for cells in journal.pending
        for column in ("registered_at", "noticed_at", "claimed_at")
        if column in cells
    )
    assert NOW - timedelta(days=60) < latest < NOW
