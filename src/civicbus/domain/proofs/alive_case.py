"""The case before the proof `alive`: the person's facts, sorted into what the rules speak of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from civicbus.domain.answer import Outcome, Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dates import Interval
from civicbus.domain.events import (
    Birth,
    Death,
    Event,
    MissingDeclaration,
    Registration,
    Union,
    day_of,
)
from civicbus.domain.resolve import Fact, Facts
from civicbus.domain.vocabulary import LegalState, RegistrationEnd, Role, UnionEnd

LONGEST_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says, and the events that it says it from."""

    outcome: Outcome
    reason: str
    basis: tuple[Event, ...]


class Case:
    """Understands a person's facts as far as life and death go."""

    def __init__(self, question: Question, facts: Facts, authorities: Authorities) -> None:
        self.question = question
        self.facts = facts
        self.day = question.valid_at
        self._authorities = authorities

    @cached_property
    def births(self) -> list[Fact[Birth]]:
        """The births of this person."""
        return [fact for fact in self.facts.of(Birth) if self._in_role(fact, Role.CHILD)]

    @cached_property
    def deaths(self) -> list[Fact[Death]]:
        """The deaths of this person that are in force, whatever their legal state."""
        return [fact for fact in self.facts.of(Death) if self._in_role(fact, Role.DECEASED)]

    @cached_property
    def withdrawn_deaths(self) -> list[Fact[Death]]:
        """The deaths of this person that were annulled."""
        return [fact for fact in self.facts.once(Death) if self._in_role(fact, Role.DECEASED)]

    @cached_property
    def legal_deaths(self) -> list[Fact[Death]]:
        """Those that are registered or declared by a court."""
        return [
            fact
            for fact in self.deaths
            if fact.content.header.legal_state is not LegalState.NOTIFIED
        ]

    @cached_property
    def notices(self) -> list[Fact[Any]]:
        """What tells of this person's death without legal force."""
        notified = [fact for fact in self.deaths if fact not in self.legal_deaths]
        widowed = [
            fact
            for fact in self.facts.of(Union)
            if fact.end is not None
            and fact.end.end_reason in (UnionEnd.DEATH, UnionEnd.PRESUMED_DEATH)
            and fact.end.deceased_person_key == self.facts.person_key
        ]
        return [*notified, *widowed]

    @cached_property
    def registrations(self) -> list[Fact[Registration]]:
        """The records of this person that sources keep or kept."""
        return self.facts.of(Registration)

    @cached_property
    def missing(self) -> list[Fact[MissingDeclaration]]:
        """Declarations that this person is missing."""
        return self.facts.of(MissingDeclaration)

    def closed(self, reason: RegistrationEnd) -> list[Fact[Registration]]:
        """The records that were closed for this reason."""
        return [fact for fact in self.registrations if fact.end and fact.end.end_reason is reason]

    def born(self, fact: Fact[Birth]) -> Interval:
        """When this birth was."""
        header = fact.content.header
        return Interval.of(header.occurred, not_after=day_of(header.registered_at))

    def died(self, fact: Fact[Death]) -> Interval:
        """When this death was; of one declared by a court, from when it has effect."""
        header = fact.content.header
        declared = header.legal_state is LegalState.DECLARED
        when = header.effective_from if declared and header.effective_from else header.occurred
        if declared:
            return Interval.of(when)
        return Interval.of(when, not_after=day_of(header.registered_at))

    def noticed(self, fact: Fact[Any]) -> Interval:
        """When the death that a notice tells of was."""
        if isinstance(fact.content, Death):
            return self.died(fact)
        assert fact.end is not None
        header = fact.end.header
        return Interval.of(header.occurred, not_after=day_of(header.registered_at))

    def birth_interval(self) -> Interval:
        """When the person was born: by a birth, else by the age at death, else by being on record."""
        if self.births:
            intervals = [self.born(fact) for fact in self.births]
            return Interval(min(i.earliest for i in intervals), max(i.latest for i in intervals))
        for fact in self.legal_deaths:
            age = fact.content.age_years
            died = self.died(fact)
            if age is not None and died.earliest > date.min:
                first = died.earliest - (age + 1) * LONGEST_YEAR
                return Interval(first, died.latest - age * timedelta(days=365))
        acts = [*self.registrations, *self.deaths, *self.missing]
        return Interval(date.min, min(day_of(f.content.header.registered_at) for f in acts))

    def age_at_most(self) -> int:
        """The greatest age in completed years that the births allow; 0 if they set no bound."""
        earliest = min(self.born(fact).earliest for fact in self.births)
        if earliest == date.min:
            return 0
        before_birthday = (self.day.month, self.day.day) < (earliest.month, earliest.day)
        return self.day.year - earliest.year - before_birthday

    def in_force_on_day(self, fact: Fact[Any]) -> bool:
        """True unless the act certainly came after the day or was certainly over by then."""
        begun = fact.content.header.occurred.earliest <= self.day
        over = fact.end is not None and fact.end.header.occurred.latest <= self.day
        return begun and not over

    def signs_of_life_after(self, day: date) -> list[Fact[Any]]:
        """Acts that certainly took place after a day and need the person living."""
        return self.signs_of_life_from(day + timedelta(days=1)) if day < date.max else []

    def signs_of_life_from(self, day: date) -> list[Fact[Any]]:
        """Acts that certainly took place on a day or later and need the person living."""
        unions = [
            fact
            for fact in self.facts.of(Union)
            if fact.content.end_reason is None
            and self._in_role(fact, Role.PARTNER)
            and fact.content.header.legal_state is LegalState.REGISTERED
            and fact.content.header.occurred.earliest >= day
        ]
        as_mother = [
            fact
            for fact in self.facts.of(Birth)
            if self._in_role(fact, Role.MOTHER)
            and fact.content.header.legal_state is LegalState.REGISTERED
            and fact.content.header.occurred.earliest >= day
        ]
        return [*unions, *as_mother]

    def investigated(self, facts: Iterable[Fact[Any]], family: str) -> bool:
        """True if the register marks one of the acts as in doubt at the moment of knowledge."""
        today = day_of(self.question.known_at)
        return any(
            mark.element.partition(".")[0] == family
            and (mark.until is None or mark.until.latest > today)
            for fact in facts
            for mark in fact.content.header.under_investigation
        )

    def authorities(self, *families: str) -> list[Authority]:
        """The authorities over this person in some families, by every number on record."""
        schemes = {self.question.person.scheme}
        for fact in self.facts.held:
            for concerned in fact.content.header.concerned:
                if concerned.person_key == self.facts.person_key:
                    schemes.update(identifier.scheme for identifier in concerned.identifiers)
        return [
            authority
            for family in families
            for authority in self._authorities.over(family, schemes)
        ]

    @staticmethod
    def evidence(facts: Iterable[Fact[Any]]) -> tuple[Event, ...]:
        """The events behind some facts."""
        return tuple(event for fact in facts for event in fact.evidence)

    def _in_role(self, fact: Fact[Any], role: Role) -> bool:
        has_role: bool = fact.content.header.has_role(self.facts.person_key, role)
        return has_role
