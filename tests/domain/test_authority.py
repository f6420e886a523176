"""What a source has declared: whose acts it holds, of which days and places, with what force."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from civicbus.domain.authority import Authorities, Authority, Coverage, may_state
from civicbus.domain.vocabulary import LegalState

SINCE, UNTIL = date(1960, 1, 1), date(1999, 12, 31)


def authority(source: str = "registry", family: str = "birth", department: str = "") -> Authority:
    schemes = frozenset({"cn-rid", "nl-bsn"})
    days = timedelta(days=1)
    return Authority(source, family, schemes, days, department=department)


@pytest.mark.parametrize(
    ("state", "families", "may"),
    [
        (LegalState.NOTIFIED, (), True),
        (LegalState.REGISTERED, ("death",), True),
        (LegalState.REGISTERED, ("death", "court"), True),
        (LegalState.DECLARED, ("death",), False),
        (LegalState.DECLARED, (), False),
        (LegalState.DECLARED, ("death", "court"), True),
    ],
)
def test_only_who_publishes_what_courts_decide_may_declare(
    state: LegalState, families: tuple[str, ...], may: bool
) -> None:
    assert may_state(state, families) is may


@pytest.mark.parametrize(
    ("places", "place", "reaches"),
    [
        ((), None, True),
        ((), "110101", True),
        (("11", "31"), "110101", True),
        (("11", "31"), "310101", True),
        (("11", "31"), "320101", False),
        (("11", "31"), None, False),
        (("110101",), "11", False),
    ],
)
def test_a_source_holds_what_lies_in_its_places(
    places: tuple[str, ...], place: str | None, reaches: bool
) -> None:
    assert Coverage(places=places).reaches(place) is reaches


def test_a_bound_that_is_not_declared_is_open() -> None:
    assert Coverage(SINCE, UNTIL).span == (SINCE, UNTIL)
    assert Coverage().span == (date.min, None)


def test_the_days_held_are_those_of_the_coverages_that_reach_a_place() -> None:
    beijing, everywhere = Coverage(SINCE, UNTIL, ("11",)), Coverage(UNTIL)
    source = Authority(
        "registry", "birth", frozenset(), timedelta(0), coverage=(beijing, everywhere)
    )
    assert source.spans("110101") == [(SINCE, UNTIL), (UNTIL, None)]
    assert source.spans(None) == [(UNTIL, None)]


def test_an_authority_is_over_a_family_and_over_people_with_its_numbers() -> None:
    births, deaths = authority(), authority(family="death")
    declared = Authorities((births, deaths))
    assert declared.over("birth", ("cn-rid",)) == [births]
    assert declared.over("death", ("uk-reg", "nl-bsn")) == [deaths]
    assert declared.over("birth", ("uk-reg",)) == []
    assert declared.over("union", ("cn-rid",)) == []


def test_a_source_without_a_department_stands_alone() -> None:
    declared = Authorities((authority(), authority("consulate", department="ministry")))
    assert declared.departments() == {"registry": "registry", "consulate": "ministry"}
