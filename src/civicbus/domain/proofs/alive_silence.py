"""Rules of the proof `alive` for what follows from silence, and when nothing does."""

from __future__ import annotations

from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.proofs.absence import doubt_about_absence
from civicbus.domain.proofs.alive_case import Case, Verdict, evidence
from civicbus.domain.resolve import Fact

ABSENT = ("death", "identity", "court")  # a yes rests on the silence of these

# Nobody is known to have lived longer than 122 years. A record older than this without a death is
# far more often a death that was never reported (US SSA, Office of the Inspector General).
IMPLAUSIBLE_AGE = 120


def in_doubt(case: Case) -> Verdict | None:
    """The record that would show a death is itself contested, or marked as being investigated."""
    acts: list[Fact[Any]] = [*case.births, *case.records]
    if contested := [fact for fact in acts if fact.contested]:
        return Verdict(Outcome.DISPUTED, "contested", evidence(contested))
    if doubts := case.investigated(acts, "death"):
        return Verdict(Outcome.UNKNOWN, "under_investigation", evidence(doubts))
    return None


def declared_missing(case: Case) -> Verdict | None:
    """A court's declaration was in force on the day, or may have been."""
    acts = case.missing_on_the_day
    return Verdict(Outcome.UNKNOWN, "declared_missing", evidence(acts)) if acts else None


def not_on_record(case: Case) -> Verdict | None:
    """No competent register has this person on record, so that its silence would say something.

    What was only notified is no record. While a register is silent the record may be on its way.
    """
    if case.is_on_record:
        return None
    known = [*case.foundation, *case.notices, *case.missing]
    return doubt_about(case) or Verdict(Outcome.UNKNOWN, "no_such_record", evidence(known))


def not_maintained(case: Case) -> Verdict | None:
    """Every register that kept the record had stopped keeping it up to date.

    An end that names nothing known may be the end of any record of its source.
    """
    stopped = [
        fact
        for fact in case.records
        if fact.end is not None and fact.end.header.occurred.earliest <= case.day
    ]
    doubtful = {fact.source for fact in stopped if fact.pending}
    going_on = [
        fact for fact in case.kept_records if fact not in stopped and fact.source not in doubtful
    ]
    if going_on or not case.kept_records:
        return None
    return Verdict(Outcome.UNKNOWN, "not_maintained", evidence(stopped))


def implausible_age(case: Case) -> Verdict | None:
    """The person would be older than people become."""
    if case.age() >= IMPLAUSIBLE_AGE:
        return Verdict(Outcome.UNKNOWN, "implausible_age", evidence(case.foundation))
    return None


def doubt_about(case: Case) -> Verdict | None:
    """The silence of the sources proves nothing here and now."""
    reason = doubt_about_absence(
        case.question, case.facts, case.authorities(*ABSENT), decisive_family="death"
    )
    if reason is None:
        return None
    return Verdict(Outcome.UNKNOWN, reason, evidence([*case.births, *case.registrations]))


def no_death_registered(case: Case) -> Verdict:
    """The registers that would know of a death by the day know of none."""
    deaths = [*case.legal_deaths, *case.former_deaths]  # later ones, and ones withdrawn
    basis: list[Fact[Any]] = [*case.births, *case.records, *deaths, *case.missing]
    return Verdict(Outcome.YES, "no_death_registered", evidence(basis))
