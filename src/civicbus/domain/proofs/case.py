"""The case before a proof: the question, the person's facts, and whose word counts for them."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import timedelta
from functools import cached_property
from typing import Any, Protocol, TypeVar

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Event, day_of
from civicbus.domain.precedence import decides
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.person import Person, Told, person_of
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role

AnyEvent = TypeVar("AnyEvent", bound=Event)


class Scope(Protocol):
    """What a case has to know of the kind of proof: a part of `kind.Kind`."""

    @property
    def families(self) -> tuple[str, ...]:
        """The topics whose events are read."""

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Those whose authorities must be heard of where something follows from silence."""

    @property
    def fresh_for(self) -> timedelta:
        """How old a source's word may be at the most for such a conclusion."""


class Case:
    """Understands a person's facts as far as every proof needs them.

    A proof that speaks of more than the acts of one family has a case of its own, which names what
    its rules speak of. One that needs other people's facts overrides `gather`.
    """

    def __init__(
        self, scope: Scope, question: Question, person: Person, authorities: Authorities
    ) -> None:
        self.scope = scope
        self.question = question
        self.day = question.valid_at
        self.person = person
        self.facts = person.facts
        self.declared = authorities

    @property
    def flags(self) -> tuple[str, ...]:
        """What a caseworker should see beside any answer of this proof; of most, nothing."""
        return ()

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask for the facts of other people that the rules need; most proofs need none."""
        yield from ()

    def ask_for(
        self, person_key: str, families: tuple[str, ...], told: Told | None = None
    ) -> Generator[Need, Dossier, Person]:
        """Another person's facts, as known at the moment that the question is about."""
        known_at = self.question.known_at
        return (yield from person_of(person_key, families, known_at, self.declared, told))

    def of(self, kind: type[AnyEvent], *roles: Role) -> list[Fact[AnyEvent]]:
        """The facts of a kind that concern the person in one of these roles."""
        return self.facts.of(kind, *roles)

    def established(self, kind: type[AnyEvent], *roles: Role) -> list[Fact[AnyEvent]]:
        """Of these the ones that are entered by whoever decides about such facts."""
        return [fact for fact in self.of(kind, *roles) if self.decides(fact.content)]

    def reported(self, kind: type[AnyEvent], *roles: Role) -> list[Fact[AnyEvent]]:
        """Of these the ones that were only told: without legal force, or by somebody else."""
        return [fact for fact in self.of(kind, *roles) if not self.decides(fact.content)]

    def decides(self, event: Event) -> bool:
        """True if an event establishes a fact of its kind for this person."""
        return decides(event, self.declared, self.schemes)

    @cached_property
    def schemes(self) -> frozenset[str]:
        """The schemes of every number by which the person is known here."""
        own = (
            identifier.scheme
            for fact in self.facts.held
            for concerned in fact.content.header.concerned
            if concerned.person_key in self.facts.keys
            for identifier in concerned.identifiers
        )
        return frozenset((self.question.person.scheme, *own))

    def authorities(self, *families: str) -> list[Authority]:
        """The authorities over this person in some families."""
        return [
            authority
            for family in families
            for authority in self.declared.over(family, self.schemes)
        ]

    def investigated(
        self, facts: Iterable[Fact[Any]], *families: str, as_such: bool = False
    ) -> list[Fact[Any]]:
        """The facts in which a register marks a family as in doubt at the time of knowledge.

        The mark stands with the act, or with its end. With `as_such` only marks on the act itself
        count, and not those on one element of it.
        """
        today = day_of(self.question.known_at)
        return [
            fact
            for fact in facts
            if any(
                (mark.element if as_such else mark.element.partition(".")[0]) in families
                and mark.since.earliest <= today
                and (mark.until is None or mark.until.latest > today)
                for event in (fact.content, fact.end)
                if event is not None
                for mark in event.header.under_investigation
            )
        ]
