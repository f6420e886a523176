"""What P11 guardian understands: the ruling that holds on a day, the parents, and their lives."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from functools import cached_property
from typing import ClassVar

from civicbus.domain.ages import has_reached
from civicbus.domain.claims import Party
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import CapacityRuling, Guardianship
from civicbus.domain.proofs import deceased, married_to
from civicbus.domain.proofs.family import FamilyCase, named_parents
from civicbus.domain.proofs.family_findings import Finding, any_of
from civicbus.domain.proofs.family_record import FAMILIES, Record
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.timing import counts_from, period_of
from civicbus.domain.proofs.verdict import Verdict
from civicbus.domain.record_codes import Capacity, GuardianshipKind
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of, negation
from civicbus.domain.vocabulary import Role

MAJORITY = 18  # Civil Code, article 17; BW 1:233


class GuardianCase(FamilyCase):
    """Understands who has authority over the person, by which ruling or by law."""

    reads: ClassVar[tuple[str, ...]] = (*FAMILIES, "court")
    couple: Verdict | None = None  # are the parents married to each other on the day
    couple_then: Verdict | None = None  # and were they on the day of the ruling

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask for the claimed guardian, the parents, their lives and their marriage."""
        self.lives: dict[str, Verdict] = {}
        party = self.question.party("guardian")
        if party is not None:
            yield from self.meet(party.identifier, party.person_key)
        yield from self.meet_parents(self)
        for key, record in self.people.items():
            asked = self.question_about(record.question.person, key, self.day)
            _, self.lives[key] = yield from deceased.PROOF.judge(asked, self.declared)
        if self.ruling is not None and len(self.parents) == 2:
            since = counts_from(self.ruling.content.header).earliest
            self.couple = yield from self._married_on(self.day)
            self.couple_then = yield from self._married_on(since)

    @cached_property
    def claimed(self) -> Record:
        """The record of the one who is claimed to have authority."""
        party = self.question.party("guardian")
        assert party is not None  # the claim is required
        record = self.known(party.person_key)
        assert record is not None  # or the question has led to too many people
        return record

    @cached_property
    def rulings(self) -> list[Fact[Guardianship]]:
        """Every ruling and appointment about the person, whoever told of it."""
        return self.of(Guardianship, Role.WARD)

    @cached_property
    def settled(self) -> list[Fact[Guardianship]]:
        """Those of whoever decides."""
        return [fact for fact in self.rulings if self.decides(fact.content)]

    @cached_property
    def ruling(self) -> Fact[Guardianship] | None:
        """The last one of whoever decides that holds on the day, as far as its day is known."""
        return next(iter(self._last_rulings), None)

    @cached_property
    def undated(self) -> list[Fact[Guardianship]]:
        """Rulings of which nobody can say whether they hold on the day, or which was the last."""
        last = self._last_rulings
        several = last if len({_given_by(fact) for fact in last}) > 1 else []
        return [*(f for f in self.settled if self._holds(f) is None), *several]

    @cached_property
    def _last_rulings(self) -> list[Fact[Guardianship]]:
        held = [fact for fact in self.settled if self._holds(fact) is True]
        starts = [counts_from(fact.content.header).earliest for fact in held]
        return [f for f, start in zip(held, starts, strict=True) if start == max(starts)]

    @property
    def told_rulings(self) -> list[Fact[Guardianship]]:
        """Rulings that were only told."""
        return [fact for fact in self.rulings if fact not in self.settled]

    @cached_property
    def parents(self) -> list[Record]:
        """The records of those whom the person's own record names as parents."""
        keys = [concerned.person_key for concerned in named_parents([self])]
        return [record for key in keys if (record := self.known(key)) is not None]

    @property
    def is_of_age(self) -> Truth:
        """Had the person come of age by the day?"""
        return None if self.born is None else has_reached(MAJORITY, self.born, self.day)

    @property
    def capacity_rulings(self) -> list[Fact[CapacityRuling]]:
        """Rulings that the person lacks capacity, or has less of it, on the day or perhaps."""
        return [fact for fact in limits_on(self) if self.decides(fact.content)]

    def names(self, fact: Fact[Guardianship]) -> Finding:
        """Does a ruling give authority to the one claimed? It may not say who has it."""
        named = fact.content.header.in_role(Role.GUARDIAN)
        return any_of(self.claimed.is_named(concerned) for concerned in named)

    def _holds(self, fact: Fact[Guardianship]) -> Truth:
        start = counts_from(fact.content.header)
        if start.earliest == date.min or fact.end is fact.content:
            return all_of(None, self._until(fact))  # nobody knows from when
        return start.earliest <= self.day and self._until(fact)

    def _until(self, fact: Fact[Guardianship]) -> Truth:
        if fact.end is None:
            return True
        return negation(counts_from(fact.end.header).happened_by(self.day))

    def _married_on(self, day: date) -> Generator[Need, Dossier, Verdict]:
        one, other = self.parents
        spouse = Party(other.question.person, other.question.person_key)
        asked = self.question_about(
            one.question.person, one.question.person_key, day, (("spouse", spouse),)
        )
        _, verdict = yield from married_to.PROOF.judge(asked, self.declared)
        return verdict


def _given_by(ruling: Fact[Guardianship]) -> tuple[GuardianshipKind, frozenset[object]]:
    """What a ruling says: the kind of authority, and who has it."""
    guardians = ruling.content.header.in_role(Role.GUARDIAN)
    return ruling.content.kind, frozenset(c.person_key or c.name for c in guardians)


def limits_on(record: Record) -> list[Fact[CapacityRuling]]:
    """Rulings that somebody has no or less capacity, that hold on the day or may."""
    found = []
    for fact in record.of(CapacityRuling, Role.PERSON):
        period = period_of(fact)
        holds = None if period is None else period.holds_on(record.day)
        if holds is not False and fact.content.capacity is not Capacity.FULL:
            found.append(fact)
    return found
