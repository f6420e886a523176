"""A person's own record of parents, which decides whose child the person is.

It consists of the entry of the birth and of what was entered about parentage since. Households and
what the parents' records say do not count against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from civicbus.domain.dates import Interval
from civicbus.domain.events import (
    Birth,
    Concerned,
    Header,
    IdentityLink,
    Parentage,
    PersonName,
    Registration,
)
from civicbus.domain.events.kinship import PARENTS
from civicbus.domain.names import same_name
from civicbus.domain.periods import Period
from civicbus.domain.proofs.absence import Silence, doubt_about_absence
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.deaths import agreed
from civicbus.domain.proofs.family_findings import Finding, any_of, finding
from civicbus.domain.proofs.timing import counts_from, happened, period_of
from civicbus.domain.record_codes import ParentageKind
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import NO_LONGER_FOLLOWED, Role

# Unions are read because of adoptions by one person, who may be the spouse of a parent.
FAMILIES = ("birth", "kinship", "identity", "union")
RESTS_ON = ("birth", "kinship")


class Somebody(Protocol):
    """Whoever may be named in an entry."""

    def is_named(self, concerned: Concerned) -> Finding:
        """Is it this person whom an entry names there?"""


@dataclass(frozen=True, slots=True)
class ParentEntry:
    """An entry about a child's parents: that of the birth, or one of the kinds of `Parentage`."""

    fact: Fact[Any]

    @property
    def kind(self) -> ParentageKind | None:
        """The kind of parentage; none of the entry of a birth."""
        content = self.fact.content
        return content.kind if isinstance(content, Parentage) else None

    @property
    def makes_parents(self) -> bool:
        """True if those whom it names are parents by it. A step-parent is none in law."""
        return self.kind not in (ParentageKind.STEP, ParentageKind.DENIAL)

    @property
    def is_adoption(self) -> bool:
        return self.kind is ParentageKind.ADOPTION

    @property
    def parents(self) -> tuple[Concerned, ...]:
        """Those whom it names; with a denial, who never was a parent."""
        header: Header = self.fact.content.header
        return header.in_role(*PARENTS)

    @property
    def is_contradictory(self) -> bool:
        """True of a birth or denial that is said to have ended, and of an end before the start."""
        timeless = self.kind is None or self.kind is ParentageKind.DENIAL
        return (timeless and self.fact.end is not None) or period_of(self.fact) is None

    @property
    def happened(self) -> Interval:
        """When it was entered into, which may be later than the day from which it counts.

        Of an end whose beginning has not arrived, that may have been on any day before it.
        """
        when = happened(self.fact.content.header)
        return Interval(date.min, when.latest) if self.fact.end is self.fact.content else when

    @property
    def period(self) -> Period:
        """For which days it makes somebody a parent."""
        period = period_of(self.fact)
        if self.kind is None or period is None:
            return Period(happened(self.fact.content.header), None)
        return period

    def holds_on(self, day: date) -> Finding:
        """Does it hold on the day?"""
        return finding(self.period.holds_on(day), "undetermined_date")

    def names(self, somebody: Somebody) -> Finding:
        """Is somebody named as a parent?"""
        return any_of(somebody.is_named(concerned) for concerned in self.parents)


class Record(Case):
    """Understands what a person's record says about their parents, and who the person is."""

    @cached_property
    def entries(self) -> list[ParentEntry]:
        """The entries about the person's parents that decide."""
        return [ParentEntry(fact) for fact in self._parent_facts if self.decides(fact.content)]

    @cached_property
    def told(self) -> list[ParentEntry]:
        """Those that were only reported, and those of whoever is not competent."""
        return [ParentEntry(fact) for fact in self._parent_facts if not self.decides(fact.content)]

    @property
    def _parent_facts(self) -> list[Fact[Any]]:
        return [*self.of(Birth, Role.CHILD), *self.of(Parentage, Role.CHILD)]

    @cached_property
    def births(self) -> list[Fact[Birth]]:
        """The births of the person that are entered by whoever decides."""
        return self.established(Birth, Role.CHILD)

    @cached_property
    def born(self) -> Interval | None:
        """When the person was born; where entries contradict each other, all that they say."""
        days = [happened(fact.content.header) for fact in self.births]
        return agreed(days) if days else None

    @property
    def is_on_record(self) -> bool:
        """True if anybody who decides has entered such a person."""
        return bool(self.entries or self.established(Registration, Role.PERSON))

    @property
    def foundation(self) -> list[Fact[Any]]:
        """Who the person is: the births, and the links between their numbers."""
        links = self.of(IdentityLink) if len(self.facts.keys) > 1 else []
        return [*self.births, *links]

    def is_named(self, concerned: Concerned) -> Finding:
        """Is it this person whom an entry names there?

        Who bears another number is another person, unless name and birth date are this one's: then
        a link between the numbers may be missing. So it may where the two numbers are of different
        kinds, which everybody has side by side. Who is named without a number may be anybody born
        that day, since names change and nobody is identified by them.
        """
        if concerned.person_key in self.facts.keys:
            return True
        born = self._was_born_on(concerned)
        if concerned.person_key is None:
            return False if born is False else "unnumbered_relative"
        if born is not False and self._may_bear_a_number_of(concerned):
            return "ambiguous_identity"
        return "ambiguous_identity" if born and self._is_called(concerned) else False

    def _may_bear_a_number_of(self, concerned: Concerned) -> bool:
        """True if no link tells, and the numbers do not show that these are two."""
        own = {
            number
            for fact in self.facts.held
            for other in fact.content.header.concerned
            if other.person_key in self.facts.keys
            for number in other.identifiers
        }
        own.add(self.question.person)
        given = set(concerned.identifiers)
        schemes = {number.scheme for number in given}
        return not own.isdisjoint(given) or (bool(given) and self.schemes.isdisjoint(schemes))

    def _was_born_on(self, concerned: Concerned) -> bool | None:
        if self.born is None or concerned.birth_date is None:
            return None
        return self.born.is_on(Interval.of(concerned.birth_date))

    def _is_called(self, concerned: Concerned) -> bool:
        own = [c.name for f in self.births for c in f.content.header.in_role(Role.CHILD)]
        names = [*own, *(fact.content.full for fact in self.of(PersonName, Role.PERSON))]
        given = concerned.name
        return given is not None and any(name and same_name(name, given) for name in names)

    def doubt_about_parents(self) -> str | None:
        """Why it does not follow that no further entry about the parents counts on the day.

        A parentage may be entered on any day of the child's life. An adoption abroad is not entered
        while no register keeps the child's record up to date.
        """
        if self._has_left:
            return "not_maintained"
        since = date.min if self.born is None else self.born.earliest
        return doubt_about_absence(
            self.question,
            self.facts,
            self.authorities(*RESTS_ON),
            Silence(("kinship",), since),
            fresh_for=self.scope.fresh_for,
        )

    @property
    def _has_left(self) -> bool:
        """True if every register that kept the person's record had stopped following them."""
        records = self.established(Registration, Role.PERSON)
        kept = [fact for fact in records if self._counts(fact.content)]
        ended = [fact.end for fact in kept if fact.end is not None and self._counts(fact.end)]
        left = [end for end in ended if end.end_reason in NO_LONGER_FOLLOWED]
        return bool(left) and len(ended) == len(kept)

    def _counts(self, act: Registration) -> bool:
        """True if it counts by the day; of a record it may be that only the end is known."""
        return counts_from(act.header).earliest <= self.day
