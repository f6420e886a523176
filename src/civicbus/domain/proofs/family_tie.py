"""The tie between a child and one who may be a parent: what follows from the child's record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain, combinations
from typing import Any

from civicbus.domain.dates import Interval
from civicbus.domain.events import Birth, Concerned, Parentage
from civicbus.domain.events.kinship import PARENTS
from civicbus.domain.names import same_name
from civicbus.domain.proofs.family_adoption import (
    Named,
    is_displaced,
    two_in,
    unions_with_adopters,
)
from civicbus.domain.proofs.family_findings import Finding, all_of, any_of, negation
from civicbus.domain.proofs.family_record import ParentEntry, Record, Somebody
from civicbus.domain.record_codes import ParentageKind
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role

DOUBTFUL_MAX = 4  # entries that may stand or not; with more, whatever they are about is disputed


@dataclass(frozen=True, slots=True)
class Described:
    """Somebody without a number, known by name and birth date.

    That an entry names somebody so described says nothing about who else is called so.
    """

    name: str
    birth_date: date

    def is_named(self, concerned: Concerned) -> Finding:
        """Does an entry name somebody so described there? Whoever has a number is asked by it."""
        name, born = concerned.name, concerned.birth_date
        called = None if name is None else same_name(self.name, name)
        on_day = None if born is None else Interval.of(born).is_on(self.birth_date)
        if called is False or on_day is False:
            return False
        if concerned.person_key is not None:
            return "ask_by_number"
        return True if called and on_day else "unnumbered_relative"


@dataclass(frozen=True, slots=True)
class Entered:
    """Whoever an entry names, to be found again in others."""

    concerned: Concerned

    def is_named(self, concerned: Concerned) -> Finding:
        """Is it the same one whom an entry names there?"""
        if concerned is self.concerned:
            return True
        if None in (concerned.person_key, self.concerned.person_key):
            return "unnumbered_relative"
        return concerned.person_key == self.concerned.person_key


class Tie:
    """Understands what a child's record says about one who may be a parent, or a step-parent."""

    def __init__(self, child: Record, parent: Record | Described, *, as_step_parent: bool) -> None:
        self.child = child
        self.parent = parent
        self.day = child.day
        self.as_step_parent = as_step_parent

    def makes_it(self, entry: ParentEntry) -> bool:
        """True for an entry of the kind that is asked about."""
        if self.as_step_parent:
            return entry.kind is ParentageKind.STEP
        return entry.makes_parents

    def standing(self, entries: Sequence[ParentEntry]) -> Finding:
        """Is the one who is asked about a parent by these entries?"""
        return any_of(
            stands_by(self.child, entries, entry, self.parent, self.day)
            for entry in entries
            if self.makes_it(entry)
        )

    def conclusion(self, entries: Sequence[ParentEntry]) -> Finding:
        """The same; but where nothing is entered about them, others have to exclude them."""
        found = self.standing(entries)
        if found is not False or self._is_excluded(entries):
            return found
        return "incomplete_record"

    def _is_excluded(self, entries: Sequence[ParentEntry]) -> bool:
        if self.child.born is not None and self.child.born.happened_by(self.day) is False:
            return True
        if any(entry.names(self.parent) is True for entry in entries):
            return True
        others = holders(self.child, entries, self.day)
        return not self.as_step_parent and two_in(
            [(e, c) for e, c in others if self.parent.is_named(c) is False]
        )

    def matters(self, doubtful: Sequence[ParentEntry]) -> bool:
        """True if it makes a difference which of some entries stand."""
        if len(doubtful) > DOUBTFUL_MAX:
            return True
        entries = self.child.entries
        left_out = chain.from_iterable(
            combinations(doubtful, size) for size in range(len(doubtful) + 1)
        )
        found = {self.conclusion([e for e in entries if e not in out]) for out in left_out}
        return len(found) > 1

    @cached_property
    def naming(self) -> list[ParentEntry]:
        """The entries that name the one who is asked about, or may do so."""
        return [e for e in self.child.entries if e.names(self.parent) is not False]

    @cached_property
    def listed_by_parent_alone(self) -> list[Fact[Any]]:
        """What the parent's record says about this child, and the child's own does not."""
        if isinstance(self.parent, Described):
            return []
        own = {
            event.header.event_id
            for entry in (*self.child.entries, *self.child.told)
            if entry.names(self.parent) is True
            for event in entry.fact.evidence
        }
        listed: list[Fact[Any]] = [
            *self.parent.of(Birth, *PARENTS),
            *self.parent.of(Parentage, *PARENTS),
        ]
        return [
            fact
            for fact in listed
            if fact.content.header.has_role(self.child.facts.keys, Role.CHILD)
            and fact.content.header.event_id not in own
        ]

    def evidence(self, entries: Iterable[ParentEntry] = ()) -> list[Fact[Any]]:
        """What the child's record says about the one who is asked about, and who both are."""
        bearing = [e for e in self.child.entries if e in self.naming or e.is_adoption]
        found = [*bearing, *(e for e in entries if e not in bearing)]
        facts = [*self.child.foundation, *(entry.fact for entry in found)]
        if isinstance(self.parent, Described):
            return facts
        # Where numbers of one kind do not tell people apart, the birth dates may have done so.
        kind = self.parent.question.person.scheme
        named = [c for entry in found for c in entry.parents]
        apart = all(any(number.scheme == kind for number in c.identifiers) for c in named)
        known_by = [] if apart and len(self.parent.facts.keys) == 1 else self.parent.foundation
        return [*facts, *known_by, *unions_with_adopters(self.parent, self.child.entries)]


def stands_by(
    child: Record, entries: Sequence[ParentEntry], entry: ParentEntry, who: Somebody, day: date
) -> Finding:
    """Is somebody what one of the entries makes them, on a day, whatever the other entries say?

    A denial undoes the entry of the birth and what was entered into before it, from the beginning.
    What came after it stands: a recognition may be annulled, and be made again.
    """
    named = any_of(who.is_named(c) for c in entry.parents if c.person_key not in child.facts.keys)
    if entry.kind is ParentageKind.STEP or named is False:
        return all_of(named, entry.holds_on(day))
    return all_of(
        named,
        entry.holds_on(day),
        negation(_is_denied(entries, entry, who)),
        negation(is_displaced(child, entries, entry, who, day)),
    )


def _is_denied(entries: Sequence[ParentEntry], entry: ParentEntry, who: Somebody) -> Finding:
    return any_of(
        all_of(denial.names(who), _is_undone(entry, denial))
        for denial in entries
        if denial.kind is ParentageKind.DENIAL
    )


def _is_undone(entry: ParentEntry, denial: ParentEntry) -> Finding:
    if entry.kind is None or entry.happened.before(denial.happened):
        return True
    return False if entry.happened.after(denial.happened) else "undetermined_date"


def holders(child: Record, entries: Sequence[ParentEntry], day: date) -> list[Named]:
    """Those whom the entries name and who certainly are the child's parents on the day."""
    return [
        (entry, concerned)
        for entry in entries
        if entry.makes_parents
        for concerned in entry.parents
        if stands_by(child, entries, entry, Entered(concerned), day) is True
    ]
