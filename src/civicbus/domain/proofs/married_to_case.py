"""The case before the proof `married_to`: two people, and each one's record of the other."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date
from functools import cached_property

from civicbus.domain.claims import Party
from civicbus.domain.dates import Interval
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Concerned, IdentityLink, Separation
from civicbus.domain.proofs.deaths import Passing, passing
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.partners import UnionRecord, person_as_partner
from civicbus.domain.proofs.union_case import UnionCase
from civicbus.domain.proofs.union_courses import all_records
from civicbus.domain.proofs.unions import CourseOfUnion, Moment
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, any_of
from civicbus.domain.vocabulary import Role


class PairCase(UnionCase):
    """Understands the unions of two people with each other, from both records."""

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask for both people's partners too, since either may be in another union."""
        named = Concerned(Role.PARTNER, (self.party.identifier,), self.party.person_key)
        yield from self.follow(named)
        yield from super().gather()
        yield from self.follow_partners(self.other)

    @property
    def party(self) -> Party:
        """The other person as the question names them."""
        party = self.question.party("spouse")
        assert party is not None  # the claim is required
        return party

    @property
    def other(self) -> LifeCase:
        """The other person's own case."""
        return self.lives[self.party.person_key]

    @property
    def ever(self) -> bool:
        """True if any time by the day counts."""
        return self.question.text("ever") == "yes"

    @cached_property
    def moment(self) -> Moment:
        """The end of the day, so that it is one for both."""
        return Moment(Interval.on(self.day))

    @property
    def as_of(self) -> date:
        """The day asked about."""
        return self.day

    @cached_property
    def other_death(self) -> Passing | None:
        """The other's death, if it is certain that they had died by the day."""
        return passing(self.other)

    @property
    def asked(self) -> list[CourseOfUnion]:
        """The unions of the two, by the record of the one asked about."""
        return [course for course in self.courses if course.partner.life is self.other]

    @cached_property
    def asked_of_other(self) -> list[CourseOfUnion]:
        """The same by the other one's record."""
        return [c for c in self.courses_with(self.other) if c.partner.life is self]

    @cached_property
    def reported_records(self) -> list[UnionRecord]:
        """What was only reported of a union that may be of the two, in either record.

        The other one's is read from this side, to be compared with the unions of this one.
        """
        meant = person_as_partner(self.other)
        theirs = self._possibly_of_both(self.other, self)
        told = [
            *self._possibly_of_both(self, self.other),
            *(replace(record, partner=meant) for record in theirs),
        ]
        return [record for record in told if not record.decides]

    @cached_property
    def doubtful_records(self) -> list[UnionRecord]:
        """Unions of either with somebody who may be the other one; of whom it is not certain.

        A record that names the other one may be put together with one that names somebody else,
        of whom it is not certain either that they are two. What was only reported is judged apart.
        """
        sides = ((self, self.other, self.asked), (self.other, self, self.asked_of_other))
        found = []
        for one, other, courses in sides:
            known = [fact for course in courses for fact in course.facts]
            found += [
                record
                for record in self._possibly_of_both(one, other)
                if record.decides and record.fact not in known
            ]
        return found

    @property
    def identity_links(self) -> list[Fact[IdentityLink]]:
        """What joins the numbers by which each of the two is known."""
        return [fact for life in (self, self.other) for fact in life.of(IdentityLink)]

    def truth_of(self, course: CourseOfUnion) -> Truth:
        """Does a union answer what is asked?"""
        return course.begun(self.moment) if self.ever else course.holds(self.moment)

    @property
    def are_united(self) -> Truth:
        """Were they, by the record of the one asked about?"""
        return any_of(*(self.truth_of(course) for course in self.asked))

    @property
    def is_asymmetric(self) -> bool:
        """True if the other one's record says something else."""
        return self.are_united is not any_of(*(self.truth_of(c) for c in self.asked_of_other))

    def separations(self, course: CourseOfUnion) -> list[Fact[Separation]]:
        """None that matters: who is separated is still married."""
        del course
        return []

    def _possibly_of_both(self, one: LifeCase, other: LifeCase) -> list[UnionRecord]:
        meant = person_as_partner(other)
        records = all_records(one, self.lives)
        return [record for record in records if record.partner.is_one_with(meant) is not False]
