"""Random histories of one person: what sources may write, sensible or not, for Hypothesis.

The pools are small on purpose: few ids, days, moments and sources, so that events meet, name each
other, tie and contradict each other in most histories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.dossier import Dossier, Entry, SourceState
from civicbus.domain.events import (
    Annulment,
    Basis,
    Birth,
    CapacityRuling,
    Concerned,
    Death,
    Dispute,
    Event,
    Header,
    HouseholdRegistration,
    Investigation,
    MissingDeclaration,
    NoticeDelivered,
    RangeVoid,
    Refusal,
    Registration,
    SignOfLife,
    Union,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs import run, start
from civicbus.domain.record_codes import Capacity, DisputeBy, HouseholdEnd, SignKind
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    BasisKind,
    Change,
    LegalState,
    RegistrationEnd,
    Role,
    UnionEnd,
    UnionKind,
)

SECRET = b"histories"
PERSON = Identifier.of("nl-bsn", "999990639")
OTHER = Identifier.of("nl-bsn", "999990019")
KEY, OTHER_KEY = person_key(PERSON, SECRET), person_key(OTHER, SECRET)
NAME, BORN = "Ada Vos", PartialDate(1985, 5, 5)


def _founding(name: str, role: Role) -> Header:
    return Header(
        event_id=event_id("history", name),
        source="registry",
        concerned=(Concerned(role, (PERSON,), KEY, NAME),),
        registered_at=datetime(1985, 5, 7, tzinfo=UTC),
        occurred=BORN,
    )


IDS = [event_id("history", str(number)) for number in range(8)]
LOST = event_id("history", "lost")
CHANGES = [Change.CREATED, Change.CREATED, *Change]
STATES = [LegalState.REGISTERED, *LegalState]
INVESTIGATIONS = [(), (), (), (Investigation("birth"),), (Investigation("death"),)]
# Who is entered under the person's number: the person, somebody else, or nobody by name.
TOLD = [(None, None), (None, None), (NAME, None), (None, BORN), ("Max Bos", PartialDate(1960))]
DOCUMENTS = [None, None, *(Basis(BasisKind.CERTIFICATE, number) for number in "123")]
RANGES = [("1", "2"), ("2", "3"), ("3", "3")]
# The registry and the border police are one department. The hospital is an authority for nothing.
DEPARTMENTS = {"registry": "police", "border": "police", "commission": "health"}
SOURCES = ["court", "hospital", "registry", "registry", "border", "commission"]
FIRST_MOMENT = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = [FIRST_MOMENT + timedelta(days=days) for days in (0, 1, 2, 30, 31)]
LAST_MOMENT = MOMENTS[-1]
DAYS = [date(2019, 12, 30), date(2019, 12, 31), date(2020, 1, 1), date(1990, 5, 5)]
DATES = [
    *(PartialDate.of(day) for day in DAYS),
    PartialDate.of(DAYS[0], Qualifier.ABOUT),
    PartialDate(2019),
    PartialDate(2019, 12),
    PartialDate(1990, 5, None, Qualifier.AFTER),
    PartialDate(2019, None, None, Qualifier.BEFORE),
    PartialDate(),
]
AUTHORITIES = Authorities(
    tuple(
        Authority(
            source,
            family,
            frozenset({"nl-bsn"}),
            timedelta(days=1),
            department=DEPARTMENTS.get(source, ""),
        )
        for source, family in (
            ("registry", "death"),
            ("border", "death"),
            ("commission", "death"),
            ("registry", "identity"),
            ("court", "court"),
        )
    )
)
PROOFS_OF_LIFE_AND_DEATH = ["alive", "deceased", "missing_or_declared_dead", "capacity"]
FOUNDATION: list[Event] = [
    Birth(_founding("birth", Role.CHILD)),
    Registration(_founding("record", Role.PERSON)),
]
QUESTION_DAYS = [date(1980, 1, 1), date(1990, 5, 5), *DAYS[:3], date(2020, 2, 1)]


@st.composite
def headers(
    draw: st.DrawFn,
    usual: Role,
    *,
    changes: Sequence[Change] = CHANGES,
    names_target: bool = False,
    orderly: bool = True,
) -> Header:
    """A header; in an orderly history no events name one another in a circle.

    With `names_target` it names an event whatever it changes.
    """
    change = draw(st.sampled_from(changes))
    named = names_target or change is not Change.CREATED
    number = draw(st.integers(0, len(IDS) - 1))
    others = [LOST, *(IDS[:number] if orderly else IDS[:number] + IDS[number + 1 :])]
    name, born = draw(st.sampled_from(TOLD))
    person = Concerned(usual, (PERSON,), KEY, name, born)
    other = Concerned(usual, (OTHER,), OTHER_KEY)
    bystander = Concerned(draw(st.sampled_from([Role.PERSON, Role.MOTHER])), (PERSON,), KEY)
    return Header(
        event_id=IDS[number],
        source=draw(st.sampled_from(SOURCES)),
        concerned=draw(st.sampled_from([(person,), (person, other), (other, bystander)])),
        registered_at=draw(st.sampled_from(MOMENTS)),
        occurred=draw(st.sampled_from(DATES)),
        change=change,
        target_event_id=draw(st.sampled_from(others)) if named else None,
        legal_state=draw(st.sampled_from(STATES)),
        basis=draw(st.sampled_from(DOCUMENTS)),
        under_investigation=draw(st.sampled_from(INVESTIGATIONS)),
        source_sequence=draw(st.integers(0, 2)),
    )


@st.composite
def unions(draw: st.DrawFn, *, orderly: bool) -> Union:
    header = draw(headers(Role.PARTNER, orderly=orderly))
    if header.change is not Change.ENDED and draw(st.booleans()):
        return Union(header, UnionKind.MARRIAGE)
    deceased = draw(st.sampled_from([None, KEY, OTHER_KEY]))
    return Union(header, UnionKind.MARRIAGE, draw(st.sampled_from(UnionEnd)), deceased)


@st.composite
def registrations(draw: st.DrawFn, *, orderly: bool) -> Registration:
    header = draw(headers(Role.PERSON, orderly=orderly))
    if header.change is not Change.ENDED and draw(st.booleans()):
        return Registration(header)
    return Registration(header, draw(st.sampled_from(RegistrationEnd)))


@st.composite
def households(draw: st.DrawFn, *, orderly: bool) -> HouseholdRegistration:
    header = draw(headers(Role.PERSON, orderly=orderly))
    if header.change is not Change.ENDED:
        return HouseholdRegistration(header)
    return HouseholdRegistration(header, end_reason=draw(st.sampled_from(HouseholdEnd)))


@st.composite
def range_voids(draw: st.DrawFn) -> RangeVoid:
    header = draw(headers(Role.PERSON, changes=[Change.CREATED]))
    first, last = draw(st.sampled_from(RANGES))
    return RangeVoid(header, first, last, AnnulmentReason.FORMAL_CORRECTION)


def about_events(*, orderly: bool) -> st.SearchStrategy[Event]:
    """What names another event without changing it, or withdraws it."""

    def naming(role: Role, *changes: Change) -> st.SearchStrategy[Header]:
        return headers(role, changes=changes, names_target=True, orderly=orderly)

    told = (Change.CREATED, Change.CREATED, Change.ENDED)
    annulments = st.builds(
        Annulment, naming(Role.PERSON, Change.CREATED), st.sampled_from(AnnulmentReason)
    )
    disputes = st.builds(Dispute, naming(Role.PERSON, *told), st.sampled_from(DisputeBy))
    notices = st.builds(NoticeDelivered, naming(Role.DECEASED, *told))
    return st.one_of(annulments, annulments, disputes, notices, range_voids())


def events(*, orderly: bool = True) -> st.SearchStrategy[Event]:
    deaths = st.builds(
        Death,
        headers(Role.DECEASED, orderly=orderly),
        age_years=st.sampled_from([None, 0, 29, 150]),
    )
    persons = headers(Role.PERSON, orderly=orderly)
    return st.one_of(
        deaths,
        deaths,
        deaths,
        about_events(orderly=orderly),
        about_events(orderly=orderly),
        st.builds(Birth, headers(Role.CHILD, orderly=orderly)),
        unions(orderly=orderly),
        registrations(orderly=orderly),
        households(orderly=orderly),
        st.builds(MissingDeclaration, persons),
        st.builds(CapacityRuling, persons, st.sampled_from(Capacity)),
        st.builds(SignOfLife, persons, st.sampled_from(SignKind)),
    )


def founded(history: st.SearchStrategy[list[Event]]) -> st.SearchStrategy[list[Event]]:
    """Histories of which many begin with the birth and the record of the person."""
    beginnings = st.sampled_from([FOUNDATION, FOUNDATION, FOUNDATION[1:], []])
    return st.builds(lambda beginning, rest: [*beginning, *rest], beginnings, history)


def histories() -> st.SearchStrategy[list[Event]]:
    """Up to six events of a person, each under an id of its own."""
    return founded(st.lists(events(), max_size=6, unique_by=lambda event: event.header.event_id))


def muddles() -> st.SearchStrategy[list[Event]]:
    """Histories with conflicting ids, circles and refusals as well."""
    refusals = st.builds(Refusal, headers(Role.PERSON), st.just("date"))
    orderly, disorderly = events(), events(orderly=False)
    return founded(st.lists(st.one_of(orderly, orderly, disorderly, refusals), max_size=6))


def proofs() -> st.SearchStrategy[str]:
    return st.sampled_from(PROOFS_OF_LIFE_AND_DEATH)


def questions() -> st.SearchStrategy[Question]:
    return st.builds(
        Question,
        st.just(PERSON),
        st.just(KEY),
        st.sampled_from(QUESTION_DAYS),
        st.sampled_from([*MOMENTS, LAST_MOMENT + timedelta(days=1)]),
    )


def dossier_of(
    history: Iterable[Event],
    *,
    through: datetime = LAST_MOMENT + timedelta(days=2),
    authorities: Authorities = AUTHORITIES,
) -> Dossier:
    """The dossier of the person, all authorities being complete up to a moment."""
    state = SourceState(through)
    sources = {(a.family, a.source): state for a in authorities.declared}
    entries = tuple(Entry("death", event, FIRST_MOMENT) for event in history)
    return Dossier(KEY, entries, sources=sources)


def answer(question: Question, history: Sequence[Event], proof: str = "alive") -> Answer:
    dossier = dossier_of(history)
    return run(start(proof, question, AUTHORITIES), lambda _: dossier)
