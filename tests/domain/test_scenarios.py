"""Every scenario file, played: what a civil servant wrote is what the proofs answer.

Goal: one answer for one set of events. Method: each story is played as it is written, backwards, in
random orders, and with each delivery twice (ORDER-FREE, ONE-EFFECT).
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from civicbus.domain.answer import Outcome
from civicbus.domain.events import Event
from civicbus.domain.proofs import PROOFS
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.obstacles import RULES as OBSTACLES
from civicbus.domain.proofs.verdict import Rule
from civicbus.domain.proofs.words import COMMON
from tests.domain.scenario import Asked, Scenario, read_scenarios
from tests.domain.scenario_checks import check_answer, check_evidence

SCENARIOS = read_scenarios()
QUESTIONS = [(scenario, asked) for scenario in SCENARIOS for asked in scenario.asked]


def arrivals(events: list[Event]) -> Iterator[list[Event]]:
    """The orders and repetitions in which the same events may arrive."""
    yield events
    yield events[::-1]
    yield [event for event in events for _ in range(2)]
    for seed in range(5):
        shuffled = [*events, *events]
        random.Random(seed).shuffle(shuffled)
        yield shuffled


@pytest.mark.parametrize(
    ("scenario", "asked"),
    QUESTIONS,
    ids=[f"{s.file}: {s.title} ({a.proof} {a.question.valid_at})" for s, a in QUESTIONS],
)
def test_the_answer_is_the_one_that_was_written(scenario: Scenario, asked: Asked) -> None:
    answers = [scenario.answer(asked, events) for events in arrivals(scenario.events)]
    answer = answers[0]
    check_answer(scenario, asked, answer)
    assert all(again.to_json() == answer.to_json() for again in answers)


@pytest.mark.parametrize(
    ("scenario", "asked"),
    QUESTIONS,
    ids=[f"{s.file}: {s.title} ({a.proof} {a.question.valid_at})" for s, a in QUESTIONS],
)
def test_a_yes_or_no_follows_from_the_events_that_it_lists(
    scenario: Scenario, asked: Asked
) -> None:
    """Whoever is shown the evidence, and nothing else, comes to the same answer."""
    check_evidence(scenario, asked, scenario.answer(asked, scenario.events))


OWN_REASONS = [
    pytest.param(kind, reason, id=f"{kind.name}: {reason}")
    for kind in PROOFS.values()
    for reason in kind.own_explanations
]
RULES = [
    pytest.param(kind, rule, id=f"{kind.name}: {getattr(rule, '__name__', place)}")
    for kind in PROOFS.values()
    for place, rule in enumerate(kind.rules)
]


@pytest.mark.parametrize(("kind", "reason"), OWN_REASONS)
def test_every_reason_of_a_proof_is_reached_by_a_scenario(kind: Kind, reason: str) -> None:
    assert reason in {asked.reason for _, asked in QUESTIONS if asked.proof == kind.name}


@pytest.mark.parametrize("reason", COMMON)
def test_every_shared_reason_is_reached_by_a_scenario(reason: str) -> None:
    assert reason in {asked.reason for _, asked in QUESTIONS}


@pytest.mark.parametrize("kind", PROOFS.values(), ids=PROOFS)
def test_every_outcome_of_a_proof_is_reached_by_a_scenario(kind: Kind) -> None:
    """But for proofs that never say a bare yes; their module says so in `never`."""
    reached = {asked.outcome for _, asked in QUESTIONS if asked.proof == kind.name}
    assert reached == {str(outcome) for outcome in Outcome} - set(kind.never)


@pytest.mark.parametrize(("kind", "rule"), RULES)
def test_every_rule_decides_in_a_scenario(kind: Kind, rule: Rule) -> None:
    asked_of_it = ((s, a) for s, a in QUESTIONS if a.proof == kind.name)
    assert any(scenario.decided_by(asked) is rule for scenario, asked in asked_of_it)


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda rule: rule.__name__)
def test_every_obstacle_stands_in_the_way_of_a_scenario(obstacle: Rule) -> None:
    assert any(scenario.decided_by(asked) is obstacle for scenario, asked in QUESTIONS)


def test_every_edge_case_of_the_design_is_told() -> None:
    assert {edge for scenario in SCENARIOS for edge in scenario.edges} == set(range(1, 101))


def test_every_event_of_a_scenario_has_its_own_name() -> None:
    for scenario in SCENARIOS:
        names = [told["name"] for told in scenario.told.get("events", ())]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", PROOFS.values(), ids=PROOFS)
def test_every_reason_has_its_sentences_in_english_and_in_chinese(kind: Kind) -> None:
    for explanation in kind.explanations.values():
        english = (explanation.en, explanation.change_en)
        chinese = (explanation.zh, explanation.change_zh)
        assert all(text.isascii() and text.endswith(".") for text in english)
        assert all(text.endswith("。") and not text.isascii() for text in chinese)


OPENINGS = {
    "unknown": ("Unknown", "无法确定"),
    "disputed": ("Disputed", "有争议"),
}


@pytest.mark.parametrize(
    ("scenario", "asked"), QUESTIONS, ids=[f"{a.proof} {a.reason}" for _, a in QUESTIONS]
)
def test_a_sentence_says_the_outcome_first(scenario: Scenario, asked: Asked) -> None:
    """An answer that decides nothing can never be read as one that does, nor the other way."""
    sentence = scenario.answer(asked, scenario.events).sentence
    for outcome, openings in OPENINGS.items():
        for language, opening in zip(("en", "zh"), openings, strict=True):
            assert sentence[language].startswith(opening) is (asked.outcome == outcome)
