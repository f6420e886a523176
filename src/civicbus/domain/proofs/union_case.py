"""The case before a proof about unions: the person's own, and what happened to the partners.

Much that ends a union stands in the partner's dossier alone: a death, its annulment, a second
marriage. So the partners are asked for, and the partners of those to whom the person may be united
on the day; no further.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities
from civicbus.domain.dates import Interval, PartialDate
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Concerned, Separation, Union
from civicbus.domain.proofs.case import Scope
from civicbus.domain.proofs.deaths import Passing, passing, word_on_death
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.partners import (
    UnionRecord,
    died_in,
    is_emptied,
    others_in,
    partner_in,
)
from civicbus.domain.proofs.person import Person, Told
from civicbus.domain.proofs.union_courses import all_records, courses_of
from civicbus.domain.proofs.unions import CourseOfUnion, Moment
from civicbus.domain.proofs.verdict import Verdict
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, any_of
from civicbus.domain.vocabulary import Role

# A person's partners, and the partners of the present one. A chain that goes on is a mistake in the
# records, or not a person at all.
PEOPLE_MAX = 16


class UnionCase(LifeCase):
    """Understands the unions of a person, on the day or, if they had died, at their death."""

    def __init__(
        self, scope: Scope, question: Question, person: Person, authorities: Authorities
    ) -> None:
        super().__init__(scope, question, person, authorities)
        self.lives: dict[str, LifeCase] = dict.fromkeys(person.facts.keys, self)
        self.not_followed: list[Fact[Union]] = []

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask for the partners, and for the partners of those to whom the person may be united."""
        yield from self.follow_partners(self)
        for course in courses_of(self, self.lives):
            life = course.partner.life
            if life is not None and course.holds(self.moment) is not False:
                yield from self.follow_partners(life)

    def follow_partners(self, of: LifeCase) -> Generator[Need, Dossier, None]:
        """Ask for everybody with whom somebody is or was in a union, whoever told of it."""
        for fact in of.of(Union):
            for concerned in others_in(fact.content, of.facts.keys):
                yield from self.follow(concerned, fact)

    def follow(
        self, concerned: Concerned, because: Fact[Union] | None = None
    ) -> Generator[Need, Dossier, None]:
        """Ask for somebody, if they have a number and are not known yet."""
        key = concerned.person_key
        if key is None or not concerned.identifiers or key in self.lives:
            return
        people = {id(life) for life in self.lives.values()}
        if because is not None and len(people) > PEOPLE_MAX:
            self.not_followed.append(because)
            return
        told = Told(concerned.name, _exact(concerned.birth_date))
        person = yield from self.ask_for(key, self.scope.families, told)
        question = replace(
            self.question,
            person=concerned.identifiers[0],
            person_key=key,
            valid_at=self.as_of,
            claims=(),
            name=None,
            birth_date=None,
        )
        life = LifeCase(self.scope, question, person, self.declared)
        self.lives.update(dict.fromkeys((key, *person.facts.keys), life))

    @cached_property
    def own_death(self) -> Passing | None:
        """The person's own death, if it is certain that they had died by the day."""
        return passing(self)

    @cached_property
    def own_word(self) -> Verdict | None:
        """What is said of the person's own death by the day.

        That a union ended by a death is no word on this person's, where the partner's explains it.
        """
        word = word_on_death(self)
        notified = word is not None and word.reason == "notified_only"
        if notified and all(self._tells_of_partners_death(f) for f in self.notices_by_the_day):
            return None
        return word

    @property
    def as_of(self) -> date:
        """The day asked about, or the one by which the person had died."""
        if self.own_death is None:
            return self.day
        return min(self.day, self.own_death.when.latest)

    @cached_property
    def moment(self) -> Moment:
        """The end of the day, or the death of the person if they had died by then."""
        if self.own_death is None:
            return Moment(Interval.on(self.day))
        return Moment(self.own_death.when, is_death=True)

    @cached_property
    def courses(self) -> list[CourseOfUnion]:
        """The person's unions that count."""
        return courses_of(self, self.lives)

    @property
    def asked(self) -> Sequence[CourseOfUnion]:
        """Those that the question is about."""
        return self.courses

    @cached_property
    def reported_records(self) -> list[UnionRecord]:
        """Unions, and ends of unions, of which somebody told who does not decide."""
        return [record for record in all_records(self, self.lives) if not record.decides]

    @cached_property
    def nameless(self) -> list[Fact[Union]]:
        """Unions of which it is not told with whom."""
        return [
            fact
            for fact in self.established(Union, Role.PARTNER)
            if partner_in(fact.content, self.facts.keys, self.lives) is None
            and not is_emptied(fact, self.facts.keys)
        ]

    def courses_with(self, life: LifeCase) -> list[CourseOfUnion]:
        """Somebody else's unions, as their own record has them."""
        return courses_of(life, self.lives)

    def other_side(self, course: CourseOfUnion) -> Truth:
        """Are the two united by the partner's own record? It is unknown if there is none here."""
        if course.partner.life is None:
            return None
        theirs = [c for c in self.courses_with(course.partner.life) if c.partner.life is self]
        return any_of(*(c.holds(self.moment) for c in theirs))

    def separations(self, course: CourseOfUnion) -> list[Fact[Separation]]:
        """Judicial separations of a couple; one that does not name the partner is of each."""
        found = []
        for fact in self.of(Separation, Role.PARTNER):
            others = others_in(fact.content, self.facts.keys)
            keys = {concerned.person_key for concerned in others} - {None}
            if not keys or not course.partner.keys or not keys.isdisjoint(course.partner.keys):
                found.append(fact)
        return found

    def _tells_of_partners_death(self, notice: Fact[Any]) -> bool:
        if not isinstance(notice.content, Union) or notice.end is None:
            return False
        if died_in(notice.end, self.facts.keys):
            return False
        partner = partner_in(notice.content, self.facts.keys, self.lives)
        life = None if partner is None else partner.life
        return life is not None and passing(life) is not None


def _exact(when: PartialDate | None) -> date | None:
    return when.earliest if when is not None and when.earliest == when.latest else None
