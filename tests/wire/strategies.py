"""Events of every record type, in every shape that the constructors allow, for Hypothesis."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Collection
from dataclasses import fields
from datetime import UTC, date
from enum import StrEnum
from typing import Any, TypeVar

from hypothesis import reject
from hypothesis import strategies as st

from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import EARLIEST_YEAR, PartialDate, Qualifier
from civicbus.domain.events import (
    EARLIEST_TIME,
    FORBIDDEN_TEXT,
    LATEST_TIME,
    MAX_TEXT,
    Basis,
    Concerned,
    Contribution,
    ControlRecord,
    Death,
    Dismissal,
    Event,
    Header,
    InvalidEventError,
    Investigation,
    RangeVoid,
    SourceWatermark,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, Cause, Change, LegalState, Role
from tests.builders import HINTS, LEAST, NAMING

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
    qualifier, calendar = (
        draw(st.sampled_from(Qualifier)),
        draw(optional(st.sampled_from(Calendar))),
    )
    try:
        return PartialDate(year, month, day_of_month, qualifier, draw(optional(texts)), calendar)
    except ValueError:
        return reject()  # no lunar month has a 31st


identifiers = st.builds(Identifier, st.sampled_from(["nl-bsn", "cn-rid", "x"]), texts)
bases = st.builds(Basis, st.sampled_from(BasisKind), optional(texts), optional(texts))
investigations = st.builds(Investigation, texts, partial_dates(), optional(partial_dates()))


def concerned(*roles: Role) -> st.SearchStrategy[Concerned]:
    return st.builds(
        Concerned,
        st.sampled_from(roles or list(Role)),
        st.lists(identifiers, max_size=3).map(tuple),
        optional(keys),
        optional(texts),
        optional(partial_dates()),
    )


@st.composite
def headers(
    draw: st.DrawFn,
    groups: Collection[tuple[Role, ...]],
    *,
    naming: bool = False,
    changes: Collection[Change] = tuple(Change),
) -> Header:
    change = draw(st.sampled_from(list(changes)))
    registered = draw(moments)
    last_day = max(registered.date(), date(EARLIEST_YEAR, 1, 1))
    named = naming or change is not Change.CREATED
    others = draw(st.lists(concerned(), min_size=0 if groups else 1, max_size=3))
    return _allowed(
        lambda: Header(
            event_id=draw(ids),
            source=draw(sources),
            concerned=(*(draw(concerned(*group)) for group in groups), *others),
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


# Parts of which chance alone would hardly ever make an allowed one.
months = st.builds(PartialDate, st.integers(EARLIEST_YEAR, 9998), st.integers(1, 12))
document_numbers = st.text("0123456789", min_size=6, max_size=6)
PARTS: dict[type[Event], dict[str, st.SearchStrategy[Any]]] = {
    Death: {"age_years": optional(st.integers(0, 150))},
    Contribution: {"first_month": months, "last_month": months},
    RangeVoid: {"first_number": document_numbers, "last_number": document_numbers},
}

BOUNDS = (("first_month", "last_month"), ("first_number", "last_number"))


def _place(bound: PartialDate | str) -> date | str:
    return bound.earliest if isinstance(bound, PartialDate) else bound


@st.composite
def events(draw: st.DrawFn, kind: type[Event]) -> Event:
    changes = (Change.CREATED,) if kind is RangeVoid else tuple(Change)
    header = draw(headers(LEAST[kind].roles, naming=kind in NAMING, changes=changes))
    hints = HINTS[kind]
    own = PARTS.get(kind, {})
    says = {}
    for part in fields(kind)[1:]:
        strategy = own.get(part.name, _values(hints[part.name]))
        if part.name == "end_reason" and header.change is Change.ENDED:
            strategy = strategy.filter(lambda reason: reason is not None)
        says[part.name] = draw(strategy)
    for first, last in BOUNDS:
        if first in says:  # drawn in their order: half of what is drawn would be refused else
            says[first], says[last] = sorted((says[first], says[last]), key=_place)
    return _allowed(lambda: kind(header, **says))


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, types.UnionType):
        (inner,) = (one for one in typing.get_args(hint) if one is not type(None))
        return optional(_values(inner))
    if hint is str:
        return texts
    if hint is PartialDate:
        return partial_dates()
    return st.sampled_from(hint) if issubclass(hint, StrEnum) else st.integers(-(2**31), 2**31 - 1)


EVENTS: dict[str, st.SearchStrategy[Event | ControlRecord]] = {
    **{kind.__name__: events(kind) for kind in LEAST},
    "SourceWatermark": st.builds(SourceWatermark, sources, moments, sequences, sequences, texts),
    "Dismissal": st.builds(Dismissal, sequences, texts),
}


def _allowed(build: Callable[[], Made]) -> Made:
    """What is built, or another try if a rule across fields forbids it."""
    try:
        return build()
    except InvalidEventError:
        return reject()
