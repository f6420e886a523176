"""A family before a proof: the records of the people whom a question is about, and their parents.

A proof walks from record to record, at most two generations up, and never further than through
`PEOPLE_MAX` records: data that run in a circle, or a person with ten thousand relatives, end in
`too_many` and cost no more than any other question.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from datetime import date
from typing import ClassVar

from civicbus.domain.answer import Outcome, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.claims import Claims
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Concerned
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs import obstacles
from civicbus.domain.proofs.case import Scope
from civicbus.domain.proofs.family_record import FAMILIES, Record
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.person import Person
from civicbus.domain.proofs.verdict import Verdict, first_to_speak, unknown
from civicbus.domain.proofs.words import COMMON

PEOPLE_MAX = 24


class FamilyCase(Record):
    """Understands who else the question is about; `people` are their records, by person key.

    `reads` are the families that a record of theirs is read in.
    """

    reads: ClassVar[tuple[str, ...]] = FAMILIES

    def __init__(
        self, scope: Scope, question: Question, person: Person, authorities: Authorities
    ) -> None:
        super().__init__(scope, question, person, authorities)
        self.people: dict[str, Record] = {}
        self.too_many = False

    def meet(
        self, identifier: Identifier, person_key: str
    ) -> Generator[Need, Dossier, Record | None]:
        """Somebody's record; none, if there are more people than may be followed."""
        known = self.known(person_key)
        if known is not None:
            return known
        if len(self.people) >= PEOPLE_MAX:
            self.too_many = True
            return None
        person = yield from self.ask_for(person_key, self.reads)
        question = self.question_about(identifier, person_key, self.day)
        self.people[person_key] = Record(self.scope, question, person, self.declared)
        return self.people[person_key]

    def question_about(
        self, identifier: Identifier, person_key: str, day: date, claims: Claims = ()
    ) -> Question:
        """Another question at the same moment of knowledge, which is a step of this one."""
        return Question(identifier, person_key, day, self.question.known_at, claims)

    def meet_parents(self, of: Record) -> Generator[Need, Dossier, None]:
        """The records of those whom a record names as parents."""
        for concerned in named_parents([of]):
            if concerned.person_key is not None and concerned.identifiers:
                yield from self.meet(concerned.identifiers[0], concerned.person_key)

    def known(self, person_key: str | None) -> Record | None:
        """The record of the one who has this key among theirs, if it has been read."""
        return next((r for r in (self, *self.people.values()) if person_key in r.facts.keys), None)


def named_parents(records: Iterable[Record]) -> list[Concerned]:
    """Whoever is named in some records as a parent, each number once."""
    found: dict[object, Concerned] = {}
    for record in records:
        for entry in record.entries:
            for concerned in entry.parents if entry.makes_parents else ():
                found.setdefault(concerned.person_key or id(concerned), concerned)
    return list(found.values())


def too_many(case: FamilyCase) -> Verdict | None:
    """More people are connected with the question than may be followed."""
    return unknown("too_many", case.foundation) if case.too_many else None


def relative_in_doubt(case: FamilyCase) -> Verdict | None:
    """Nothing can rest on the record of somebody whom the question is about, or on their number."""
    found = (first_to_speak(obstacles.RULES, record) for record in case.people.values())
    return next((verdict for verdict in found if verdict is not None), None)


# --- joining what is known of several ties --------------------------------------------------------

BY_WEIGHT = (Outcome.DISPUTED, Outcome.UNKNOWN)
ANY_PROOFS = frozenset(COMMON)


def in_words_of_any(verdict: Verdict, about: str) -> Verdict:
    """What another proof came to, with a reason that this one explains.

    A reason that only the other proof knows becomes `<about>_unknown` or `<about>_disputed`; what
    it disclosed beside its outcome stays with it.
    """
    reason = verdict.reason if verdict.reason in ANY_PROOFS else f"{about}_{verdict.outcome}"
    return Verdict(verdict.outcome, reason, verdict.basis)


def both(one: Verdict, other: Verdict) -> Verdict:
    """It is so if both are; a dispute about either is one about the whole."""
    return _joined((one, other), decisive=Outcome.NO)


def either(verdicts: Iterable[Verdict]) -> Verdict:
    """It is so if one of them is.

    Raises:
        ValueError: if there are none.
    """
    return _joined(tuple(verdicts), decisive=Outcome.YES)


def _joined(verdicts: tuple[Verdict, ...], *, decisive: Outcome) -> Verdict:
    if not verdicts:
        raise ValueError("nothing to join")
    flags = tuple(dict.fromkeys(flag for verdict in verdicts for flag in verdict.flags))
    for outcome in (decisive, *BY_WEIGHT):
        found = next((verdict for verdict in verdicts if verdict.outcome is outcome), None)
        if found is not None and outcome is not Outcome.DISPUTED:
            return replace(found, flags=flags)
        if found is not None:
            break
    basis = tuple(event for verdict in verdicts for event in verdict.basis)
    return replace(found or verdicts[0], basis=basis, flags=flags)
