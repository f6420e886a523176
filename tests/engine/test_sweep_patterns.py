"""People who are alike get the answer that the proof itself would give each of them.

The patterns outlive an example: a person of one example is compared with all of those before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Event, RangeVoid
from civicbus.domain.proofs import run, start
from civicbus.domain.vocabulary import AnnulmentReason
from civicbus.engine.raw import RawSource
from civicbus.engine.sweep_patterns import Pattern, Patterns, is_plain
from civicbus.wire.codec import Codec
from civicbus.wire.life_columns import Moment
from civicbus.wire.life_table import Person
from civicbus.wire.likeness import Alike, Likenesses
from civicbus.wire.records import to_millis
from tests.domain import histories, whole_histories
from tests.domain.scenario import Scenario, read_scenarios
from tests.engine import lives
from tests.engine.samples import catalogue
from tests.patience import tried

Fetch = Callable[[Any], Dossier]


@cache
def likenesses() -> Likenesses:
    return Likenesses(catalogue())


@cache
def framed(event: Event) -> bytes:
    return Codec(catalogue()).encode(event)


class Judge:
    """Holds what is said of people who are alike to the proof's own answers."""

    def __init__(self, authorities: Authorities) -> None:
        self.authorities = authorities
        self.patterns: dict[Any, Pattern | None] = {}
        self.seen: Counter[str] = Counter()

    def hold(self, question: Question, fetch: Fetch, dossier: Dossier, *context: object) -> None:
        alike = likeness_of(question, [entry.event for entry in dossier.entries])
        if alike is None or dossier.quarantined:
            self.seen["unlike"] += 1
            return
        answer = run(start("alive", question, self.authorities), fetch)
        place = (question.valid_at, question.known_at, alike.likeness, question.person, context)
        if place not in self.patterns:
            self.seen["first"] += 1
            self.patterns[place] = Pattern.of(answer, alike.ids)
        pattern = self.patterns[place]
        if pattern is not None:
            self.seen["alike"] += 1
            swept = pattern.about(alike.ids)
            assert json.loads(swept.text) == answer.in_brief()
            assert swept.outcome == answer.outcome.value


def likeness_of(question: Question, events: Sequence[Event]) -> Alike | None:
    person = Person(
        question.person_key.encode(), question.person.scheme, [framed(event) for event in events]
    )
    moment = Moment.of(question.valid_at, to_millis(question.known_at))
    return likenesses().of([person], moment)[0]


OF_LIVES = Judge(histories.AUTHORITIES)
OF_HISTORIES = Judge(histories.AUTHORITIES)
OF_WHOLE_HISTORIES = Judge(whole_histories.AUTHORITIES)


@tried(800)
@given(question=lives.questions(), life=lives.lives())
def test_ordinary_lives_that_are_alike_have_the_answer_of_the_proof(
    question: Question, life: list[Event]
) -> None:
    dossier = histories.dossier_of(life)
    OF_LIVES.hold(question, lambda _: dossier, dossier)


@tried(300)
@given(question=histories.questions(), history=histories.muddles() | histories.histories())
def test_histories_of_life_and_death_that_are_alike_have_the_answer_of_the_proof(
    question: Question, history: list[Event]
) -> None:
    dossier = histories.dossier_of(history)
    OF_HISTORIES.hold(question, lambda _: dossier, dossier)


@st.composite
def asked_alive(draw: st.DrawFn) -> whole_histories.Case:
    case = draw(whole_histories.cases(orderly=draw(st.booleans())))
    question = Question(
        case.question.person,
        case.question.person_key,
        case.question.valid_at,
        case.question.known_at,
    )
    return whole_histories.Case("alive", question, case.history)


@tried(300)
@given(case=asked_alive())
def test_histories_in_every_record_type_that_are_alike_have_the_answer_of_the_proof(
    case: whole_histories.Case,
) -> None:
    def fetch(need: Any) -> Dossier:
        return whole_histories.dossier(need, case.history)

    needed: list[Any] = []
    proof = start("alive", case.question, whole_histories.AUTHORITIES)
    needed.append(next(proof))
    OF_WHOLE_HISTORIES.hold(case.question, fetch, fetch(needed[0]))


def test_people_of_all_stories_that_are_alike_have_the_answer_of_the_proof() -> None:
    judged = Counter[str]()
    for story in read_scenarios():
        judge = Judge(story.authorities)
        for asked in story.asked:
            if asked.proof != "alive" or asked.question.name or asked.question.birth_date:
                continue
            need = next(start("alive", asked.question, story.authorities))

            def fetch(need: Any, story: Scenario = story) -> Dossier:
                return story.dossier(need, story.events)

            judge.hold(asked.question, fetch, fetch(need))
        judged += judge.seen
    assert judged["alike"] > 20
    assert judged["unlike"] > 100


def test_enough_people_are_alike_for_the_laws_to_say_something() -> None:
    """Those who are alike must not be the exception."""
    if not OF_LIVES.seen:  # this test was picked alone
        test_ordinary_lives_that_are_alike_have_the_answer_of_the_proof()
    assert OF_LIVES.seen["alike"] > 3 * OF_LIVES.seen["first"] / 2
    assert OF_LIVES.seen["alike"] > OF_LIVES.seen["unlike"] / 10


def test_what_voids_a_range_of_documents_leaves_nobody_alike() -> None:
    void = RangeVoid(lives.RECORD, "1", "2", AnnulmentReason.FORMAL_CORRECTION)
    question = Question(histories.PERSON, histories.KEY, lives.DAY, lives.KNOWN[0])
    assert likeness_of(question, lives.BEGINNINGS[0]) is not None
    assert likeness_of(question, [*lives.BEGINNINGS[0], void]) is None


def test_what_is_known_holds_for_one_question_and_one_state_of_the_sources() -> None:
    patterns = Patterns()
    question = Question(histories.PERSON, histories.KEY, lives.DAY, lives.KNOWN[0])
    earlier = replace(question, known_at=lives.KNOWN[1])
    fresh, late = (RawSource(2, "registry", 2, 0),), (RawSource(2, "registry", 1, 0),)
    found = patterns.under(histories.AUTHORITIES, question, fresh)
    assert patterns.under(histories.AUTHORITIES, question, fresh) is found
    assert patterns.under(histories.AUTHORITIES, question, late) is not found
    assert patterns.under(histories.AUTHORITIES, earlier, fresh) is not found
    others = Authorities(histories.AUTHORITIES.declared)
    assert patterns.under(others, question, fresh) is not found


@pytest.mark.parametrize(
    "more", [{"name": "Ada"}, {"birth_date": lives.DAY}, {"claims": (("number", "1"),)}]
)
def test_who_is_told_more_of_is_proved_alone(more: dict[str, Any]) -> None:
    question = Question(histories.PERSON, histories.KEY, lives.DAY, lives.KNOWN[0])
    assert is_plain(question)
    assert not is_plain(replace(question, **more))
