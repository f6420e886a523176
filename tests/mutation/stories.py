"""Every scenario file as one test, for the mutation run, which pays for each test that it lists.

What `tests.domain.test_scenarios` asks of each answer is asked here, in two orders of arrival.
"""

from __future__ import annotations

import pytest

from civicbus.domain.answer import Answer, Outcome
from tests.domain.scenario import Asked, Scenario, read_scenarios

SCENARIOS = read_scenarios()
FILES = sorted({scenario.file for scenario in SCENARIOS})


@pytest.mark.parametrize("file", FILES)
def test_the_stories_of_a_file_are_answered_as_they_were_written(file: str) -> None:
    for scenario in SCENARIOS:
        for asked in scenario.asked if scenario.file == file else ():
            answer = scenario.answer(asked, scenario.events)
            _check(scenario, asked, answer)
            twice_backwards = [*scenario.events[::-1], *scenario.events]
            assert scenario.answer(asked, twice_backwards).to_json() == answer.to_json()
            _check_evidence(scenario, asked, answer)


def _check(scenario: Scenario, asked: Asked, answer: Answer) -> None:
    assert (answer.outcome, answer.reason) == (asked.outcome, asked.reason)
    if asked.basis is not None:
        assert {scenario.names[evidence.event_id] for evidence in answer.basis} == asked.basis
    if asked.flags is not None:
        assert sorted(answer.flags) == sorted(asked.flags)
    details = answer.to_json()["details"]
    assert isinstance(details, dict)
    assert {name: details[name] for name in asked.details} == asked.details


def _check_evidence(scenario: Scenario, asked: Asked, answer: Answer) -> None:
    if answer.outcome not in (Outcome.YES, Outcome.NO):
        return
    listed = {evidence.event_id for evidence in answer.basis}
    shown = [event for event in scenario.events if event.header.event_id in listed]
    again = scenario.answer(asked, shown)
    assert (again.outcome, again.reason) == (answer.outcome, answer.reason)
