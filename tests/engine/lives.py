"""Lives as most people have them, with the small differences that decide, for Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from civicbus.domain.answer import Question
from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import (
    Birth,
    Concerned,
    Death,
    Employment,
    Event,
    Header,
    HouseholdRegistration,
    Investigation,
    PersonName,
    Policy,
    Registration,
    Residence,
    SignOfLife,
    Union,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import HouseholdEnd, NameKind, PolicyEnd, SignKind
from civicbus.domain.vocabulary import (
    Change,
    LegalState,
    RegistrationEnd,
    Role,
    UnionEnd,
    UnionKind,
)
from tests.domain.histories import KEY, OTHER, OTHER_KEY, PERSON

DAY = date(2020, 1, 1)  # asked about
KNOWN = [datetime(2020, 3, 1, tzinfo=UTC), datetime(2019, 12, 31, tzinfo=UTC)]
# Around the day, around an age of 120, and long enough ago to be of no matter.
DAYS = [
    date(1900, 1, 1), date(1900, 1, 2), date(1899, 12, 31), date(1970, 5, 5), date(1990, 6, 6),
    DAY - timedelta(days=1), DAY, DAY + timedelta(days=1), date(1985, 1, 1), date(2001, 1, 1),
]  # fmt: skip
SOURCES = ["registry", "registry", "registry", "border", "hospital"]
ROLES: dict[type[Event], Sequence[Role]] = {
    Birth: (Role.CHILD, Role.CHILD, Role.MOTHER, Role.FATHER),
    Death: (Role.DECEASED, Role.DECEASED, Role.DECEASED, Role.PARTNER),
    Union: (Role.PARTNER, Role.PARTNER, Role.DECEASED),
    Employment: (Role.EMPLOYEE,),
    Policy: (Role.HOLDER, Role.INSURED),
}
USUALLY_THE_PERSON = (Role.PERSON,) * 7 + (Role.HEAD,)
CHANGES = [Change.CREATED, Change.CREATED, Change.CREATED, *Change]
STATES = [LegalState.REGISTERED] * 5 + list(LegalState)
NEEDED: dict[type[Event], Role] = {
    Birth: Role.CHILD, Death: Role.DECEASED, Union: Role.PARTNER, Employment: Role.EMPLOYEE,
    Policy: Role.HOLDER,
}  # fmt: skip
RARELY = [False] * 7 + [True]


@st.composite
def header(draw: st.DrawFn, kind: type[Event], number: int) -> Header:
    """Of the `number`th event; it may change any that came before, or one that is lost."""
    change = draw(st.sampled_from(CHANGES))
    day = draw(st.sampled_from(DAYS))
    occurred = PartialDate.of(day)
    if draw(st.sampled_from(RARELY)):
        occurred = draw(
            st.sampled_from(
                [PartialDate(day.year), PartialDate(), PartialDate.of(day, Qualifier.ABOUT)]
            )
        )
    role = draw(
        st.sampled_from(ROLES.get(kind, (Role.PERSON, Role.PERSON, Role.PERSON, Role.HEAD)))
    )
    told = draw(st.sampled_from(RARELY))
    schemes = draw(st.sampled_from([(PERSON,)] * 5 + [(Identifier("nl-anr", "1"),), ()]))
    own = Concerned(role, schemes, KEY, "Ada Vos" if told else None)
    concerned = [own]
    needed = NEEDED.get(kind, Role.PERSON)
    if role is not needed or draw(st.sampled_from(RARELY)):
        concerned.append(Concerned(needed, (OTHER,), OTHER_KEY))
    if draw(st.sampled_from(RARELY)):
        concerned.append(Concerned(draw(st.sampled_from(Role)), (PERSON,), KEY))
    target = draw(st.sampled_from([*range(number), 99]))
    late = timedelta(days=draw(st.sampled_from([1, 1, 1, 70])), hours=draw(st.integers(0, 1)) * 23)
    return Header(
        event_id=event_id("lives", str(number)),
        source=draw(st.sampled_from(SOURCES)),
        concerned=tuple(concerned),
        registered_at=datetime(day.year, day.month, day.day, tzinfo=UTC) + late,
        occurred=occurred,
        change=change,
        target_event_id=None if change is Change.CREATED else event_id("lives", str(target)),
        legal_state=draw(st.sampled_from(STATES)),
        under_investigation=(Investigation("death"),) if draw(st.sampled_from(RARELY)) else (),
        source_sequence=draw(st.sampled_from([number, number, 0])),
    )


@st.composite
def event(draw: st.DrawFn, number: int) -> Event:
    kind = draw(st.sampled_from(KINDS))
    head = draw(header(kind, number))
    ended = head.change is Change.ENDED or draw(st.sampled_from(RARELY))
    if kind is Union:
        deceased = draw(st.sampled_from([None, OTHER_KEY, KEY]))
        reason = draw(st.sampled_from(UnionEnd)) if ended else None
        return Union(head, UnionKind.MARRIAGE, reason, deceased if ended else None)
    if kind is Registration:
        return Registration(head, draw(st.sampled_from(RegistrationEnd)) if ended else None)
    if kind is HouseholdRegistration:
        reason = draw(st.sampled_from(HouseholdEnd)) if ended else None
        return HouseholdRegistration(head, end_reason=reason)
    if kind is SignOfLife:
        return SignOfLife(head, SignKind.IN_PERSON)
    if kind is PersonName:
        return PersonName(head, NameKind.OFFICIAL, "Ada Vos")
    if kind is Employment:
        return Employment(head, "an employer")
    if kind is Policy:
        reason = draw(st.sampled_from(PolicyEnd)) if ended else None
        return Policy(head, "an insurer", "P-1", end_reason=reason)
    return kind(head)


KINDS: list[type[Event]] = [
    Birth, Birth, Registration, Registration, HouseholdRegistration, HouseholdRegistration, Union,
    Death, SignOfLife, PersonName, Employment, Policy, Residence,
]  # fmt: skip
BEGINNING = Header(
    event_id=event_id("lives", "birth"),
    source="registry",
    concerned=(Concerned(Role.CHILD, (PERSON,), KEY),),
    registered_at=datetime(1970, 5, 7, tzinfo=UTC),
    occurred=PartialDate(1970, 5, 5),
)
RECORD = replace(
    BEGINNING,
    event_id=event_id("lives", "record"),
    concerned=(Concerned(Role.PERSON, (PERSON,), KEY),),
)
BEGINNINGS: list[list[Event]] = [
    [Birth(BEGINNING), Registration(RECORD)],
    [Birth(BEGINNING), Registration(RECORD)],
    [Birth(BEGINNING)],
    [Registration(RECORD)],
    [],
]


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """A beginning and up to four events more."""
    more = [draw(event(number)) for number in range(draw(st.integers(0, 4)))]
    return [*draw(st.sampled_from(BEGINNINGS)), *more]


def questions() -> st.SearchStrategy[Question]:
    return st.builds(Question, st.just(PERSON), st.just(KEY), st.just(DAY), st.sampled_from(KNOWN))
