"""Rules that every proof begins with: whatever else the facts say, nothing can rest on these."""

from __future__ import annotations

from civicbus.domain.answer import Outcome
from civicbus.domain.events import FalseIdentity, IdentityLink, Refusal
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.person import ALWAYS_READ, LINKED, is_established
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, unknown
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role


def quarantined(case: Case) -> Verdict | None:
    """Something about this person could not be read, in a family that decides or that names them.

    It might be what would decide, or say that the person has another number.
    """
    read = {*case.scope.families, ALWAYS_READ[-1]}
    refused_in = case.person.refused_in
    refusals = [
        fact for fact in case.of(Refusal) if refused_in[fact.content.header.event_id] & read
    ]
    if refusals or any(mark.family in read for mark in case.facts.quarantined):
        return unknown("quarantined", refusals)
    return None


def conflicting_ids(case: Case) -> Verdict | None:
    """Events that contradict themselves are not believed, and might have decided."""
    if case.facts.conflicting:
        return Verdict(Outcome.DISPUTED, "id_conflict", case.facts.conflicting)
    return None


def too_many_numbers(case: Case) -> Verdict | None:
    """More numbers are linked than anybody has."""
    links = case.of(IdentityLink, *LINKED)
    return unknown("too_many", links) if case.person.too_many else None


def ambiguous_identity(case: Case) -> Verdict | None:
    """The number is of several people."""
    if case.person.shared:
        return Verdict(Outcome.UNKNOWN, "ambiguous_identity", case.person.shared)
    return None


def contested_link(case: Case) -> Verdict | None:
    """It is contested whether two numbers are of one person, also where the link was withdrawn."""
    links = [*case.of(IdentityLink, *LINKED), *case.facts.once(IdentityLink, *LINKED)]
    doubted = [fact for fact in links if fact.doubted]
    return unknown("contested_link", doubted) if doubted else None


def reported_identity(case: Case) -> Verdict | None:
    """Somebody who does not decide says that numbers are of one person, or an identity is false."""
    links = [
        fact
        for fact in case.of(IdentityLink, *LINKED)
        if not is_established(fact.content, case.declared)
    ]
    false = [fact for fact in _false_identities(case) if not case.decides(fact.content)]
    return unknown("reported_identity", [*links, *false]) if links or false else None


def mismatched_person(case: Case) -> Verdict | None:
    """The question gives a name or a birth date that is not the person's: something is wrong."""
    if case.person.mismatched:
        return Verdict(Outcome.UNKNOWN, "mismatched_person", case.person.mismatched)
    return None


def false_identity(case: Case) -> Verdict | None:
    """A register has found that the identity is not the bearer's."""
    found = [fact for fact in _false_identities(case) if case.decides(fact.content)]
    return disputed("false_identity", found) if found else None


def _false_identities(case: Case) -> list[Fact[FalseIdentity]]:
    return [fact for fact in case.of(FalseIdentity, Role.PERSON) if fact.end is None]


RULES: tuple[Rule, ...] = (
    quarantined,
    conflicting_ids,
    too_many_numbers,
    ambiguous_identity,
    contested_link,
    false_identity,
    reported_identity,
    mismatched_person,
)


def flags(case: Case) -> tuple[str, ...]:
    """What a caseworker should see beside the answer, in any proof.

    `superseded_number`: the person has another number now. `parked_change`: something withdraws an
    act that has not arrived. `number_warning`: a part of the number is unusual, which is no reason
    to refuse it.
    """
    asked_with = {case.facts.person_key}
    superseded = any(
        fact.content.header.has_role(asked_with, Role.FORMER)
        and is_established(fact.content, case.declared)
        for fact in case.of(IdentityLink)
    )
    found = {
        "superseded_number": superseded,
        "parked_change": bool(case.facts.waiting),
        "number_warning": bool(case.question.person.warnings),
    }
    return tuple(flag for flag, holds in found.items() if holds)
