"""Marital status and who is married to whom, against a clerk's book and by their laws.

Goal: whatever happens to three people in a sensible order, and whatever of it is withdrawn or put
right, the proofs say what the clerk says, of every day and as known at every moment. Method: random
sequences, published as a registry of marriages, a civil registry and a court would.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.answer import Outcome
from tests.domain.union_oracle import MARRY, PAIRS, PEOPLE, PREDATED, STEP, Book
from tests.domain.union_registers import Asked, Registers
from tests.patience import tried

thorough = tried(300)


@st.composite
def books(draw: st.DrawFn) -> Book:
    book = Book()
    for _ in range(draw(st.integers(1, 9))):
        book = book.then(draw(st.sampled_from(list(book.continuations()))))
    return book


@st.composite
def moments(draw: st.DrawFn, steps: int) -> tuple[int, int]:
    """A day about which somebody might ask after so many steps, and the last day of them.

    Days of acts are asked about, and those around them.
    """
    known = (steps - 1) * STEP
    around = draw(st.sampled_from([-PREDATED - 1, -PREDATED, -1, 0, 1]))
    return min(draw(st.integers(0, steps - 1)) * STEP + around, known), known


HABITS = st.lists(st.booleans(), min_size=9, max_size=9)
BOTH_WAYS = [pair[::way] for pair in PAIRS for way in (1, -1)]


@thorough
@given(books(), HABITS, st.data())
def test_everybody_has_the_status_that_the_clerk_reads_out(
    book: Book, habits: list[bool], data: st.DataObject
) -> None:
    steps = data.draw(st.integers(1, len(book.steps)))
    events = Registers(book, habits).known(steps)
    day, known = data.draw(moments(steps))
    cards = book.after(steps).cards(day)
    for name in PEOPLE:
        answer = Asked(name, day, known).answer("marital_status", events)
        expected = cards.status(name)
        if expected.endswith("disputed"):
            assert answer.outcome is Outcome.DISPUTED
        elif expected.startswith("died"):
            assert (answer.outcome, answer.reason) == (Outcome.YES, "died")
            assert f"died: {answer.details['status_at_death']}" == expected
        else:
            assert (answer.outcome, answer.reason) == (Outcome.YES, expected)


@thorough
@given(books(), HABITS, st.data())
def test_who_is_married_to_whom_is_what_the_clerk_reads_out_from_either_side(
    book: Book, habits: list[bool], data: st.DataObject
) -> None:
    events = Registers(book, habits).events
    day, known = data.draw(moments(len(book.steps)))
    for name, spouse in BOTH_WAYS:
        answer = Asked(name, day, known).answer("married_to", events, spouse=spouse)
        assert answer.outcome == book.cards(day).united(name, spouse)


@thorough
@given(books(), HABITS, st.data())
def test_who_was_ever_married_to_whom_is_what_stands_in_the_book(
    book: Book, habits: list[bool], data: st.DataObject
) -> None:
    events = Registers(book, habits).events
    day, known = data.draw(moments(len(book.steps)))
    begun = [line for line in book.lines if line.kind == MARRY and line.day <= day]
    for name, spouse in BOTH_WAYS:
        answer = Asked(name, day, known).answer("married_to", events, spouse=spouse, ever="yes")
        were = any(set(line.people) == {name, spouse} for line in begun)
        assert answer.outcome is (Outcome.YES if were else Outcome.NO)


@thorough
@given(books(), HABITS, st.data())
def test_in_which_order_the_partners_are_named_changes_nothing(
    book: Book, habits: list[bool], data: st.DataObject
) -> None:
    events = Registers(book, habits).events
    asked = Asked(data.draw(st.sampled_from(PEOPLE)), *data.draw(moments(len(book.steps))))
    swapped = [
        replace(event, header=replace(event.header, concerned=event.header.concerned[::-1]))
        for event in events
    ]
    for proof, claims in questions(asked.name):
        before = asked.answer(proof, events, **claims)
        assert asked.answer(proof, swapped, **claims).to_json() == before.to_json()


@thorough
@given(books(), HABITS, st.data())
def test_a_yes_or_no_about_a_union_follows_from_the_events_that_it_lists(
    book: Book, habits: list[bool], data: st.DataObject
) -> None:
    events = Registers(book, habits).events
    asked = Asked(data.draw(st.sampled_from(PEOPLE)), *data.draw(moments(len(book.steps))))
    for proof, claims in questions(asked.name):
        full = asked.answer(proof, events, **claims)
        if full.outcome not in (Outcome.YES, Outcome.NO):
            continue
        listed = {evidence.event_id for evidence in full.basis}
        own = [event for event in events if event.header.event_id in listed]
        alone = asked.answer(proof, own, **claims)
        assert (alone.outcome, alone.reason) == (full.outcome, full.reason)
        assert alone.details == full.details


def questions(name: str) -> list[tuple[str, dict[str, str]]]:
    """What may be asked about somebody."""
    spouses = [{"spouse": other} for other in PEOPLE if other != name]
    return [("marital_status", {}), *(("married_to", claims) for claims in spouses)]
