"""What is asked of every answer to a question of a scenario."""

from __future__ import annotations

from civicbus.domain.answer import Answer, Outcome
from tests.domain.scenario import Asked, Scenario


def check_answer(scenario: Scenario, asked: Asked, answer: Answer) -> None:
    """It is the one that was written, in all that the file says of it."""
    assert answer.proof == asked.proof
    assert (answer.outcome, answer.reason) == (asked.outcome, asked.reason)
    if asked.basis is not None:
        assert {scenario.names[evidence.event_id] for evidence in answer.basis} == asked.basis
    if asked.flags is not None:
        assert sorted(answer.flags) == sorted(asked.flags)
    details = answer.to_json()["details"]
    assert isinstance(details, dict)
    assert {name: details[name] for name in asked.details} == asked.details


def check_evidence(scenario: Scenario, asked: Asked, answer: Answer) -> None:
    """Whoever is shown the evidence of a yes or no, and nothing else, comes to the same."""
    if answer.outcome not in (Outcome.YES, Outcome.NO):
        return
    listed = {evidence.event_id for evidence in answer.basis}
    shown = [event for event in scenario.events if event.header.event_id in listed]
    again = scenario.answer(asked, shown)
    assert (again.outcome, again.reason) == (answer.outcome, answer.reason)
