"""Laws that hold for every proof, on random histories of four people in all record types.

Goal: what no story thought of, in any proof. Method: a proof is drawn, then a question that it
takes, then events that it may read; each law is a change of the telling that must change nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.answer import Outcome
from civicbus.domain.events import Event, Header, IdentityLink, Refusal, event_id
from civicbus.domain.proofs import PROOFS
from civicbus.domain.record_codes import LinkKind
from civicbus.domain.vocabulary import LegalState, Role
from tests.domain.law_helpers import annulment_of, mixes_kinds
from tests.domain.whole_histories import ADA, BEN, CLEO, LAST, Case, cases
from tests.patience import tried

pytestmark = pytest.mark.timeout(600)

thorough = tried(150)
LATER = LAST + timedelta(days=3)


@thorough
@given(cases(orderly=False))
def test_every_history_has_an_answer_that_the_proof_may_give(case: Case) -> None:
    found = case.answer()
    assert found.reason in PROOFS[case.proof].explanations
    assert found.outcome not in PROOFS[case.proof].never


@thorough
@given(cases(orderly=False), st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_decides(case: Case, random: Random) -> None:
    shuffled = list(case.history)
    random.shuffle(shuffled)
    assert case.answer(shuffled).to_json() == case.answer().to_json()


@thorough
@given(cases(orderly=False))
def test_a_repeated_event_has_one_effect(case: Case) -> None:
    assert case.answer([*case.history, *case.history]).to_json() == case.answer().to_json()


@thorough
@given(cases(orderly=False).filter(lambda case: not any(map(_is_refusal, case.history))))
def test_what_was_registered_later_changes_no_earlier_answer(case: Case) -> None:
    known = [e for e in case.history if e.header.registered_at <= case.question.known_at]
    assert case.answer(known).to_json() == case.answer().to_json()


@thorough
@given(cases(), st.randoms(use_true_random=False))
def test_in_which_order_the_people_of_an_act_are_named_changes_nothing(
    case: Case, random: Random
) -> None:
    """Neither the two parents of a birth, nor the two partners of a marriage."""
    swapped = []
    for event in case.history:
        concerned = list(event.header.concerned)
        random.shuffle(concerned)
        header: Header = replace(event.header, concerned=tuple(concerned))
        swapped.append(replace(event, header=header))
    assert case.answer(swapped).to_json() == case.answer().to_json()


@thorough
@given(cases())
def test_a_yes_or_no_follows_from_the_events_that_it_lists(case: Case) -> None:
    full = case.answer()
    if full.outcome not in (Outcome.YES, Outcome.NO) or mixes_kinds(case.history):
        return
    listed = {evidence.event_id for evidence in full.basis}
    alone = case.answer([e for e in case.history if e.header.event_id in listed])
    assert (alone.outcome, alone.reason) == (full.outcome, full.reason)


@thorough
@given(cases(), st.data())
def test_an_annulment_that_is_itself_annulled_changes_nothing(
    case: Case, data: st.DataObject
) -> None:
    if not case.history:
        return
    target = data.draw(st.sampled_from(case.history))
    annulment = annulment_of(target, "first", LAST + timedelta(minutes=1))
    undone = annulment_of(annulment, "second", LAST + timedelta(minutes=2))
    before = case.answer(known_at=LATER)
    after = case.answer([*case.history, annulment, undone], known_at=LATER)
    assert (after.outcome, after.reason) == (before.outcome, before.reason)


@thorough
@given(cases(), st.sampled_from(LinkKind), st.sampled_from(["registry", "court"]))
def test_people_who_were_wrongly_merged_and_are_split_again_are_as_they_were(
    case: Case, kind: LinkKind, source: str
) -> None:
    """All events of each stand where they stood, whatever came while they were taken for one."""
    concerned = (ADA.as_(Role.PERSON, told=False), BEN.as_(Role.FORMER, told=False))
    header = Header(event_id("whole", "merge"), "registry", concerned, LAST)
    link = IdentityLink(header, kind)
    split = replace(annulment_of(link, "split", LAST + timedelta(minutes=1)))
    split = replace(split, header=replace(split.header, source=source))
    if source == "court":
        split = replace(split, header=replace(split.header, legal_state=LegalState.DECLARED))
    before = case.answer(known_at=LATER)
    after = case.answer([*case.history, link, split], known_at=LATER)
    assert (after.outcome, after.reason) == (before.outcome, before.reason)


@thorough
@given(cases())
def test_what_stands_under_a_strangers_number_alone_is_nobody_elses(case: Case) -> None:
    """Events that name CLEO alone leave ADA's answer alone, unless the question names CLEO."""
    if any(getattr(value, "person_key", None) == CLEO.key for _, value in case.question.claims):
        return
    if any(e.header.stands_under(CLEO.key) and _is_about_others(e) for e in case.history):
        return
    rest = [e for e in case.history if not e.header.stands_under(CLEO.key)]
    assert case.answer(rest).to_json() == case.answer().to_json()


def _is_refusal(event: Event) -> bool:
    """A row that could not be read may be of any time, so its refusal is always heard."""
    return isinstance(event, Refusal)


def _is_about_others(event: Event) -> bool:
    return any(c.person_key != CLEO.key for c in event.header.concerned)
