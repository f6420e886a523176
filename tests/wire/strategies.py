"""Events of every record type, in every shape that the constructors allow, for Hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date
from typing import TypeVar

from hypothesis import reject
from hypothesis import strategies as st

from civicbus.domain.dates import EARLIEST_YEAR, PartialDate, Qualifier
from civicbus.domain.events import (
    EARLIEST_TIME,
    FORBIDDEN_TEXT,
    LATEST_TIME,
    MAX_TEXT,
    Annulment,
    Basis,
    Birth,
    Concerned,
    Death,
    Event,
    Header,
    InvalidEventError,
    Investigation,
    MissingDeclaration,
    Refusal,
    Registration,
    SourceWatermark,
    Union,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    BasisKind,
    Cause,
    Change,
    LegalState,
    RegistrationEnd,
    Role,
    Sex,
    UnionEnd,
    UnionKind,
)

Made = TypeVar("Made")

LONGEST = 2**63 - 1

texts = st.text(max_size=40).filter(lambda text: not FORBIDDEN_TEXT.search(text)) | st.just(
    "名" * MAX_TEXT
)
ids = st.uuids(allow_nil=False).map(str)
sources = st.from_regex(r"[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True)
keys = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=26, max_size=26)
sequences = st.integers(0, LONGEST)
moments = st.datetimes(
    EARLIEST_TIME.replace(tzinfo=None), LATEST_TIME.replace(tzinfo=None), timezones=st.just(UTC)
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))


def optional(strategy: st.SearchStrategy[Made]) -> st.SearchStrategy[Made | None]:
    return st.none() | strategy


@st.composite
def partial_dates(draw: st.DrawFn, until: date = date(9998, 12, 31)) -> PartialDate:
    day = draw(st.dates(date(EARLIEST_YEAR, 1, 1), until))
    parts = (day.year, day.month, day.day)[: draw(st.integers(0, 3))]
    year, month, day_of_month = (*parts, None, None, None)[:3]
    qualifier = draw(st.sampled_from(Qualifier))
    return PartialDate(year, month, day_of_month, qualifier, draw(optional(texts)))


identifiers = st.builds(Identifier, st.sampled_from(["nl-bsn", "cn-rid", "x"]), texts)
bases = st.builds(Basis, st.sampled_from(BasisKind), optional(texts), optional(texts))
investigations = st.builds(Investigation, texts, partial_dates(), optional(partial_dates()))


def concerned(role: Role | None = None) -> st.SearchStrategy[Concerned]:
    return st.builds(
        Concerned,
        st.sampled_from(Role) if role is None else st.just(role),
        st.lists(identifiers, max_size=3).map(tuple),
        optional(keys),
        optional(texts),
        optional(partial_dates()),
    )


@st.composite
def headers(draw: st.DrawFn, role: Role, *, naming: bool = False) -> Header:
    change = draw(st.sampled_from(Change))
    registered = draw(moments)
    last_day = max(registered.date(), date(EARLIEST_YEAR, 1, 1))
    named = naming or change is not Change.CREATED
    others = draw(st.lists(concerned(), max_size=3))
    return _allowed(
        lambda: Header(
            event_id=draw(ids),
            source=draw(sources),
            concerned=(draw(concerned(role)), *others),
            registered_at=registered,
            occurred=draw(partial_dates(last_day)),
            change=change,
            target_event_id=draw(ids) if named else draw(optional(ids)),
            effective_from=draw(optional(partial_dates(last_day))),
            legal_state=draw(st.sampled_from(LegalState)),
            basis=draw(optional(bases)),
            cause=draw(st.sampled_from(Cause)),
            under_investigation=tuple(draw(st.lists(investigations, max_size=3))),
            source_sequence=draw(sequences),
            environment=draw(texts),
        )
    )


@st.composite
def births(draw: st.DrawFn) -> Birth:
    header = draw(headers(Role.CHILD))
    return Birth(header, draw(st.sampled_from(Sex)), draw(optional(texts)), draw(optional(texts)))


@st.composite
def deaths(draw: st.DrawFn) -> Death:
    header, age = draw(headers(Role.DECEASED)), draw(optional(st.integers(0, 150)))
    return _allowed(lambda: Death(header, draw(optional(texts)), draw(optional(texts)), age))


@st.composite
def unions(draw: st.DrawFn) -> Union:
    header, kind = draw(headers(Role.PARTNER)), draw(st.sampled_from(UnionKind))
    ended = st.sampled_from(UnionEnd)
    reason = draw(ended if header.change is Change.ENDED else optional(ended))
    return Union(header, kind, reason, draw(optional(keys)), draw(optional(texts)))


@st.composite
def registrations(draw: st.DrawFn) -> Registration:
    header, ended = draw(headers(Role.PERSON)), st.sampled_from(RegistrationEnd)
    return Registration(header, draw(ended if header.change is Change.ENDED else optional(ended)))


EVENTS: dict[str, st.SearchStrategy[Event | SourceWatermark]] = {
    "Birth": births(),
    "Death": deaths(),
    "Union": unions(),
    "Registration": registrations(),
    "MissingDeclaration": st.builds(MissingDeclaration, headers(Role.PERSON)),
    "Annulment": st.builds(
        Annulment, headers(Role.PERSON, naming=True), st.sampled_from(AnnulmentReason)
    ),
    "Refusal": st.builds(Refusal, headers(Role.PERSON), texts.filter(bool)),
    "SourceWatermark": st.builds(SourceWatermark, sources, moments, sequences, sequences, texts),
}


def _allowed(build: Callable[[], Made]) -> Made:
    """What is built, or another try if a rule across fields forbids it."""
    try:
        return build()
    except InvalidEventError:
        return reject()
