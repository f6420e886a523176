"""Entries that mean nothing: refused, and whoever they are about is marked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.connectors.life_events import (
    AGAIN,
    BIRTH,
    BIRTH_V0,
    DEATH,
    INQUEST,
    MARRIAGE,
    NOW,
    PARTNERSHIP,
    alive,
    tried,
    with_,
)


@pytest.mark.parametrize(
    ("record", "changed", "field", "reason"),
    [
        (BIRTH, {"data__child__dateOfBirth": None}, "data.child.dateOfBirth", "date"),
        (BIRTH, {"data__child__dateOfBirth": "2019-02-29"}, "data.child.dateOfBirth", "date"),
        (BIRTH, {"data__child__dateOfBirth": "29/02/2020"}, "data.child.dateOfBirth", "date"),
        (BIRTH, {"data__child__dateOfBirth": 20200229}, "data.child.dateOfBirth", "date"),
        (BIRTH, {"data__child__dateOfBirth": "2021-02-28"}, "header.occurred", "rule"),
        (BIRTH, {"data__child__sex": "M"}, "data.child.sex", "code"),
        (BIRTH, {"data__date": None}, "data.date", "date"),
        (BIRTH, {"data__date": "2020-03"}, "data.date", "date"),
        (BIRTH, {"data__status__cancelled": None}, "data.status.cancelled", "code"),
        (BIRTH, {"data__status__cancelled": "no"}, "data.status.cancelled", "code"),
        (
            BIRTH,
            {"data__status__potentiallyFictitious": ...},
            "data.status.potentiallyFictitious",
            "code",
        ),
        (BIRTH, {"data__status__correction": "Void"}, "data.status.correction", "code"),
        (BIRTH, {"data__status__marginalNote": "Adopted"}, "data.status.marginalNote", "code"),
        (BIRTH, {"data__status": None}, "data.status.blocked", "code"),
        (BIRTH, {"id": 500000009}, "id", "id_format"),
        (
            AGAIN,
            {"data__previousRegistration__id": "none"},
            "data.previousRegistration.id",
            "id_format",
        ),
        (BIRTH, {"data__mother__surname": "B\u202e"}, "concerned.name", "text"),
        (DEATH, {"data__deceased__dateOfDeath": "2024-02-30"}, "data.deceased.dateOfDeath", "date"),
        (DEATH, {"data__deceased__dateOfDeath": "2024-05-01"}, "header.occurred", "rule"),
        (
            DEATH,
            {"data__deceased__dateOfBirth": "2024-03-01"},
            "header.concerned.birth_date",
            "rule",
        ),
        (DEATH, {"data__status__onAuthorityOfRegistrarGeneral": None}, None, "code"),
    ],
)
def test_an_entry_that_means_nothing_is_refused_and_its_person_marked(
    record: dict[str, Any], changed: dict[str, Any], field: str | None, reason: str
) -> None:
    trial, found = tried(INQUEST, with_(record, **changed))
    (row,) = found[1].refused
    assert (row.line, row.reason) == (2, reason)
    assert row.field == (field or "data.status.onAuthorityOfRegistrarGeneral")
    assert row.person == found[1].subject
    assert row.person is not None
    for day in (date(1900, 1, 1), NOW.date()):
        assert alive(trial, row.person.value, day) == "unknown quarantined"
    assert alive(trial, "death/500000002", NOW.date()) == "no death_registered"


@pytest.mark.parametrize("number", [None, "", 0, "007", " 500000001", "5e8", 5e8, -5, 10**12])
def test_an_entry_without_a_usable_number_is_refused_and_nobody_is_marked(number: object) -> None:
    for record in (BIRTH, BIRTH_V0, DEATH, MARRIAGE, PARTNERSHIP):
        _, (found,) = tried(with_(record, id=number, data__id=number))
        assert {row.reason for row in found.refused} == {"id_format"}
        assert {row.person for row in found.refused} == {None}
        assert found.filed == ()


def test_a_record_of_no_kind_or_of_two_kinds_is_refused() -> None:
    both = with_(BIRTH, data__dateOfMarriage="2020-02-29")
    for record in (both, {"id": 1, "data": {"id": 1}}, {}, {"id": 1, "data": None}):
        _, (found,) = tried(record)
        (row,) = found.refused
        assert (row.field, row.reason, row.person) == ("data", "code", None)
        assert found.filed == ()
