"""Whose facts a proof reads: the dossiers under all the numbers of one person, and no one else's.

Numbers change, are corrected, and are given twice. An `IdentityLink` says that two numbers are one
person's: then both dossiers are united, whichever number was asked with. A number that was given to
two people is answered only where the question's name or birth date tells every record apart.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from civicbus.domain.dates import Interval
from civicbus.domain.dossier import Dossier, Entry, unite
from civicbus.domain.events import (
    ABOUT_EVENTS,
    Birth,
    Concerned,
    Event,
    IdentityLink,
    SharedNumber,
)
from civicbus.domain.names import same_name
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.timing import happened
from civicbus.domain.resolve import Fact, Facts, resolve
from civicbus.domain.vocabulary import Role

ALWAYS_READ = ("birth", "identity")
NUMBERS_MAX = 8  # nobody has more; a chain that goes on is a mistake in the links


@dataclass(frozen=True, slots=True)
class Told:
    """What a question tells of a person beside the number."""

    name: str | None = None
    birth_date: date | None = None

    def is_of(self, concerned: Concerned) -> bool | None:
        """True if this is said of the person concerned; `None` if that cannot be told."""
        verdicts = []
        if self.birth_date is not None and concerned.birth_date is not None:
            verdicts.append(Interval.of(concerned.birth_date).is_on(self.birth_date))
        if self.name is not None and concerned.name is not None:
            verdicts.append(same_name(self.name, concerned.name))
        if False in verdicts:
            return False
        return True if True in verdicts else None


@dataclass(frozen=True, slots=True)
class Person:
    """A person's facts, and whether they can be of more than one person.

    `shared` is what shows that the number was given to several; empty if it was not, or if the
    question told them apart. `mismatched` is what shows that the question speaks of somebody else.
    `too_many` tells that not all numbers could be followed.
    """

    facts: Facts
    shared: tuple[Event, ...] = ()
    mismatched: tuple[Event, ...] = ()
    too_many: bool = False


def person_of(
    person_key: str, families: tuple[str, ...], known_at: datetime, told: Told | None = None
) -> Generator[Need, Dossier, Person]:
    """Ask for a person's dossiers, by every number that is linked with the one given."""
    read = tuple(dict.fromkeys((*families, *ALWAYS_READ)))
    found: dict[str, Dossier] = {}
    wanted = [person_key]
    while wanted and len(found) < NUMBERS_MAX:
        found[wanted[0]] = yield Need(wanted[0], read, known_at)
        wanted = [key for key in _linked(found.values(), known_at) if key not in found]
    facts = resolve(unite(found.values()), known_at)
    person = Person(facts, too_many=bool(wanted))
    shared = _shared(facts)
    told = told or Told()
    if not shared:
        return replace(person, mismatched=_mismatched(facts, told))
    apart = _told_apart(unite(found.values()), told)
    if apart is None:
        return replace(person, shared=shared)
    return replace(person, facts=resolve(apart, known_at))


def _linked(dossiers: Iterable[Dossier], known_at: datetime) -> list[str]:
    """The keys that links in force connect with the person's.

    Links stand in the topic of identities, with what changes them, so no more of it is resolved.
    """
    whole = unite(dossiers)
    entries = tuple(entry for entry in whole.entries if entry.family == "identity")
    if not any(isinstance(entry.event, IdentityLink) for entry in entries):
        return []
    facts = resolve(replace(whole, entries=entries), known_at)
    links = facts.of(IdentityLink, Role.PERSON, Role.FORMER)
    named = [c for fact in links for c in fact.content.header.in_role(Role.PERSON, Role.FORMER)]
    return sorted({c.person_key for c in named if c.person_key is not None})


def _shared(facts: Facts) -> tuple[Event, ...]:
    """What shows that one number is of two people: a register says so, or holds two births."""
    found: list[Fact[SharedNumber] | Fact[Birth]] = [
        fact for fact in facts.of(SharedNumber, Role.PERSON) if fact.end is None
    ]
    births = facts.of(Birth, Role.CHILD)
    for place, one in enumerate(births):
        for other in births[place + 1 :]:
            together = happened(one.content.header).meets(happened(other.content.header))
            if one.source == other.source and not together:
                found += [one, other]
    return tuple(event for fact in found for event in fact.evidence)


def _mismatched(facts: Facts, told: Told) -> tuple[Event, ...]:
    """The births of the person that are not of whom the question speaks."""
    if told.birth_date is None:
        return ()
    births = facts.of(Birth, Role.CHILD)
    dates = [happened(fact.content.header).is_on(told.birth_date) for fact in births]
    if dates and all(found is False for found in dates):
        return tuple(event for fact in births for event in fact.evidence)
    return ()


def _told_apart(dossier: Dossier, told: Told) -> Dossier | None:
    """What the dossier holds of the one who is meant; `None` if a record may be of either."""
    kept: list[Entry] = []
    for entry in dossier.entries:
        if isinstance(entry.event, (*ABOUT_EVENTS, SharedNumber)):
            kept.append(entry)
            continue
        concerned = [c for c in entry.event.header.concerned if c.person_key in dossier.keys]
        verdicts = [_of(entry.event, c, told) for c in concerned]
        if None in verdicts:
            return None
        if True in verdicts:
            kept.append(entry)
    return replace(dossier, entries=tuple(kept))


def _of(event: Event, concerned: Concerned, told: Told) -> bool | None:
    """Whether an entry is of whom the question speaks; a birth also tells by its own date."""
    if isinstance(event, Birth) and concerned.role is Role.CHILD and told.birth_date is not None:
        concerned = replace(concerned, birth_date=event.header.occurred)
    return told.is_of(concerned)
