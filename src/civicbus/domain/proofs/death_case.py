"""The case before a proof that turns on somebody's death: births, deaths, and whose they are.

A number alone does not say who has died: husbands have been entered under the numbers of their
widows. So an entry of a death has to agree with what the registers know of the person beside the
number: the name or the birth date. One that differs is not applied; one that says nothing counts as
an entry, and permits nobody to stop a payment.

What a court has declared counts until the court revokes it. The revocation ends the declaration and
does not erase it: what it had led to meanwhile stands (China's Civil Code, articles 49 to 53).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from civicbus.domain.dates import Interval
from civicbus.domain.events import Birth, Concerned, Death, Event, PersonName, Registration
from civicbus.domain.names import same_name
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.timing import happened, period_of
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, any_of
from civicbus.domain.vocabulary import LegalState, Role


class DeathCase(Case):
    """Understands which deaths are told of a person, and which of them count."""

    @cached_property
    def births(self) -> list[Fact[Birth]]:
        """The births of this person, registered or merely notified."""
        return self.of(Birth, Role.CHILD)

    @cached_property
    def legal_births(self) -> list[Fact[Birth]]:
        """Those that are registered or declared by a court."""
        return [fact for fact in self.births if has_force(fact.content)]

    @cached_property
    def deaths(self) -> list[Fact[Death]]:
        """The deaths of this person that stand, whoever told of them."""
        told = self.of(Death, Role.DECEASED)
        return [fact for fact in told if fact not in self.revoked]

    @cached_property
    def legal_deaths(self) -> list[Fact[Death]]:
        """Those of this person that an authority for deaths has registered, or a court declared."""
        return [fact for fact in self._entered if self.agrees(fact) is not False]

    @cached_property
    def mismatched_deaths(self) -> list[Fact[Death]]:
        """Those of which the entry names somebody else under this person's number."""
        return [fact for fact in self._entered if self.agrees(fact) is False]

    @cached_property
    def revoked(self) -> list[Fact[Death]]:
        """Declarations of death that the court has revoked: they counted, and do no more."""
        return [fact for fact in self.of(Death, Role.DECEASED) if _is_revoked(fact)]

    @cached_property
    def former_deaths(self) -> list[Fact[Death]]:
        """Deaths once recorded for this person and since annulled, revoked or given to another."""
        others = [*self.facts.once(Death), *self.facts.of(Death)]
        return [
            fact
            for fact in others
            if fact not in self.deaths
            and any(self.facts.concerns_as(event, Role.DECEASED) for event in fact.evidence)
        ]

    def is_disputed(self, death: Fact[Death]) -> bool:
        """True if somebody says that what the registers now have of a death is wrong.

        Of a death that they have withdrawn it is the withdrawal that has to be disputed. Whoever
        had disputed the entry was right, whether or not anybody has closed the dispute.
        """
        if death in self.deaths:
            return bool(death.disputes)
        undoing = {
            event.header.event_id
            for event in death.evidence
            if not (isinstance(event, Death) and self.facts.concerns_as(event, Role.DECEASED))
        }
        return any(dispute.header.target_event_id in undoing for dispute in death.disputes)

    def born(self, fact: Fact[Birth]) -> Interval:
        """When this birth was."""
        return happened(fact.content.header)

    def died(self, fact: Fact[Death]) -> Interval:
        """When this death was; of one declared by a court, from when it has effect."""
        header = fact.content.header
        if header.legal_state is LegalState.DECLARED and header.effective_from is not None:
            return Interval.of(header.effective_from)
        return happened(header)

    def agrees(self, death: Fact[Death]) -> Truth:
        """Is the one who died this person, by name and birth date?

        `None` if the entry, or the person's own records, give neither, or leave it open.
        """
        verdicts = [
            any_of(*same)
            for deceased in self._own(Role.DECEASED, death.content)
            for same in (self._same_names(deceased), self._same_birth_dates(deceased))
            if same
        ]
        if False in verdicts:
            return False
        return True if True in verdicts else None

    @cached_property
    def identified_by(self) -> list[Fact[Any]]:
        """What tells the person's names and birth date: births, records, names as registered."""
        return [
            *self.legal_births,
            *(fact for fact in self.of(Registration, Role.PERSON) if has_force(fact.content)),
            *self.established(PersonName, Role.PERSON),
        ]

    @property
    def _entered(self) -> list[Fact[Death]]:
        return [fact for fact in self.deaths if self.decides(fact.content)]

    def _own(self, role: Role, event: Event) -> list[Concerned]:
        """What an event says of the person in a role."""
        concerned = event.header.in_role(role)
        return [one for one in concerned if one.person_key in self.facts.keys]

    @cached_property
    def _names(self) -> list[str]:
        names = [
            one.name
            for fact in self.identified_by
            for one in self._own(_subject(fact.content), fact.content)
        ]
        official = [fact.content.full for fact in self.established(PersonName, Role.PERSON)]
        return list(dict.fromkeys(name for name in (*names, *official) if name is not None))

    @cached_property
    def _birth_dates(self) -> list[Interval]:
        told = [
            Interval.of(one.birth_date)
            for fact in self.identified_by
            for one in self._own(_subject(fact.content), fact.content)
            if one.birth_date is not None
        ]
        return [*(self.born(fact) for fact in self.legal_births), *told]

    def _same_names(self, deceased: Concerned) -> list[Truth]:
        return [same_name(deceased.name, name) for name in self._names if deceased.name is not None]

    def _same_birth_dates(self, deceased: Concerned) -> list[Truth]:
        if deceased.birth_date is None:
            return []
        return [Interval.of(deceased.birth_date).is_on(born) for born in self._birth_dates]


def is_declared(death: Fact[Death]) -> bool:
    """True for a death that a court declared: the person may live, and counts as dead."""
    return death.content.header.legal_state is LegalState.DECLARED


def has_force(event: Event) -> bool:
    """True if the event is more than a notice."""
    return event.header.legal_state is not LegalState.NOTIFIED


def counted_on(declarations: Iterable[Fact[Death]], day: date) -> list[Fact[Death]]:
    """Of declarations since revoked those by which the person counted as dead, or may have."""
    periods = [(fact, period_of(fact)) for fact in declarations]
    return [fact for fact, period in periods if period and period.holds_on(day) is not False]


def _is_revoked(death: Fact[Death]) -> bool:
    """True if a declaration has ended, and its source leaves nothing open about that.

    A death that was registered cannot end; one that never was is annulled.
    """
    ended = is_declared(death) and death.end is not None and not death.pending
    return ended and not death.contested and period_of(death) is not None


def _subject(event: Event) -> Role:
    return Role.CHILD if isinstance(event, Birth) else Role.PERSON
