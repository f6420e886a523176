"""The case before a proof of life or death: the facts, sorted into what its rules speak of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from civicbus.domain.dates import Interval, common
from civicbus.domain.events import (
    Annulment,
    Birth,
    Death,
    Employment,
    Event,
    HouseholdRegistration,
    MissingDeclaration,
    Policy,
    Registration,
    SignOfLife,
    Union,
)
from civicbus.domain.proofs.death_case import DeathCase, has_force
from civicbus.domain.proofs.timing import counts_from, happened, recorded_by
from civicbus.domain.record_codes import HouseholdEnd
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import LegalState, RegistrationEnd, Role, UnionEnd

SHORTEST_YEAR = timedelta(days=365)
LONGEST_YEAR = timedelta(days=366)

Record = Registration | HouseholdRegistration

WITHOUT_RECORD = (
    RegistrationEnd.ERROR,
    RegistrationEnd.ERASED,
    RegistrationEnd.DUPLICATE,
    HouseholdEnd.ERROR,
    HouseholdEnd.FRAUD,
    HouseholdEnd.DUPLICATE,
)
CLOSED_BY_DEATH = (RegistrationEnd.DEATH, HouseholdEnd.DEATH)
ENDED_BY_DEATH = (UnionEnd.DEATH, UnionEnd.PRESUMED_DEATH)


class LifeCase(DeathCase):
    """Understands a person's facts as far as life and death go."""

    @cached_property
    def registrations(self) -> list[Fact[Record]]:
        """The records of this person that sources keep or kept, a household register's as well."""
        kept: list[Fact[Any]] = [
            *self.of(Registration, Role.PERSON),
            *self.of(HouseholdRegistration, Role.PERSON),
        ]
        return [fact for fact in kept if has_force(fact.content)]

    @cached_property
    def records(self) -> list[Fact[Record]]:
        """Those that count: of the registers that are competent for this person."""
        return [fact for fact in self.registrations if fact.source in self._keepers]

    @cached_property
    def kept_records(self) -> list[Fact[Record]]:
        """Of these the ones that were no mistake."""
        return [
            fact
            for fact in self.records
            if fact.end is None or fact.end.end_reason not in WITHOUT_RECORD
        ]

    @property
    def is_on_record(self) -> bool:
        """True if a competent register keeps or kept a record of the person, or of the birth.

        What others keep does not count: a pension may be paid to somebody who never was.
        """
        births = [fact for fact in self.legal_births if fact.source in self._keepers]
        return bool(self.kept_records or births)

    @cached_property
    def missing(self) -> list[Fact[MissingDeclaration]]:
        """Declarations that this person is missing."""
        return self.of(MissingDeclaration, Role.PERSON)

    @cached_property
    def missing_on_the_day(self) -> list[Fact[MissingDeclaration]]:
        """Those that were in force on the day, or may have been."""
        return [
            fact
            for fact in self.missing
            if fact.content.header.occurred.earliest <= self.day
            and (fact.end is None or happened(fact.end.header).happened_by(self.day) is not True)
        ]

    @cached_property
    def notices(self) -> list[Fact[Any]]:
        """What tells of this person's death and does not establish it.

        A death that was notified, or registered by somebody who is no authority for deaths; a union
        that the person's death ended, but by a declaration since revoked; and a record that was
        closed for death, by whomever.
        """
        notified = [fact for fact in self.deaths if not self.decides(fact.content)]
        widowed = [
            fact
            for fact in self.of(Union)
            if self._widows(fact.end) and not self._was_declared_then(fact.end)
        ]
        return [*notified, *widowed, *closed_by_death(self.registrations)]

    @cached_property
    def notices_by_the_day(self) -> list[Fact[Any]]:
        """Those that tell of a death by the day, or one that may have been."""
        return [
            fact for fact in self.notices if self.noticed(fact).happened_by(self.day) is not False
        ]

    def noticed(self, fact: Fact[Any]) -> Interval:
        """When the death that a notice tells of was."""
        return happened((fact.end or fact.content).header)

    def birth_interval(self) -> Interval:
        """When the person was born: by the births, the age at death, or the first record."""
        intervals = [self.born(fact) for fact in self.births] or [
            born for fact in self.deaths_with_age if (born := self._born_by_age(fact)) is not None
        ]
        if intervals:
            widest = Interval(min(i.earliest for i in intervals), max(i.latest for i in intervals))
            return common(intervals) or widest
        acts: list[Fact[Any]] = [*self.registrations, *self.missing]
        known_by = [self._on_record_by(fact) for fact in acts]
        return Interval(date.min, min(known_by, default=date.max))

    @cached_property
    def deaths_with_age(self) -> list[Fact[Death]]:
        """Where no birth is entered: the deaths that tell by an age when the person was born."""
        if self.births:
            return []
        return [fact for fact in self.legal_deaths if self._born_by_age(fact) is not None]

    @property
    def foundation(self) -> list[Fact[Any]]:
        """The facts from which it is known that there is such a person, and since when."""
        own: list[Fact[Any]] = [*self.births, *self.registrations]
        told: list[Fact[Any]] = [
            *self.legal_deaths,
            *self.missing_on_the_day,
            *self.notices_by_the_day,
        ]
        return [*own, *self.deaths_with_age] if own else told

    def age(self) -> int:
        """The age on the day in completed years; the greatest possible, if that has a bound."""
        born = self.birth_interval()
        start = born.latest if born.earliest == date.min else born.earliest
        before_birthday = (self.day.month, self.day.day) < (start.month, start.day)
        return self.day.year - start.year - before_birthday

    def signs_of_life_from(self, day: date) -> list[Fact[Any]]:
        """Registered acts that certainly took place on a day or later and need the person living.

        They are a marriage or partnership of theirs, giving birth, and being seen by an office.
        """
        acts: list[Fact[Any]] = [
            *(fact for fact in self.of(Union, Role.PARTNER) if fact.content.end_reason is None),
            *self.of(Birth, Role.MOTHER),
            *self.of(SignOfLife, Role.PERSON),
        ]
        return _registered_from(day, acts)

    def contradictions_from(self, day: date) -> list[Fact[Any]]:
        """Signs of life, and other acts that a dead person could not have a part in.

        A new employment or insurance contract may have been entered without anybody seeing the
        person, so it proves no life; it makes a death doubtful all the same.
        """
        acts: list[Fact[Any]] = [
            *self.of(Employment, Role.EMPLOYEE),
            *self.of(Policy, Role.HOLDER),
        ]
        return [*self.signs_of_life_from(day), *_registered_from(day, acts)]

    @cached_property
    def _keepers(self) -> set[str]:
        """The sources that are an authority over this person's birth, death or identity."""
        return {authority.source for authority in self.authorities("birth", "death", "identity")}

    def _born_by_age(self, fact: Fact[Death]) -> Interval | None:
        """When the person was born by the age at death; `None` if that cannot be told."""
        age, died = fact.content.age_years, self.died(fact)
        if age is None or died.earliest == date.min:
            return None
        first = died.earliest - (age + 1) * LONGEST_YEAR
        return Interval(first, died.latest - age * SHORTEST_YEAR)

    def _on_record_by(self, fact: Fact[Any]) -> date:
        """A day by which a source knew of the person."""
        headers = [event.header for event in fact.evidence if not isinstance(event, Annulment)]
        about = [header for header in headers if header.concerns(self.facts.keys)]
        return min((recorded_by(header) for header in about), default=date.max)

    def _widows(self, end: Union | None) -> bool:
        """True if a union ended by this person's death, or by that of one of two known partners."""
        if end is None or end.end_reason not in ENDED_BY_DEATH:
            return False
        if end.deceased_person_key is not None:
            return end.deceased_person_key in self.facts.keys
        if any(c.role is Role.DECEASED for c in end.header.concerned):
            return self._is(Role.DECEASED, end)  # the one who died is named, maybe without a number
        partners = [c for c in end.header.concerned if c.role is Role.PARTNER]
        return self._is(Role.PARTNER, end) and all(partner.person_key for partner in partners)

    def _was_declared_then(self, end: Union | None) -> bool:
        """True if what ended a union is a declaration of death that has been revoked since."""
        if end is None or end.end_reason is not UnionEnd.PRESUMED_DEATH:
            return False
        revocations = [fact.end for fact in self.revoked if fact.end is not None]
        ended = happened(end.header)
        return any(ended.before(counts_from(event.header)) is True for event in revocations)

    def _is(self, role: Role, event: Event) -> bool:
        return self.facts.concerns_as(event, role)


def closed_by_death(records: Iterable[Fact[Record]]) -> list[Fact[Record]]:
    """The records that were closed because the person died."""
    return [
        fact for fact in records if fact.end is not None and fact.end.end_reason in CLOSED_BY_DEATH
    ]


def _registered_from(day: date, acts: Iterable[Fact[Any]]) -> list[Fact[Any]]:
    return [
        fact
        for fact in acts
        if fact.content.header.legal_state is LegalState.REGISTERED
        and fact.content.header.occurred.earliest >= day
    ]
