"""P14 insured against a clerk who ticks months off on a calendar.

Goal: no way of posting the same months counts them otherwise. Method: random postings, some of them
split, doubled or in other regions; the clerk knows sets of months and nothing of postings.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.answer import Answer, Outcome, Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier, Entry, SourceState
from civicbus.domain.events import Concerned, Contribution, Event, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs import run, start
from civicbus.domain.record_codes import InsuranceKind
from civicbus.domain.vocabulary import Role

PERSON = Identifier.of("nl-bsn", "999990639")
KEY = person_key(PERSON, b"contributions")
NOW = datetime(2024, 1, 1, tzinfo=UTC)
AUTHORITIES = Authorities(
    (Authority("office", "contribution", frozenset({"nl-bsn"}), timedelta(days=1)),)
)
SOURCES = {("contribution", "office"): SourceState(NOW)}

spans = st.tuples(st.integers(0, 40), st.integers(0, 14)).map(lambda pair: (pair[0], sum(pair)))
postings = st.lists(spans, max_size=6)


def posting(number: int, first: int, last: int, region: str | None = None) -> Contribution:
    header = Header(
        event_id("office", str(number), str(region)),
        "office",
        (Concerned(Role.INSURED, (PERSON,), KEY),),
        NOW - timedelta(days=1),
    )
    return Contribution(header, InsuranceKind.PENSION, month(first), month(last), region)


def month(index: int) -> PartialDate:
    """The months from January 2010 on, the first of which has the index 0."""
    return PartialDate(2010 + index // 12, index % 12 + 1)


def answer(events: list[Event], months: int, day: date = date(2023, 12, 31)) -> Answer:
    claims = (("insurance", "pension"), ("months", months))
    question = Question(PERSON, KEY, day, NOW, claims)
    entries = tuple(Entry("contribution", event, NOW) for event in events)
    dossier = Dossier(KEY, entries, sources=SOURCES)
    return run(start("insured", question, AUTHORITIES), lambda _: dossier)


def ticked(spans_paid: list[tuple[int, int]], until: int) -> int:
    """How many months a clerk has ticked off on the calendar, up to one of them."""
    calendar = [False] * 80
    for first, last in spans_paid:
        calendar[first : last + 1] = [True] * (last + 1 - first)
    return calendar[: until + 1].count(True)


@given(postings, st.integers(1, 60), st.integers(0, 60))
def test_months_are_those_that_a_clerk_would_tick_off(
    paid: list[tuple[int, int]], months: int, until: int
) -> None:
    events: list[Event] = [posting(n, first, last) for n, (first, last) in enumerate(paid)]
    day = date(2010 + until // 12, until % 12 + 1, 28)
    found = answer(events, months, day).outcome
    if paid:
        assert found is (Outcome.YES if ticked(paid, until) >= months else Outcome.NO)
    else:
        assert found is Outcome.UNKNOWN  # nobody knows of such a person


@given(postings, st.integers(1, 60), st.integers(0, 14))
def test_how_the_months_are_split_over_postings_and_regions_changes_nothing(
    paid: list[tuple[int, int]], months: int, at: int
) -> None:
    whole: list[Event] = [posting(n, first, last) for n, (first, last) in enumerate(paid)]
    split: list[Event] = []
    for number, (first, last) in enumerate(paid):
        middle = min(first + at, last)
        split.append(posting(number, first, middle))
        split.append(posting(number, middle, last, "elsewhere"))
    assert answer(split, months).outcome is answer(whole, months).outcome
