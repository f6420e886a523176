"""Numbers that were given to more than one person: what shows it, and telling the people apart.

A number that was given twice is often of two people born on one day, so that a birth date tells
nobody apart, or of two who have one name. So a name or a birth date counts only where it differs
between the people that the evidence describes; and a record is of somebody only if it is certainly
theirs and certainly nobody else's. What cannot be told of a single record cannot be told at all.

That the sharing has ended changes nothing in the records of the time before: only its annulment
says that there were never two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from civicbus.domain.dates import Interval
from civicbus.domain.dossier import Dossier, Entry
from civicbus.domain.events import (
    ABOUT_EVENTS,
    Birth,
    Concerned,
    Event,
    IdentityLink,
    SharedNumber,
)
from civicbus.domain.names import same_name
from civicbus.domain.proofs.timing import happened
from civicbus.domain.resolve import Fact, Facts
from civicbus.domain.truth import Truth, any_of
from civicbus.domain.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Description:
    """What a question or a record says of who somebody is, beside the number."""

    name: str | None = None
    born: Interval | None = None

    @classmethod
    def of(cls, event: Event, concerned: Concerned) -> Description:
        """Of a person concerned; the entry of a birth also tells by its own date."""
        if isinstance(event, Birth) and concerned.role is Role.CHILD:
            return cls(concerned.name, happened(event.header))
        born = None if concerned.birth_date is None else Interval.of(concerned.birth_date)
        return cls(concerned.name, born)

    def has_name_of(self, other: Description) -> Truth:
        """Have both one name?"""
        if self.name is None or other.name is None:
            return None
        return same_name(self.name, other.name)

    def has_birth_date_of(self, other: Description) -> Truth:
        """Were both born on one day?"""
        return None if self.born is None or other.born is None else self.born.is_on(other.born)


@dataclass(frozen=True, slots=True)
class Sharing:
    """That a number is of several people: the facts that show it, and whom they describe."""

    shown_by: tuple[Fact[SharedNumber] | Fact[Birth], ...]
    people: tuple[Description, ...]

    @property
    def evidence(self) -> tuple[Event, ...]:
        return tuple(event for fact in self.shown_by for event in fact.evidence)


def sharing_in(facts: Facts) -> Sharing | None:
    """What shows that the number is of several: a register says so, or has entered two births.

    Of two registers that differ about a birth, one may be wrong.
    """
    said = facts.of(SharedNumber, Role.PERSON)
    births = births_of_several(facts)
    if not said and not births:
        return None
    listed = _described(said, facts.keys, Role.PERSON)
    told_apart = any(
        False in (one.has_name_of(other), one.has_birth_date_of(other))
        for one, other in combinations(listed, 2)
    )
    people = listed if told_apart else _described(births, facts.keys, Role.CHILD)
    return Sharing((*said, *births), tuple(people))


def records_of(told: Description, sharing: Sharing, dossier: Dossier) -> Dossier | None:
    """What the dossier holds of the one who is meant; `None` if a record may be of either."""
    reader = _Reader.of(told, sharing.people)
    if reader is None:
        return None
    left_out: set[str] = set()
    for entry in dossier.entries:
        if isinstance(entry.event, (*ABOUT_EVENTS, SharedNumber)):
            continue
        is_theirs = reader.is_theirs(entry.event, dossier.keys)
        if is_theirs is None and not isinstance(entry.event, IdentityLink):
            return None
        if not is_theirs:
            left_out.add(entry.event.header.event_id)
    return replace(dossier, entries=tuple(_without(left_out, dossier.entries)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Tells whose a record is, by the name or the birth date or both, as they differ."""

    theirs: Description
    others: tuple[Description, ...]
    by_name: bool
    by_birth_date: bool

    @classmethod
    def of(cls, told: Description, people: Sequence[Description]) -> _Reader | None:
        """For the one who is told of; `None` if that is not certainly one of the people."""
        found = cls(
            told,
            (),
            by_name=any(one.has_name_of(told) is False for one in people),
            by_birth_date=any(one.has_birth_date_of(told) is False for one in people),
        )
        is_told = [found._same(one, told) for one in people]
        if None in is_told or True not in is_told or False not in is_told:
            return None
        others = (one for one, is_it in zip(people, is_told, strict=True) if is_it is False)
        return replace(found, others=tuple(others))

    def is_theirs(self, event: Event, keys: Collection[str]) -> Truth:
        """Is a record of the one who is told of, in whatever role?"""
        described = [
            Description.of(event, concerned)
            for concerned in event.header.concerned
            if concerned.person_key in keys
        ]
        return any_of(*(self._is_of(one) for one in described))

    def _is_of(self, one: Description) -> Truth:
        theirs = self._same(one, self.theirs)
        elses = any_of(*(self._same(one, other) for other in self.others))
        if theirs and elses is False:
            return True
        return False if theirs is False and elses else None

    def _same(self, one: Description, other: Description) -> Truth:
        """The same person? What does not differ between the people proves nothing."""
        found = [
            truth
            for truth, counts in (
                (one.has_name_of(other), self.by_name),
                (one.has_birth_date_of(other), self.by_birth_date),
            )
            if counts
        ]
        if False in found:
            return False
        return True if True in found else None


def births_of_several(facts: Facts) -> list[Fact[Birth]]:
    """Births that one register has entered for different days: they are of several people."""
    births = facts.of(Birth, Role.CHILD)
    found = [
        fact
        for one, other in combinations(births, 2)
        for fact in (one, other)
        if one.source == other.source
        and not happened(one.content.header).meets(happened(other.content.header))
    ]
    return [fact for fact in births if fact in found]


def _described(
    shown_by: Iterable[Fact[SharedNumber] | Fact[Birth]], keys: Collection[str], role: Role
) -> list[Description]:
    return [
        Description.of(fact.content, concerned)
        for fact in shown_by
        for concerned in fact.content.header.in_role(role)
        if concerned.person_key in keys
    ]


def _without(left_out: set[str], entries: tuple[Entry, ...]) -> list[Entry]:
    """The entries but for those left out, and but for what is said about these."""
    found = set(left_out)
    about = [entry.event.header for entry in entries if isinstance(entry.event, ABOUT_EVENTS)]
    while more := {h.event_id for h in about if h.target_event_id in found} - found:
        found |= more
    return [entry for entry in entries if entry.event.header.event_id not in found]
