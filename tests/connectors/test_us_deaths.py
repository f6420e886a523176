"""Death certificates: the official 4,000, and invented ones with faults put in."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from civicbus.connect.connector import load_connector
from civicbus.connect.mapped import Mapped
from civicbus.connect.trial import Trial
from civicbus.domain.events import Death
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind

FOLDER = Path(__file__).parents[2] / "connectors" / "us_deaths"
CONNECTOR = load_connector(FOLDER)
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HEADER = "Death Record Number,Date of Death,Date Certified,Certifier Type,Age"
GOOD = "900002,2024-02-27,2024-02-28,Physician,80"


def tried(*rows: str) -> tuple[Trial, list[Mapped]]:
    trial = Trial(CONNECTOR, NOW)
    text = "\n".join([HEADER, *rows, ""])
    return trial, list(trial.read(io.BytesIO(text.encode()), "deaths.csv", NOW))


def alive(trial: Trial, number: str, day: date) -> str:
    answer = trial.ask("alive", Identifier("us-dc", number), day, NOW)
    return f"{answer.outcome} {answer.reason}"


@pytest.mark.data
def test_everybody_with_a_certificate_is_dead_and_lived_the_day_before_if_the_age_says_so(
    shared_data: Path,
) -> None:
    path = shared_data / "us-deaths" / "deaths.csv"
    trial = Trial(CONNECTOR, NOW)
    with path.open("rb") as stream:
        assert not [row for found in trial.read(stream, path.name, NOW) for row in found.refused]
    with path.open(encoding="utf-8", newline="") as stream:
        certificates = list(csv.DictReader(stream))
    assert len(certificates) == len(trial.persons) == 4000
    for certificate in certificates:
        number = certificate["Death Record Number"]
        died = date.fromisoformat(certificate["Date of Death"])
        assert alive(trial, number, NOW.date()) == "no death_registered"
        assert alive(trial, number, died) == "no death_registered"
        expected = "yes died_later" if certificate["Age"] else "unknown undetermined_date"
        assert alive(trial, number, died - timedelta(days=1)) == expected


def test_a_certificate_is_a_death_known_from_the_day_of_certification() -> None:
    _, (found,) = tried("0900001,2024-02-27,2024-03-01,Coroner/ME,91")
    (filed,) = found.filed
    death = filed.event
    assert isinstance(death, Death)
    assert filed.family == "death"
    assert death.header.concerned[0].identifiers == (Identifier("us-dc", "0900001"),)
    assert death.header.registered_at == datetime(2024, 3, 1, tzinfo=UTC)
    assert (str(death.header.occurred), death.age_years) == ("2024-02-27", 91)
    assert death.header.basis is not None
    assert death.header.basis.kind is BasisKind.CERTIFICATE
    assert death.header.basis.authority == "Coroner/ME"


@pytest.mark.parametrize(
    ("written", "day", "expected"),
    [
        ("2024-02", date(2024, 1, 31), "yes died_later"),
        ("2024-02", date(2024, 2, 10), "unknown undetermined_date"),
        ("2024-02", date(2024, 3, 1), "no death_registered"),
        ("2024", date(2023, 12, 31), "yes died_later"),
        ("2024", date(2024, 5, 31), "unknown undetermined_date"),
        ("", date(2024, 5, 31), "unknown undetermined_date"),
        ("", date(2024, 7, 1), "no death_registered"),
    ],
)
def test_an_incomplete_date_of_death_is_never_completed(
    written: str, day: date, expected: str
) -> None:
    trial, _ = tried(f"900001,{written},2024-06-30,Physician,44")
    assert alive(trial, "900001", day) == expected


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("900001,03/04/2024,2024-05-01,Physician,80", "Date of Death", "date"),
        ("900001,2024-02-30,2024-05-01,Physician,80", "Date of Death", "date"),
        ("900001,31.04.2024,2024-05-01,Physician,80", "Date of Death", "date"),
        ("900001,0000-00-00,2024-05-01,Physician,80", "Date of Death", "date"),
        ("900001,9999-12-31,2024-05-01,Physician,80", "Date of Death", "date"),
        ("900001,45292,2024-05-01,Physician,80", "Date of Death", "date"),
        ("900001,24-02-27,2024-05-01,Physician,80", "Date of Death", "date"),
        ("900001,1445-08-17,2024-05-01,Physician,80", "Date of Death", "date"),
        ("900001,2024-00,2024-05-01,Physician,80", "Date of Death", "date"),
        ("900001,2024-02-27,,Physician,80", "Date Certified", "date"),
        ("900001,2024-02-27,2024-05,Physician,80", "Date Certified", "date"),
        ("900001,2024-05-03,2024-05-01,Physician,80", "header.occurred", "rule"),
        ("900001,2567-02-27,2567-02-28,Physician,80", "Death", "rule"),
        ("900001,2024-02-27,2024-05-01,Physician,123", "Age", "number"),
        ("900001,2024-02-27,2024-05-01,Physician,-1", "Age", "number"),
        ("900001,2024-02-27,2024-05-01,Physician,80.5", "Age", "number"),
        ("900001,2024-02-27,2024-05-01,Physician,eighty", "Age", "number"),
        ("900001,2024-02-27,2024-05-01,Phy\u202esician,80", "basis.authority", "text"),
        ("900001,2024-02-27,2024-05-01,Physician", "", "columns"),
        ("900001,2024-02-27,2024-05-01,Physician,80,80", "", "columns"),
        ("900001,2024-02-27,2024-05-01,Phy\0sician,80", "", "text"),
    ],
)
def test_a_row_that_means_nothing_is_refused_and_its_person_marked(
    row: str, field: str, reason: str
) -> None:
    trial, found = tried(GOOD, row, "900003,2024-02-27,2024-02-28,Physician,80")
    ((refused,),) = [mapped.refused for mapped in found if mapped.refused]
    assert (refused.line, refused.field, refused.reason) == (3, field, reason)
    assert alive(trial, "900001", NOW.date()) == "unknown quarantined"
    assert alive(trial, "900002", NOW.date()) == "no death_registered"
    assert alive(trial, "900003", NOW.date()) == "no death_registered"


@pytest.mark.parametrize("number", ["", "9.00001E+5", "A1", "1234567890123", " 900001"])
def test_a_row_without_a_usable_record_number_is_refused_and_nobody_is_marked(number: str) -> None:
    trial, found = tried(f"{number},2024-02-27,2024-05-01,Physician,80", GOOD)
    (refused,) = found[0].refused
    assert (refused.line, refused.reason, refused.person) == (2, "id_format", None)
    assert found[0].filed == ()
    assert alive(trial, "900002", NOW.date()) == "no death_registered"


def test_the_same_row_twice_is_one_death() -> None:
    trial, _ = tried(GOOD, GOOD)
    assert alive(trial, "900002", NOW.date()) == "no death_registered"


def test_one_record_number_with_two_deaths_is_believed_in_neither() -> None:
    trial, _ = tried(GOOD, "900002,2019-02-27,2019-02-28,Physician,80")
    assert alive(trial, "900002", date(2020, 1, 1)) == "disputed id_conflict"
