"""Random histories of four people in every record type that there is, for Hypothesis.

What `histories` does for life and death, this does for all proofs: of each type, events that say
anything the type allows, about few people, ids, days and sources, so that they meet.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.claims import Claim, ClaimKind, Claims, Party
from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier, Entry, SourceState
from civicbus.domain.events import (
    ABOUT_EVENTS,
    EVENT_TYPES,
    Basis,
    Birth,
    Concerned,
    Event,
    Header,
    InvalidEventError,
    RangeVoid,
    Registration,
    event_id,
)
from civicbus.domain.families import FAMILIES
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs import PROOFS, run, start
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.need import Need
from civicbus.domain.vocabulary import BasisKind, Change, LegalState, Role
from tests.builders import HINTS, LEAST, NAMING
from tests.domain.scenario_people import SECRET, made_number


@dataclass(frozen=True)
class Somebody:
    """One of the four: known by a number, and in many registers by name and birth date."""

    number: Identifier
    name: str
    born: PartialDate

    @property
    def key(self) -> str:
        return person_key(self.number, SECRET)

    def as_(self, role: Role, *, told: bool) -> Concerned:
        name, born = (self.name, self.born) if told else (None, None)
        return Concerned(role, (self.number,), self.key, name, born)


ADA, BEN, CLEO, DIRK = PEOPLE = [
    Somebody(made_number("ada"), "Ada Vos", PartialDate(1970, 5, 5)),
    Somebody(made_number("ben"), "Ben Vos", PartialDate(1940, 6, 6)),
    Somebody(made_number("cleo"), "Cleo Bos", PartialDate(1971, 7, 7)),
    Somebody(made_number("dirk"), "Dirk Vos", PartialDate(2001, 8, 8)),
]
SOURCES = ["registry", "registry", "registry", "court", "stranger"]
IDS = [event_id("whole", str(number)) for number in range(10)]
FIRST = datetime(2021, 1, 1, tzinfo=UTC)
MOMENTS = [FIRST + timedelta(days=days) for days in (0, 1, 1, 40)]
LAST = MOMENTS[-1]
DAYS = [date(1970, 5, 5), date(2001, 8, 8), date(2010, 1, 1), date(2020, 6, 1), date(2020, 6, 2)]
DATES = [*(PartialDate.of(day) for day in DAYS), PartialDate(2010), PartialDate()]
TEXTS = ["1", "2", "Ada Vos", "Cleo Bos", "91350100M000100Y43"]
MONTHS = [PartialDate(2010, month) for month in (1, 2, 3)]
STATES = [LegalState.REGISTERED, LegalState.REGISTERED, *LegalState]
CHANGES = [Change.CREATED, Change.CREATED, Change.CREATED, *Change]
AUTHORITIES = Authorities(
    tuple(
        Authority(
            source, name, frozenset({"cn-rid"}), timedelta(days=1), department=f"the {source}'s"
        )
        for source, names in (("registry", FAMILIES), ("court", ("court", "kinship", "union")))
        for name in names
    )
)


@st.composite
def headers(draw: st.DrawFn, kind: type[Event], people: Sequence[Somebody] = PEOPLE) -> Header:
    """A header about one to three of the people; no events name one another in a circle."""
    number = draw(st.integers(0, len(IDS) - 1))
    change = Change.CREATED if kind is RangeVoid else draw(st.sampled_from(CHANGES))
    named = kind in NAMING or change is not Change.CREATED
    roles = [draw(st.sampled_from(group)) for group in LEAST[kind].roles]
    more = draw(st.lists(st.sampled_from(roles or [Role.PERSON]), max_size=1))
    concerned = [
        draw(st.sampled_from(people)).as_(role, told=draw(st.booleans()))
        for role in [*roles, *more] or [Role.PERSON]
    ]
    return Header(
        event_id=IDS[number],
        source=draw(st.sampled_from(SOURCES)),
        concerned=tuple(concerned),
        registered_at=draw(st.sampled_from(MOMENTS)),
        occurred=draw(st.sampled_from(DATES)),
        change=change,
        target_event_id=draw(st.sampled_from(IDS[:number] or [event_id("whole", "lost")]))
        if named
        else None,
        legal_state=draw(st.sampled_from(STATES)),
        basis=draw(st.sampled_from([None, None, Basis(BasisKind.CERTIFICATE, "1")])),
        source_sequence=draw(st.integers(0, 1)),
    )


@st.composite
def events(draw: st.DrawFn, kinds: Sequence[type[Event]]) -> Event:
    """An event of one of these types that says anything it may."""
    kind = draw(st.sampled_from(kinds))
    header = draw(headers(kind))
    hints = HINTS[kind]
    says: dict[str, Any] = {}
    for part in fields(kind)[1:]:
        least = LEAST[kind].says.get(part.name)
        usual = st.just(least) if isinstance(least, str | PartialDate) else st.nothing()
        strategy = _values(hints[part.name]) if least is None else usual | _values(hints[part.name])
        if part.name == "end_reason" and header.change is Change.ENDED:
            strategy = strategy.filter(lambda reason: reason is not None)
        says[part.name] = draw(strategy)
    try:
        return kind(header, **says)
    except InvalidEventError:
        return reject()


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, types.UnionType):
        (inner,) = (one for one in typing.get_args(hint) if one is not type(None))
        return st.none() | _values(inner)
    if hint is str:
        return st.sampled_from(TEXTS)
    if hint is PartialDate:
        return st.sampled_from([*MONTHS, *DATES])
    return st.sampled_from(list(hint)) if issubclass(hint, StrEnum) else st.integers(0, 20)


def kinds_of(kind: Kind) -> list[type[Event]]:
    """The record types that a proof may read: its own, and those about events."""
    read = {*kind.families, *kind.hears, "identity", "birth"}
    return [t for t in EVENT_TYPES if t in ABOUT_EVENTS or t.family in read]


@dataclass(frozen=True)
class Case:
    """A proof, a question about the first of the people, and what has arrived."""

    proof: str
    question: Question
    history: tuple[Event, ...]

    def answer(
        self, history: Iterable[Event] | None = None, *, known_at: datetime | None = None
    ) -> Answer:
        told = list(self.history if history is None else history)
        question = replace(self.question, known_at=known_at or self.question.known_at)
        return run(start(self.proof, question, AUTHORITIES), lambda need: dossier(need, told))


@st.composite
def cases(draw: st.DrawFn, *, orderly: bool = True) -> Case:
    """Any question about ADA that any proof takes, over up to eight events that it may read."""
    proof = draw(st.sampled_from(sorted(PROOFS)))
    kind = PROOFS[proof]
    unique = (lambda event: event.header.event_id) if orderly else None
    history = draw(st.lists(events(kinds_of(kind)), max_size=8, unique_by=unique))
    begun = draw(st.sampled_from([beginnings(), []]))
    question = Question(
        ADA.number,
        ADA.key,
        draw(st.sampled_from(DAYS)),
        draw(st.sampled_from([*MOMENTS, LAST + timedelta(days=2)])),
        draw(claims(kind)),
    )
    return Case(proof, question, (*begun, *history))


@st.composite
def claims(draw: st.DrawFn, kind: Kind) -> Claims:
    return tuple(
        (claim.name, draw(_claimed(claim)))
        for claim in kind.claims
        if claim.required or draw(st.booleans())
    )


def _claimed(claim: Claim) -> st.SearchStrategy[Any]:
    match claim.kind:
        case ClaimKind.PERSON:
            return st.sampled_from([Party(one.number, one.key) for one in PEOPLE[1:]])
        case ClaimKind.CODE:
            return st.sampled_from(claim.codes)
        case ClaimKind.TEXT:
            return st.sampled_from(TEXTS)
        case ClaimKind.NUMBER:
            return st.integers(claim.lowest, min(claim.highest, claim.lowest + 20))
        case ClaimKind.DAY:
            return st.sampled_from(DAYS)


def beginnings() -> list[Event]:
    """Everybody is born and on record: most questions have no answer without it."""
    return [
        event
        for one in PEOPLE
        for event in (
            Birth(_founding("birth", Role.CHILD, one)),
            Registration(_founding("record", Role.PERSON, one)),
        )
    ]


def _founding(name: str, role: Role, one: Somebody) -> Header:
    named = event_id("whole", name, one.name)
    return Header(named, "registry", (one.as_(role, told=True),), FIRST, one.born)


def dossier(need: Need, history: Sequence[Event]) -> Dossier:
    """A person's dossier after these events; every source is complete well past them all."""
    state = SourceState(LAST + timedelta(days=4))
    sources = {
        (a.family, a.source): state for a in AUTHORITIES.declared if a.family in need.families
    }
    entries = [
        Entry(_family(event, history), event, FIRST)
        for event in history
        if event.header.stands_under(need.person_key)
    ]
    own = tuple(entry for entry in entries if entry.family in need.families)
    return Dossier(need.person_key, own, sources=sources)


def _family(event: Event, history: Sequence[Event]) -> str:
    """The topic of an event: of one about another event, that one's; of a lost one, identity's."""
    if not isinstance(event, ABOUT_EVENTS):
        return event.family
    named = event.header.target_event_id
    target = next((e for e in history if e.header.event_id == named), None)
    circular = target is None or target.header.event_id == event.header.event_id
    return "identity" if target is None or circular else _family(target, history)
