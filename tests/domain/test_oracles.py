"""Resolve and `alive` against two readings of the rules that share nothing with them.

Goal: no sequence of reports, corrections, annulments and reinstatements of deaths that a short
story can tell is answered otherwise than by the clerk, or by the rules read out. Method: all of
them, not a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from civicbus.domain.answer import Question
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Annulment, Birth, Concerned, Death, Event, Header, event_id
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role
from tests.domain.histories import KEY, PERSON, answer
from tests.domain.oracles import (
    ANNUL,
    CORRECT,
    EARLY,
    LATE,
    REINSTATE,
    REPORT,
    Step,
    registries,
    sequences,
    verdict,
)

CHANGES = {
    REPORT: Change.CREATED,
    CORRECT: Change.CORRECTED,
    REINSTATE: Change.REINSTATED,
    ANNUL: Change.CREATED,
}
DAYS = {EARLY: date(2019, 11, 1), LATE: date(2019, 12, 1)}
BETWEEN = date(2019, 11, 15)
START = datetime(2020, 1, 1, tzinfo=UTC)
END = START + timedelta(days=1)
BIRTH = Birth(
    Header(
        event_id("oracle", "birth"),
        "registry",
        (Concerned(Role.CHILD, (PERSON,), KEY),),
        START,
        PartialDate(1950, 1, 1),
    )
)


@cache
def event_of(place: int, step: Step) -> Event:
    role = Role.PERSON if step.kind == ANNUL else Role.DECEASED
    header = Header(
        event_id=event_id("oracle", str(place)),
        source=step.source,
        concerned=(Concerned(role, (PERSON,), KEY),),
        registered_at=START + timedelta(minutes=place),
        occurred=PartialDate() if step.kind == ANNUL else PartialDate.of(DAYS[step.day]),
        change=CHANGES[step.kind],
        target_event_id=None if step.names is None else event_id("oracle", str(step.names)),
    )
    if step.kind == ANNUL:
        return Annulment(header, AnnulmentReason.FORMAL_CORRECTION)
    return Death(header)


def answered(steps: Sequence[Step]) -> str:
    history = [BIRTH, *(event_of(place, step) for place, step in enumerate(steps))]
    return answer(Question(PERSON, KEY, BETWEEN, END), history[::-1]).outcome.value


@pytest.mark.parametrize("length", range(6))
def test_a_well_behaved_registry_is_read_like_a_clerks_cards(length: int) -> None:
    different = [
        (registry.steps, registry.outcome(), found)
        for registry in registries(length)
        if (found := answered(registry.steps)) != registry.outcome()
    ]
    assert different == []


@pytest.mark.parametrize(
    ("sources", "length"),
    [
        (["registry"], 2),
        (["registry"], 3),
        (["registry"], 4),
        (["registry"], 5),
        (["registry", "hospital"], 3),
        (["registry", "hospital"], 4),
    ],
)
def test_any_sequence_is_read_by_the_letter_of_the_rules(sources: list[str], length: int) -> None:
    different = [
        (steps, verdict(steps), found)
        for steps in sequences(length, sources)
        if (found := answered(steps)) != verdict(steps)
    ]
    assert different == []
