"""Whose facts a proof reads: the dossiers under all the numbers of one person, and no one else's.

Numbers change, are corrected, and are given twice. An `IdentityLink` says that two numbers are one
person's: then both dossiers are united, whichever number was asked with. Only a link that a
competent register or a court has entered is followed; `obstacles` says what becomes of others. A
number that was given to two people is answered only where the question's name or birth date tells
every record apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from civicbus.domain.authority import Authorities
from civicbus.domain.dates import Interval
from civicbus.domain.dossier import Dossier, unite
from civicbus.domain.events import (
    ABOUT_EVENTS,
    Birth,
    Event,
    IdentityLink,
    PersonName,
    Refusal,
    Registration,
)
from civicbus.domain.names import same_name
from civicbus.domain.precedence import decides
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.shared_numbers import (
    Description,
    births_of_several,
    records_of,
    sharing_in,
)
from civicbus.domain.proofs.timing import happened
from civicbus.domain.resolve import Fact, Facts, resolve
from civicbus.domain.vocabulary import Role

ALWAYS_READ = ("birth", "identity")
LINKING: tuple[type[Event], ...] = (IdentityLink, *ABOUT_EVENTS)
NUMBERS_MAX = 8  # nobody has more; a chain that goes on is a mistake in the links
LINKED = (Role.PERSON, Role.FORMER)

Naming = Fact[Birth] | Fact[PersonName] | Fact[Registration]


@dataclass(frozen=True, slots=True)
class Told:
    """What a question tells of a person beside the number."""

    name: str | None = None
    birth_date: date | None = None

    @property
    def description(self) -> Description:
        born = None if self.birth_date is None else Interval.on(self.birth_date)
        return Description(self.name, born)


@dataclass(frozen=True, slots=True)
class Person:
    """A person's facts, and whether they can be of more than one person.

    `shared` is what shows that the number was given to several; empty if it was not, or if the
    question told them apart. `mismatched` is what shows that the question speaks of somebody else.
    `too_many` tells that not all numbers could be followed. `refused_in` are the families in which
    a row could not be read, by the id of the refusal.
    """

    facts: Facts
    shared: tuple[Event, ...] = ()
    mismatched: tuple[Event, ...] = ()
    too_many: bool = False
    refused_in: Mapping[str, frozenset[str]] = field(default_factory=dict)


def person_of(
    person_key: str,
    families: tuple[str, ...],
    known_at: datetime,
    authorities: Authorities,
    told: Told | None = None,
) -> Generator[Need, Dossier, Person]:
    """Ask for a person's dossiers, by every number that is linked with the one given."""
    read = tuple(dict.fromkeys((*families, *ALWAYS_READ)))
    found: dict[str, Dossier] = {}
    keys = wanted = [person_key]
    while wanted and len(found) < NUMBERS_MAX:
        found[wanted[0]] = yield Need(wanted[0], read, known_at)
        keys = _linked_with(person_key, found, known_at, authorities)
        wanted = [key for key in keys if key not in found]
    own = _united([key for key in keys if key in found], found)
    facts = resolve(own, known_at)
    person = Person(facts, too_many=bool(wanted), refused_in=_refused_in(own))
    told = told or Told()
    sharing = sharing_in(facts)
    if sharing is None:
        return replace(person, mismatched=_mismatched(facts, told))
    apart = records_of(told.description, sharing, own)
    theirs = None if apart is None else resolve(apart, known_at)
    if theirs is None or births_of_several(theirs):
        return replace(person, shared=sharing.evidence)
    return replace(person, facts=theirs)


def is_established(link: IdentityLink, authorities: Authorities) -> bool:
    """True if a link is entered by whoever decides about the numbers that it names."""
    named = link.header.in_role(*LINKED)
    schemes = {identifier.scheme for c in named for identifier in c.identifiers}
    return decides(link, authorities, schemes)


def keys_in(link: IdentityLink) -> set[str]:
    """The keys that a link says are one person's."""
    return {c.person_key for c in link.header.in_role(*LINKED) if c.person_key is not None}


def reached_from(person_key: str, links: Iterable[IdentityLink]) -> list[str]:
    """The key and all that the links connect with it, the nearest first."""
    linked: dict[str, set[str]] = defaultdict(set)
    for keys in map(keys_in, links):
        for key in keys:
            linked[key] |= keys
    reached = {person_key: None}
    queue = [person_key]
    for key in queue:  # grows as it goes
        more = sorted(linked[key] - reached.keys())
        reached |= dict.fromkeys(more)
        queue += more
    return queue


def _linked_with(
    person_key: str, found: Mapping[str, Dossier], known_at: datetime, authorities: Authorities
) -> list[str]:
    """The keys of one person, by the links in force in the dossiers found so far.

    Links stand in the topic of identities, with what changes them, so no more of it is resolved.
    """
    entries = [
        entry
        for dossier in found.values()
        for entry in dossier.entries
        if entry.family == "identity" and isinstance(entry.event, LINKING)
    ]
    if not any(isinstance(entry.event, IdentityLink) for entry in entries):
        return [person_key]
    linking = Dossier(person_key, tuple(entries), other_keys=tuple(found))
    links = resolve(linking, known_at).of(IdentityLink)
    established = (f.content for f in links if is_established(f.content, authorities))
    return reached_from(person_key, established)


def _united(keys: list[str], found: Mapping[str, Dossier]) -> Dossier:
    """The dossiers under these keys as one, with all that changes an event in it.

    A link may have been withdrawn in a record under the other number alone.
    """
    own = unite(found[key] for key in keys)
    ids = {entry.event.header.event_id for entry in own.entries}
    elsewhere = [e for key, other in found.items() if key not in keys for e in other.entries]
    entries = list(own.entries)
    while more := [
        entry
        for entry in elsewhere
        if entry.event.header.target_event_id in ids and entry.event.header.event_id not in ids
    ]:
        entries += more
        ids |= {entry.event.header.event_id for entry in more}
    return replace(own, entries=tuple(entries))


def _refused_in(dossier: Dossier) -> dict[str, frozenset[str]]:
    families: dict[str, set[str]] = defaultdict(set)
    for entry in dossier.entries:
        if isinstance(entry.event, Refusal):
            families[entry.event.header.event_id].add(entry.family)
    return {event_id: frozenset(names) for event_id, names in families.items()}


def _mismatched(facts: Facts, told: Told) -> tuple[Event, ...]:
    """The births or names on record that are not of whom the question speaks, if all are not.

    Any name that the person bears or bore will do. The number says who it is; this is a check.
    """
    births = facts.of(Birth, Role.CHILD)
    found: list[Naming] = []
    if (born := told.birth_date) is not None and births:
        dates = (happened(fact.content.header).is_on(born) for fact in births)
        found += births if all(on_it is False for on_it in dates) else []
    if (name := told.name) is not None:
        records = facts.of(Registration, Role.PERSON)
        naming: list[Naming] = [*births, *records, *facts.of(PersonName, Role.PERSON)]
        names = [(fact, known) for fact in naming for known in _names_in(fact.content, facts.keys)]
        if all(same_name(name, known) is False for _, known in names):
            found += [fact for fact, _ in names]
    return tuple(dict.fromkeys(event for fact in found for event in fact.evidence))


def _names_in(event: Event, keys: frozenset[str]) -> list[str]:
    own = (Role.CHILD, Role.PERSON)
    names = [c.name for c in event.header.in_role(*own) if c.person_key in keys and c.name]
    return [*names, event.full] if isinstance(event, PersonName) else names
