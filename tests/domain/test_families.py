"""The proof of kinship against a priest's book, on families of four generations.

Goal: for whole families, every pair and every relation, on any day. Method: Hypothesis makes up a
book; the registers tell the same as events, in any order of arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.answer import Outcome, Question
from civicbus.domain.claims import Party
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Birth, Concerned, Event, Header, Parentage, event_id
from civicbus.domain.proofs import run, start
from civicbus.domain.record_codes import ParentageEnd, ParentageKind
from civicbus.domain.vocabulary import Change, Role
from tests.domain.family_book import BORN, ELDERS, Book, Line
from tests.domain.scenario_people import made_number
from tests.domain.whole_histories import AUTHORITIES, FIRST, LAST, Somebody, dossier
from tests.patience import tried

pytestmark = pytest.mark.timeout(600)

LATER = LAST + timedelta(days=3)
RELATIONS = ("parent", "child", "grandparent", "grandchild", "sibling")
OPPOSITE = {"parent": "child", "grandparent": "grandchild", "sibling": "sibling"}
PEOPLE = {
    name: Somebody(made_number(f"family {name}"), name.title(), PartialDate(year, 6, 1))
    for name, year in BORN.items()
}
MEN = {"alan", "bob", "bill", "carl", "dan"}
KINDS = {
    "recognised": ParentageKind.RECOGNITION,
    "denied": ParentageKind.DENIAL,
    "adopted": ParentageKind.ADOPTION,
}


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A book in which every child has at most one father and one mother at a time."""
    lines = []
    for child, elders in ELDERS.items():
        lines += draw(lives(child, elders))
    return Book(tuple(lines))


@st.composite
def lives(draw: st.DrawFn, child: str, elders: Sequence[str]) -> list[Line]:
    """What the book says of one child's parents."""
    year = BORN[child]
    mothers = [name for name in elders if name not in MEN]
    fathers = [name for name in elders if name in MEN]
    mother = draw(st.sampled_from([*mothers, None])) if mothers else None
    father = draw(st.sampled_from([*fathers, None])) if fathers else None
    lines = [Line(year, "birth", child, tuple(name for name in (mother, father) if name))]
    if fathers and father is None and draw(st.booleans()):
        father = draw(st.sampled_from(fathers))
        lines.append(Line(year + 2, "recognised", child, (father,)))
    if father and draw(st.integers(0, 5)) == 0:
        lines.append(Line(year + 4, "denied", child, (father,)))
    couples = [
        (name, other)
        for name, other in permutations(elders, 2)
        if name not in MEN and other in MEN and {name, other}.isdisjoint((mother, father))
    ]
    is_adopted = draw(st.booleans())
    if couples and is_adopted:
        couple = draw(st.sampled_from(couples))
        lines.append(Line(year + 6, "adopted", child, couple))
        if draw(st.booleans()):
            lines.append(Line(year + 10, "given_back", child, couple))
    return lines


def told(book: Book) -> list[Event]:
    """What the register publishes of a book: always the last day of June."""
    return [_event(line) for line in book.lines]


def _event(line: Line) -> Event:
    child = PEOPLE[line.child].as_(Role.CHILD, told=True)
    if line.kind == "birth":
        return Birth(_header(line, (child, *_parents(line.who)), PEOPLE[line.child].born))
    when = PartialDate(line.year, 6, 30)
    if line.kind == "given_back":
        header = _header(
            line, (child, *_parents(line.who)), when, target=_id(line.child, "adopted")
        )
        return Parentage(header, ParentageKind.ADOPTION, ParentageEnd.ADOPTION_DISSOLVED)
    return Parentage(_header(line, (child, *_parents(line.who)), when), KINDS[line.kind])


def _parents(names: Sequence[str]) -> tuple[Concerned, ...]:
    return tuple(
        PEOPLE[name].as_(Role.FATHER if name in MEN else Role.MOTHER, told=False) for name in names
    )


def _header(
    line: Line, concerned: tuple[Concerned, ...], when: PartialDate, target: str | None = None
) -> Header:
    change = Change.CREATED if target is None else Change.ENDED
    id_ = _id(line.child, line.kind)
    return Header(id_, "registry", concerned, FIRST, when, change, target)


@cache
def _id(child: str, kind: str) -> str:
    return event_id("family", child, kind)


def proved(relation: str, person: str, relative: str, year: int, history: list[Event]) -> Outcome:
    one, other = PEOPLE[person], PEOPLE[relative]
    claims = (("relation", relation), ("relative", Party(other.number, other.key)))
    question = Question(one.number, one.key, date(year, 12, 31), LATER, claims)
    proof = start("kinship", question, AUTHORITIES)
    return run(proof, lambda need: dossier(need, history)).outcome


years = st.sampled_from([1929, 1930, 1933, 1937, 1941, 1962, 1967, 1971, 1992, 1997, 2001, 2020])
pairs = st.sampled_from(list(permutations(PEOPLE, 2)))


@tried(60)
@given(books(), years, st.integers(0, 10_000))
def test_everybody_is_to_everybody_what_stands_in_the_book(
    book: Book, year: int, seed: int
) -> None:
    random = Random(seed)
    history = told(book)
    random.shuffle(history)
    for relation in RELATIONS:
        for person, relative in random.sample(list(permutations(PEOPLE, 2)), 4):
            found = proved(relation, person, relative, year, history)
            expected = book.relation(relation, person, relative, year)
            assert (relation, person, relative, found) == (relation, person, relative, expected)


@tried(300)
@given(books(), years, pairs, st.sampled_from(sorted(OPPOSITE)))
def test_a_relation_is_answered_alike_from_either_side(
    book: Book, year: int, pair: tuple[str, str], relation: str
) -> None:
    history = told(book)
    one, other = pair
    there = proved(relation, one, other, year, history)
    assert proved(OPPOSITE[relation], other, one, year, history) is there
