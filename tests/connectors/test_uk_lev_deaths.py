"""Entries of deaths: the date as certain as it is entered, the age, what the death rests on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from civicbus.domain.dates import Qualifier
from civicbus.domain.events import Death
from civicbus.domain.vocabulary import BasisKind
from tests.connectors.life_events import DEATH, NOW, alive, mapped, tried, with_

DIED, ENTERED = date(2024, 2, 20), date(2024, 6, 1)


@pytest.mark.parametrize(
    ("words", "qualifier", "first", "last"),
    [
        (None, Qualifier.EXACT, DIED, DIED),
        ("", Qualifier.EXACT, DIED, DIED),
        ("On or about", Qualifier.ABOUT, DIED - timedelta(31), DIED + timedelta(31)),
        ("ON  OR ABOUT ", Qualifier.ABOUT, DIED - timedelta(31), DIED + timedelta(31)),
        ("About", Qualifier.ABOUT, DIED - timedelta(31), DIED + timedelta(31)),
        ("On or before", Qualifier.BEFORE, date.min, DIED),
        ("Before", Qualifier.BEFORE, date.min, DIED),
        ("Found dead on", Qualifier.BEFORE, date.min, DIED),
        ("On or after", Qualifier.AFTER, DIED, ENTERED),
        ("After", Qualifier.AFTER, DIED, ENTERED),
        ("Between 1 February 2024 and", Qualifier.EXACT, date.min, ENTERED),
        ("Last seen alive", Qualifier.EXACT, date.min, ENTERED),
        ("not on", Qualifier.EXACT, date.min, ENTERED),
    ],
)
def test_the_date_of_death_is_as_certain_as_the_register_says(
    words: str | None, qualifier: Qualifier, first: date, last: date
) -> None:
    record = with_(
        DEATH,
        data__date=ENTERED.isoformat(),
        data__deceased__dateOfDeath=DIED.isoformat(),
        data__deceased__dateOfDeathQualifier=words,
        data__deceased__ageAtDeath="88 years",
    )
    (death,) = mapped(record)
    occurred = death.header.occurred
    assert (occurred.qualifier, occurred.earliest) == (qualifier, first)
    trial, _ = tried(record)
    assert alive(trial, "death/500000001", last) == "no death_registered"
    if first < last:
        day = last - timedelta(days=1)
        assert alive(trial, "death/500000001", day) == "unknown undetermined_date"
    if first > date.min:
        day = first - timedelta(days=1)
        assert alive(trial, "death/500000001", day) == "yes died_later"


def test_words_that_cannot_be_read_are_kept_with_their_date() -> None:
    words = "Between 1 February 2024 and"
    (death,) = mapped(with_(DEATH, data__deceased__dateOfDeathQualifier=words))
    assert death.header.occurred.text == "Between 1 February 2024 and 2024-02-29"
    (death,) = mapped(
        with_(DEATH, data__deceased__dateOfDeath=None, data__deceased__dateOfDeathQualifier="?")
    )
    assert (death.header.occurred.is_unknown, death.header.occurred.text) == (True, "?")


@pytest.mark.parametrize(
    ("written", "years"),
    [
        (None, None),
        ("100 years", 100),
        ("1 year", 1),
        ("0 years", 0),
        ("122 years", 122),
        ("11 months", 0),
        ("23 months", 1),
        ("3 weeks", 0),
        ("364 days", 0),
        ("1 hour", 0),
        ("00:00:00", 0),
        ("23:59:59", 0),
    ],
)
def test_an_age_is_in_completed_years(written: str | None, years: int | None) -> None:
    (death,) = mapped(with_(DEATH, data__deceased__ageAtDeath=written))
    assert isinstance(death, Death)
    assert death.age_years == years


@pytest.mark.parametrize(
    "written",
    [
        "123 years",
        "-1 years",
        "100",
        "about 80 years",
        "60 weeks",
        "400 days",
        "24:00:00",
        "C years",
    ],
)
def test_an_age_that_means_nothing_is_told_and_takes_nothing_away(written: str) -> None:
    trial, (found,) = tried(with_(DEATH, data__deceased__ageAtDeath=written))
    (row,) = found.refused
    assert (row.field, row.reason, row.families) == ("data.deceased.ageAtDeath", "number", ())
    assert alive(trial, "death/500000001", NOW.date()) == "no death_registered"


@pytest.mark.parametrize(
    ("changed", "kind", "authority"),
    [
        ({}, BasisKind.DEED, "Sample Town, Sample, Sampleshire"),
        (
            {"data__status__onAuthorityOfRegistrarGeneral": True},
            BasisKind.DEED,
            "Registrar General, Sample Town, Sample, Sampleshire",
        ),
        ({"data__inquestDate": "2024-03-04"}, BasisKind.CERTIFICATE, "Coroner"),
        (
            {
                "data__inquestDate": "2024-03-04",
                "data__coroner": {"designation": "Coroner", "area": "Sampleshire"},
            },
            BasisKind.CERTIFICATE,
            "Coroner, Sampleshire",
        ),
    ],
)
def test_a_death_rests_on_the_entry_or_on_the_coroners_certificate(
    changed: dict[str, Any], kind: BasisKind, authority: str
) -> None:
    (death,) = mapped(with_(DEATH, **changed))
    assert death.header.basis is not None
    assert (death.header.basis.kind, death.header.basis.authority) == (kind, authority)
