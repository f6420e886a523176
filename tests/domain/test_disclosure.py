"""Who claims a value is told whether it is that one, and never which one it is."""

from __future__ import annotations

import pytest

from tests.domain.scenario import Asked, Scenario, read_scenarios

CLAIMED = {"capacity": "capacity", "marital_status": "status"}
QUESTIONS = [
    pytest.param(scenario, asked, id=f"{scenario.title} ({asked.question.valid_at})")
    for scenario in read_scenarios()
    for asked in scenario.asked
    if asked.proof in CLAIMED and asked.question.text(CLAIMED[asked.proof]) is not None
]


@pytest.mark.parametrize(("scenario", "asked"), QUESTIONS)
def test_who_claims_a_value_is_not_told_which_it_is(scenario: Scenario, asked: Asked) -> None:
    assert scenario.answer(asked, scenario.events).details == {}
