"""Laws of resolve and of the proofs of life and death, on random histories, sensible or not.

Goal: what no scenario thought of. Method: Hypothesis writes histories in which sources correct,
end, annul and reinstate each other's events in every way that the event types allow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.answer import Outcome, Question
from civicbus.domain.changes import Withdrawal
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Death, Event, Header, event_id
from civicbus.domain.proofs import PROOFS
from civicbus.domain.resolve import resolve
from civicbus.domain.vocabulary import Change, LegalState
from tests.domain.histories import (
    AUTHORITIES,
    KEY,
    LAST_MOMENT,
    MOMENTS,
    PERSON,
    answer,
    dossier_of,
    events,
    histories,
    muddles,
    proofs,
    questions,
)
from tests.domain.law_helpers import annulment_of, mixes_kinds
from tests.patience import tried

thorough = tried(200)


@thorough
@given(proofs(), questions(), muddles(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_decides(
    proof: str, question: Question, history: list[Event], random: Random
) -> None:
    shuffled = list(history)
    random.shuffle(shuffled)
    assert answer(question, shuffled, proof).to_json() == answer(question, history, proof).to_json()


@thorough
@given(proofs(), questions(), muddles(), st.data())
def test_a_repeated_event_has_one_effect(
    proof: str, question: Question, history: list[Event], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(history), max_size=4)) if history else []
    once, twice = (answer(question, told, proof) for told in (history, [*history, *again]))
    assert twice.to_json() == once.to_json()


@thorough
@given(proofs(), st.sampled_from(MOMENTS), histories(), histories())
def test_what_was_registered_later_changes_no_earlier_answer(
    proof: str, known_at: datetime, history: list[Event], added: list[Event]
) -> None:
    question = Question(PERSON, KEY, valid_at=date(2020, 1, 1), known_at=known_at)
    later = [event for event in added if event.header.registered_at > known_at]
    before, after = (answer(question, told, proof) for told in (history, [*history, *later]))
    assert after.to_json() == before.to_json()


@thorough
@given(proofs(), questions(), muddles())
def test_every_history_has_an_answer_with_a_reason(
    proof: str, question: Question, history: list[Event]
) -> None:
    kind, found = PROOFS[proof], answer(question, history, proof)
    assert found.reason in kind.explanations
    rests_on = {a.source for a in AUTHORITIES.declared if a.family in kind.rests_on}
    assert set(found.known_through) >= rests_on


@pytest.mark.parametrize("day", [date.min, date(1849, 1, 1), date.max])
@given(proof=proofs(), history=histories())
def test_the_ends_of_the_calendar_are_days_like_others(
    day: date, proof: str, history: list[Event]
) -> None:
    question = Question(PERSON, KEY, valid_at=day, known_at=LAST_MOMENT)
    assert answer(question, history, proof).reason in PROOFS[proof].explanations


@thorough
@given(proofs(), questions(), histories())
def test_a_yes_or_no_follows_from_the_events_that_it_lists(
    proof: str, question: Question, history: list[Event]
) -> None:
    full = answer(question, history, proof)
    if full.outcome not in (Outcome.YES, Outcome.NO) or mixes_kinds(history):
        return
    listed = {evidence.event_id for evidence in full.basis}
    heard = [event for event in history if event.header.event_id in listed]
    alone = answer(question, heard, proof)
    assert (alone.outcome, alone.reason, alone.details) == (full.outcome, full.reason, full.details)
    assert {evidence.event_id for evidence in alone.basis} == listed


@thorough
@given(questions(), histories(), st.data())
def test_an_annulment_that_is_itself_annulled_changes_nothing(
    question: Question, history: list[Event], data: st.DataObject
) -> None:
    if not history:
        return
    target = data.draw(st.sampled_from(history))
    annulment = annulment_of(target, "first", LAST_MOMENT + timedelta(minutes=1))
    undone = annulment_of(annulment, "second", LAST_MOMENT + timedelta(minutes=2))
    before, after = answer(question, history), answer(question, [*history, annulment, undone])
    assert (after.outcome, after.reason) == (before.outcome, before.reason)


@thorough
@given(questions(), histories(), st.data())
def test_a_death_that_is_annulled_and_reinstated_is_the_same_death(
    question: Question, history: list[Event], data: st.DataObject
) -> None:
    facts = resolve(dossier_of(history), LAST_MOMENT)
    deaths = [
        fact
        for fact in facts.of(Death)
        if _is_exact(fact.content.header.occurred) and not (fact.contested or fact.pending)
    ]
    if not deaths:
        return
    content: Death = data.draw(st.sampled_from(deaths)).content
    annulment = annulment_of(content, "first", LAST_MOMENT + timedelta(minutes=1))
    names = [content.header.event_id, annulment.header.event_id]
    header: Header = replace(
        content.header,
        event_id=event_id("laws", "again"),
        change=Change.REINSTATED,
        target_event_id=data.draw(st.sampled_from(names)),
        registered_at=annulment.header.registered_at + timedelta(minutes=1),
    )
    known = replace(question, known_at=LAST_MOMENT + timedelta(hours=1))
    before = answer(known, history)
    after = answer(known, [*history, annulment, replace(content, header=header)])
    assert (after.outcome, after.reason) == (before.outcome, before.reason)


@thorough
@given(st.sampled_from(MOMENTS), muddles())
def test_every_known_event_is_accounted_for_once(known_at: datetime, history: list[Event]) -> None:
    facts = resolve(dossier_of(history), known_at)
    acts = Counter(
        event.header.event_id
        for fact in (*facts.held, *facts.withdrawn)
        for event in fact.evidence
        if not isinstance(event, Withdrawal)
    )
    known = _ids(
        event
        for event in history
        if event.header.registered_at <= known_at and not isinstance(event, Withdrawal)
    )
    assert known <= acts.keys() | _ids(facts.conflicting)
    assert set(acts.values()) <= {1}


@thorough
@given(histories(), events())
def test_a_stranger_without_a_court_cannot_withdraw_a_death(
    history: list[Event], added: Event
) -> None:
    """Whatever one more source writes, no registered death turns into a `yes`."""
    question = Question(PERSON, KEY, valid_at=date(2020, 2, 1), known_at=LAST_MOMENT)
    before = answer(question, history)
    if before.outcome is not Outcome.NO or added.header.event_id in _ids(history):
        return
    header: Header = replace(added.header, source="stranger", legal_state=LegalState.REGISTERED)
    after = answer(question, [*history, replace(added, header=header)])
    assert after.outcome is not Outcome.YES


def _is_exact(when: PartialDate) -> bool:
    return when.earliest == when.latest


def _ids(history: Iterable[Event]) -> set[str]:
    return {event.header.event_id for event in history}
