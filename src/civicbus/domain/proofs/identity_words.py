"""What registers say of a person's identity: each word with its value and the days that it is for.

A name or an attribute holds from the day on which it counts, until another of its kind does. The
entry of a birth says the first name and the sex. Nothing is ever read off a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from civicbus.domain.dates import Interval
from civicbus.domain.events import Birth, IdentityAttribute, PersonName, Registration
from civicbus.domain.periods import Period
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.timing import happened, period_of
from civicbus.domain.record_codes import AttributeKind, NameKind
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of, any_of, negation
from civicbus.domain.vocabulary import Role, Sex


@dataclass(frozen=True, slots=True)
class Word:
    """What one entry says: a value, and for which days, as far as nothing takes its place.

    Without a period it is said to have ended before it began. What is said of a birth has no days.
    """

    fact: Fact[Any]
    value: str
    period: Period | None

    def began_by(self, day: date) -> Truth:
        """Does it count from the day or an earlier one?"""
        return self.start.happened_by(day)

    def is_current(self, others: Iterable[Word], day: date) -> Truth:
        """Does it hold on the day, if the others of its kind are taken into account?"""
        replaced = (
            all_of(other.start.after(self.start), other.began_by(day))
            for other in others
            if other is not self
        )
        holds = None if self.period is None else self.period.holds_on(day)
        return all_of(holds, negation(any_of(*replaced)))

    @property
    def start(self) -> Interval:
        """From when it counts."""
        known = None if self.period is None else self.period.start
        return known or Interval(date.min, date.max)


class IdentityCase(Case):
    """Understands who a person is by the registers: births, names, attributes."""

    @property
    def known_here(self) -> list[Fact[Any]]:
        """What shows that there is such a person."""
        return [
            *self.of(Birth, Role.CHILD),
            *self.of(Registration, Role.PERSON),
            *self.of(PersonName, Role.PERSON),
        ]

    @cached_property
    def births(self) -> list[Fact[Birth]]:
        """The births of the person that are entered by whoever decides."""
        return self.established(Birth, Role.CHILD)

    @property
    def born_from(self) -> date:
        """The first day on which the person may have been born."""
        return min((born(fact).earliest for fact in self.births), default=date.min)

    def names(self, *kinds: NameKind) -> list[Word]:
        """Names of these kinds, whoever told of them; an entry of the birth has an official one."""
        births = self.of(Birth, Role.CHILD) if NameKind.OFFICIAL in kinds else []
        entered = (f for f in self.of(PersonName, Role.PERSON) if f.content.kind in kinds)
        return [
            *(
                Word(fact, name, _since_birth(fact))
                for fact in births
                if (name := self._name(fact))
            ),
            *(Word(fact, fact.content.full, period_of(fact)) for fact in entered),
        ]

    def attributes(self, kind: AttributeKind) -> list[Word]:
        """An attribute, whoever told of it; an entry of the birth has the sex."""
        births = self.of(Birth, Role.CHILD) if kind is AttributeKind.SEX else []
        entered = self.of(IdentityAttribute, Role.PERSON)
        return [
            *(
                Word(fact, fact.content.sex, _since_birth(fact))
                for fact in births
                if fact.content.sex is not Sex.NOT_KNOWN
            ),
            *(
                Word(fact, fact.content.value, period_of(fact))
                for fact in entered
                if fact.content.attribute is kind
            ),
        ]

    def settled(self, words: Iterable[Word]) -> list[Word]:
        """Those of the words that are entered by whoever decides."""
        return [word for word in words if self.decides(word.fact.content)]

    def _name(self, birth: Fact[Birth]) -> str | None:
        children = birth.content.header.in_role(Role.CHILD)
        return next((c.name for c in children if c.person_key in self.facts.keys), None)


def born(birth: Fact[Birth]) -> Interval:
    """When a birth was."""
    return happened(birth.content.header)


def facts_of(words: Iterable[Word]) -> list[Fact[Any]]:
    """The facts behind some words."""
    return [word.fact for word in words]


def current(words: Sequence[Word], day: date) -> list[Word]:
    """The words of one kind that hold on the day, or may."""
    return [word for word in words if word.is_current(words, day) is not False]


def former(words: Sequence[Word], day: date) -> list[Word]:
    """Those that certainly held before the day and do so no more."""
    return [
        word
        for word in words
        if word.began_by(day) is True and word.is_current(words, day) is False
    ]


def _since_birth(birth: Fact[Birth]) -> Period:
    return Period(born(birth), None)
