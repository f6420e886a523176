"""Every scenario file, played: what a civil servant wrote is what the proof `alive` answers.

Goal: one answer for one set of events. Method: each story is played as it is written, backwards, in
random orders, and with each delivery twice (ORDER-FREE, ONE-EFFECT).
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from civicbus.domain.answer import Outcome
from civicbus.domain.events import Event
from civicbus.domain.proofs.alive import RULES
from civicbus.domain.proofs.alive_sentences import SENTENCES
from tests.domain.scenario import Asked, Scenario, read_scenarios

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
    ids=[f"{s.file}: {s.title} ({a.question.valid_at})" for s, a in QUESTIONS],
)
def test_the_answer_is_the_one_that_was_written(scenario: Scenario, asked: Asked) -> None:
    answers = [scenario.answer(asked.question, events) for events in arrivals(scenario.events)]
    answer = answers[0]
    assert (answer.outcome, answer.reason) == (asked.outcome, asked.reason)
    if asked.basis is not None:
        assert {scenario.names[evidence.event_id] for evidence in answer.basis} == asked.basis
    assert all(again.to_json() == answer.to_json() for again in answers)


def test_every_reason_is_reached_by_a_scenario() -> None:
    assert {asked.reason for _, asked in QUESTIONS} == set(SENTENCES)


def test_every_outcome_is_reached_by_a_scenario() -> None:
    assert {asked.outcome for _, asked in QUESTIONS} == {str(outcome) for outcome in Outcome}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_decides_in_a_scenario(rule: object) -> None:
    decided = {
        asked.question for scenario, asked in QUESTIONS if scenario.decided_by(asked) is rule
    }
    assert decided


def test_every_event_of_a_scenario_has_its_own_name() -> None:
    for scenario in SCENARIOS:
        names = [told["name"] for told in scenario.told["events"]]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("reason", SENTENCES)
def test_every_reason_has_a_sentence_in_english_and_in_chinese(reason: str) -> None:
    assert SENTENCES[reason].keys() == {"en", "zh"}
    assert all(sentence.format(day="2024-05-01") for sentence in SENTENCES[reason].values())


def test_a_sentence_says_the_outcome_first() -> None:
    openings = {
        "yes": ("Alive", "在世"),
        "no": ("Not alive", "不在世 已死亡 尚未出生"),
        "unknown": ("Unknown", "无法确定"),
        "disputed": ("Disputed", "有争议"),
    }
    for scenario, asked in QUESTIONS:
        sentence = scenario.answer(asked.question, scenario.events).sentence
        english, chinese = openings[asked.outcome]
        assert sentence["en"].startswith(english)
        assert any(word in sentence["zh"].partition("：")[0] for word in chinese.split())
