"""Two people who differ in one thing that decides are never alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import (
    Birth,
    Concerned,
    Death,
    Employment,
    Event,
    Header,
    HouseholdRegistration,
    Investigation,
    Registration,
    Residence,
    SignOfLife,
    Union,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs import run, start
from civicbus.domain.proofs.need import Need
from civicbus.domain.record_codes import HouseholdEnd, SignKind
from civicbus.domain.vocabulary import Change, RegistrationEnd, Role, UnionEnd, UnionKind
from tests.domain.histories import AUTHORITIES, KEY, OTHER_KEY, PERSON, dossier_of
from tests.engine.lives import BEGINNING, DAY, RECORD
from tests.engine.test_sweep_patterns import likeness_of

OTHER_SCHEME = Identifier("nl-anr", "1234567893")
DECLARED = Authorities(
    (
        *AUTHORITIES.declared,
        Authority("municipality", "death", frozenset({"nl-anr"}), timedelta(days=1)),
    )
)
KNOWN_AT = datetime(2020, 2, 2, tzinfo=UTC)
BORN, ON_RECORD = Birth(BEGINNING), Registration(RECORD)


def head(name: str, on: date, role: Role = Role.PERSON, **more: Any) -> Header:
    """A header of the person's own; registered two days later, and what it changes by its name."""
    header = replace(
        RECORD,
        event_id=event_id("lives", name),
        concerned=(Concerned(role, (PERSON,), KEY),),
        occurred=PartialDate.of(on),
        registered_at=datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(days=2),
    )
    changed: Header = replace(header, **more)
    return changed


def changing(change: Change, target: str) -> dict[str, Any]:
    return {"change": change, "target_event_id": event_id("lives", target)}


LONG_AGO, LATER = date(1990, 6, 6), date(2001, 1, 1)
DIED = Death(head("death", LONG_AGO, Role.DECEASED))
JOB = Employment(head("job", LATER, Role.EMPLOYEE), "an employer")
HOME = Residence(head("home", LATER))
ENDED = changing(Change.ENDED, "record")


def ended(reason: RegistrationEnd, on: date = LONG_AGO) -> Registration:
    return Registration(head("end", on, **ENDED), reason)


def corrected(name: str, target: str = "record", **more: Any) -> Registration:
    return Registration(head(name, LATER, **changing(Change.CORRECTED, target), **more))


def moved(first_on_record: date) -> list[Event]:
    """Who was struck off the household register, with another record that began on a day."""
    written = datetime(1996, 1, 1, tzinfo=UTC)
    return [
        BORN,
        Registration(head("record", first_on_record, registered_at=written)),
        HouseholdRegistration(head("household", date(1980, 1, 1))),
        HouseholdRegistration(
            head("gone", LONG_AGO, **changing(Change.ENDED, "household")),
            end_reason=HouseholdEnd.SETTLED_ABROAD,
        ),
    ]


def widowed(deceased: str | None) -> list[Event]:
    header = head("union", LONG_AGO, Role.PARTNER)
    gone = head("widow", LATER, Role.PARTNER, **changing(Change.ENDED, "union"))
    union = Union(gone, UnionKind.MARRIAGE, UnionEnd.DEATH, deceased)
    return [BORN, ON_RECORD, Union(header, UnionKind.MARRIAGE), union]


def registered_in(year: int) -> list[Event]:
    return [Registration(head("old", date(year, 6, 1)))]


HAD_A_CHILD = Birth(
    head(
        "child",
        DAY,
        concerned=(
            Concerned(Role.MOTHER, (PERSON,), KEY),
            Concerned(Role.CHILD, (Identifier("nl-bsn", "999990019"),), OTHER_KEY),
        ),
    )
)
FATHER = Birth(
    head(
        "not-the-child",
        LATER,
        concerned=(
            Concerned(Role.FATHER, (PERSON,), KEY),
            Concerned(Role.CHILD, (Identifier("nl-bsn", "999990019"),), OTHER_KEY),
        ),
        **changing(Change.CORRECTED, "birth"),
    )
)
AT_ONE_TIME: dict[str, Any] = {
    "registered_at": datetime(2005, 1, 1, tzinfo=UTC),
    "source_sequence": 7,
}
LOST = changing(Change.CORRECTED, "lost")

PAIRS: dict[str, tuple[Sequence[Event], Sequence[Event]]] = {
    "a job after the death": ([BORN, ON_RECORD, DIED], [BORN, ON_RECORD, DIED, JOB]),
    "a job after the record was closed for death": (
        [BORN, ON_RECORD, ended(RegistrationEnd.DEATH)],
        [BORN, ON_RECORD, ended(RegistrationEnd.DEATH), JOB],
    ),
    "a number of another scheme": (
        [BORN, ON_RECORD, HOME],
        [
            BORN,
            ON_RECORD,
            Residence(
                head("home", LATER, concerned=(Concerned(Role.PERSON, (OTHER_SCHEME,), KEY),))
            ),
        ],
    ),
    "two events of one id": (
        [BORN, ON_RECORD, HOME],
        [BORN, ON_RECORD, HOME, Employment(head("home", LATER, Role.EMPLOYEE), "an employer")],
    ),
    "a record that ended by the day, or after it": (
        [BORN, ON_RECORD, ended(RegistrationEnd.EMIGRATION)],
        [BORN, ON_RECORD, ended(RegistrationEnd.EMIGRATION, DAY + timedelta(days=1))],
    ),
    "why a record ended": (
        [BORN, ON_RECORD, ended(RegistrationEnd.ENLISTED)],
        [BORN, ON_RECORD, ended(RegistrationEnd.EMIGRATION)],
    ),
    "which record ended": (
        [BORN, ON_RECORD, Registration(head("other", date(1971, 1, 1))),
         ended(RegistrationEnd.EMIGRATION)],
        [BORN, ON_RECORD, Registration(head("other", date(1971, 1, 1))),
         Registration(head("end", LONG_AGO, **changing(Change.ENDED, "other")),
                      RegistrationEnd.ERROR)],
    ),
    "a record made since the person left": (moved(date(1970, 5, 5)), moved(date(1995, 5, 5))),
    "two corrections written at one moment": (
        [BORN, ON_RECORD, corrected("c1", source_sequence=7), corrected("c2", source_sequence=8)],
        [BORN, ON_RECORD, corrected("c1", **AT_ONE_TIME), corrected("c2", **AT_ONE_TIME)],
    ),
    "somebody written down too long ago": (registered_in(1901), registered_in(1899)),
    "written down only after the day": (
        registered_in(1970),
        [Registration(head("old", date(1970, 6, 1), registered_at=KNOWN_AT - timedelta(days=9)))],
    ),
    "a birth too long ago": (
        [Birth(head("birth", date(1900, 1, 2), Role.CHILD)), ON_RECORD],
        [Birth(head("birth", date(1900, 1, 1), Role.CHILD)), ON_RECORD],
    ),
    "a child borne on the day": ([BORN, ON_RECORD], [BORN, ON_RECORD, HAD_A_CHILD]),
    "seen on the day": (
        [BORN, ON_RECORD, SignOfLife(head("seen", LATER), SignKind.IN_PERSON)],
        [BORN, ON_RECORD, SignOfLife(head("seen", DAY), SignKind.IN_PERSON)],
    ),
    "the deceased of a union": (widowed(OTHER_KEY), widowed(KEY)),
    "a birth that turns out to be another's": ([BORN], [BORN, FATHER]),
    "two events that change each other": (
        [BORN, ON_RECORD],
        [
            BORN,
            ON_RECORD,
            Residence(head("one", LATER, **changing(Change.CORRECTED, "two"))),
            Residence(head("two", LATER, **changing(Change.CORRECTED, "one"))),
        ],
    ),
    "two that name one that is lost": (
        [BORN, HouseholdRegistration(head("it", LONG_AGO, **LOST))],
        [
            BORN,
            HouseholdRegistration(head("it", LONG_AGO, **LOST)),
            Residence(head("home", LATER, **LOST)),
        ],
    ),
    "a mark that the entry is in doubt": (
        [BORN, ON_RECORD],
        [
            BORN,
            Registration(replace(RECORD, under_investigation=(Investigation("death"),))),
        ],
    ),
    "what was registered after the moment of knowledge": (
        [BORN, ON_RECORD],
        [BORN, ON_RECORD, Death(head("death", KNOWN_AT.date(), Role.DECEASED))],
    ),
}  # fmt: skip
SAME_ANSWER = {"what was registered after the moment of knowledge"}


def fetching(dossier: Dossier) -> Callable[[Need], Dossier]:
    return lambda _: dossier


@pytest.mark.parametrize(("one", "other"), PAIRS.values(), ids=PAIRS)
def test_a_difference_that_decides_is_seen(
    one: Sequence[Event], other: Sequence[Event], request: pytest.FixtureRequest
) -> None:
    question = Question(PERSON, KEY, DAY, KNOWN_AT)
    answers, likenesses = [], []
    for life in (one, other):
        dossier = dossier_of(life, authorities=DECLARED)
        answer = run(start("alive", question, DECLARED), fetching(dossier))
        answers.append(answer.in_brief())
        alike = likeness_of(question, life)
        likenesses.append(alike and alike.likeness)
    differ = answers[0] != answers[1]
    name = request.node.callspec.id
    assert differ is (name not in SAME_ANSWER), "the pair says nothing"
    if differ:
        assert likenesses[0] != likenesses[1] or likenesses[0] is None
