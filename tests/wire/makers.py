"""Events of every type from a seed, with a fair share of everything that may be absent.

All persons are invented.
"""

from __future__ import annotations

import random
import types
import typing
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import (
    Basis,
    Birth,
    Concerned,
    Contribution,
    Death,
    Event,
    Guardianship,
    Header,
    Investigation,
    RangeVoid,
    Union,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.record_codes import GuardianshipKind, InsuranceKind
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    BasisKind,
    Cause,
    Change,
    LegalState,
    Role,
    Sex,
    UnionEnd,
    UnionKind,
)
from civicbus.wire.records import from_millis, to_millis
from tests.builders import HINTS, LEAST, NAMING

SECRET = b"a secret of the tests"
ENVIRONMENT = "development"
SOURCES = ("city-registry", "population-register")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NAMES = ("Jan de Vries", "Zoë Ng", "王小明", "Ó Conchúir", "Иван Петров", "O'Neil\tJr.")
TEXTS = ("3501", "北京", "A-1", "x")
# Who may be named beside those whom an act is about.
BESIDE = (Role.HEAD, Role.FORMER, Role.RIGHTFUL, Role.WRONGLY_NAMED)


def key_of(number: int) -> str:
    return person_key(Identifier("us-dc", str(number)), SECRET)


def person(rng: random.Random, role: Role) -> Concerned:
    number = rng.randrange(1, 10**9)
    return Concerned(role, (Identifier("us-dc", str(number)),), key_of(number))


def nameless(rng: random.Random, role: Role) -> Concerned:
    """Somebody without a number: known by name and birth date."""
    return Concerned(role, name=rng.choice(NAMES), birth_date=day(rng, 1900, 1990))


def day(rng: random.Random, first_year: int, last_year: int) -> PartialDate:
    year = rng.randint(first_year, last_year)
    month, date = rng.randint(1, 12), rng.randint(1, 28)
    qualifier = rng.choices(list(Qualifier), (20, 1, 1, 1))[0]
    text = rng.choice((None, None, "about then"))
    known = rng.choices((3, 2, 1, 0), (20, 2, 2, 1))[0]
    return PartialDate(
        year if known > 0 else None,
        month if known > 1 else None,
        date if known > 2 else None,
        qualifier,
        text,
        rng.choice((None, None, Calendar.GREGORIAN)),
    )


def header(rng: random.Random, *concerned: Concerned, **more: Any) -> Header:
    """A header of one of the sources, with a fair share of everything that may be absent."""
    registered = from_millis(to_millis(NOW - timedelta(seconds=rng.randrange(3 * 10**8))))
    change = rng.choices(list(Change), (12, 1, 0, 1))[0]
    values: dict[str, Any] = {
        "event_id": event_id("tests", str(rng.random())),
        "source": rng.choice(SOURCES),
        "concerned": concerned,
        "registered_at": registered,
        "occurred": day(rng, 1995, 2014),
        "change": change,
        "target_event_id": None if change is Change.CREATED else event_id("t", str(rng.random())),
        "effective_from": rng.choice((None, None, day(rng, 1995, 2014))),
        "legal_state": rng.choice(list(LegalState)),
        "basis": rng.choice((None, Basis(BasisKind.DEED, "1AA0123", "0518"))),
        "cause": rng.choice(list(Cause)),
        "under_investigation": rng.choice(
            ((), (), (), (Investigation("death.occurred", day(rng, 2015, 2020), None),))
        ),
        "source_sequence": rng.randrange(10**6),
        "environment": ENVIRONMENT,
    }
    return Header(**(values | more))


def birth(rng: random.Random) -> Birth:
    parents = (person(rng, Role.MOTHER), rng.choice((person, nameless))(rng, Role.FATHER))
    head = header(rng, person(rng, Role.CHILD), *parents)
    return Birth(head, rng.choice(list(Sex)), rng.choice((None, "0518", "北京")), "6030")


def death(rng: random.Random) -> Death:
    who = person(rng, Role.DECEASED)
    if rng.random() < 0.3:
        who = replace(who, birth_date=day(rng, 1900, 1990))
    age = rng.choice((None, 0, 80, 150))
    return Death(header(rng, who), rng.choice((None, "Utrecht")), None, age)


def union(rng: random.Random) -> Union:
    partners = person(rng, Role.PARTNER), rng.choice((person, nameless))(rng, Role.PARTNER)
    head = header(rng, *partners)
    if rng.random() < 0.3:
        ended = replace(head, change=Change.ENDED, target_event_id=event_id("u", str(rng.random())))
        return Union(ended, UnionKind.MARRIAGE, UnionEnd.DEATH, partners[0].person_key, "Delft")
    return Union(head, rng.choice(list(UnionKind)))


def contribution(rng: random.Random) -> Contribution:
    year = rng.randint(1995, 2014)
    first, last = sorted(rng.choices(range(1, 13), k=2))
    months = PartialDate(year, first), PartialDate(year + rng.choice((0, 0, 1)), last)
    head = header(rng, person(rng, Role.INSURED))
    return Contribution(head, rng.choice(list(InsuranceKind)), *months, rng.choice((None, "3501")))


def guardianship(rng: random.Random) -> Guardianship:
    kind = rng.choice(list(GuardianshipKind))
    guardians = () if kind is GuardianshipKind.NOBODY else (person(rng, Role.GUARDIAN),)
    return Guardianship(header(rng, person(rng, Role.WARD), *guardians), kind)


def range_void(rng: random.Random) -> RangeVoid:
    first, last = (f"{number:08}" for number in sorted(rng.choices(range(10**6), k=2)))
    target = rng.choice((None, event_id("v", str(rng.random()))))
    head = header(rng, person(rng, Role.PERSON), change=Change.CREATED, target_event_id=target)
    return RangeVoid(head, first, last, rng.choice(list(AnnulmentReason)))


# Whoever is concerned, whatever their parts: what is more than that is made by hand.
BY_HAND: dict[type[Event], Callable[[random.Random], Event]] = {
    Birth: birth,
    Death: death,
    Union: union,
    Contribution: contribution,
    Guardianship: guardianship,
    RangeVoid: range_void,
}
KINDS = [kind.__name__ for kind in LEAST]


def event(kind: str, seed: int = 0) -> Event:
    """An event of a type; the same seed gives the same one."""
    rng = random.Random(f"{kind}{seed}")
    (made,) = (one for one in LEAST if one.__name__ == kind)
    return BY_HAND[made](rng) if made in BY_HAND else _any_event(rng, made)


def _any_event(rng: random.Random, kind: type[Event]) -> Event:
    groups = LEAST[kind].roles or ((Role.PERSON,),)
    concerned = [person(rng, rng.choice(group)) for group in groups]
    if rng.random() < 0.3:
        concerned.append(rng.choice((person, nameless))(rng, rng.choice(BESIDE)))
    target = event_id("a", str(rng.random()))
    head = header(rng, *concerned, **({"target_event_id": target} if kind in NAMING else {}))
    hints = HINTS[kind]
    says = {part.name: _value(rng, hints[part.name]) for part in fields(kind)[1:]}
    if says.get("end_reason") is not None:
        head = replace(head, change=Change.ENDED, target_event_id=target)
    return kind(head, **says)


def _value(rng: random.Random, hint: Any) -> Any:
    if isinstance(hint, types.UnionType):
        (inner,) = (one for one in typing.get_args(hint) if one is not type(None))
        return _value(rng, inner) if rng.random() < 0.4 else None
    if issubclass(hint, StrEnum):
        return rng.choice(list(hint))
    return rng.choice(TEXTS) if hint is str else day(rng, 1995, 2014)
