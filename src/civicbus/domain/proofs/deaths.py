"""Whether somebody had died, for proofs in which that is one question among others.

It is the same word on death as in the proof `alive`, by the same rules. What `alive` concludes from
silence is not asked here: a proof says itself whose silence it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.dates import Interval, common
from civicbus.domain.events import Death
from civicbus.domain.proofs import alive_contradictions, alive_evidence
from civicbus.domain.proofs.death_case import is_declared
from civicbus.domain.proofs.life_case import LifeCase, closed_by_death
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.proofs.verdict import Rule, Verdict, first_to_speak
from civicbus.domain.resolve import Fact

RULES: tuple[Rule, ...] = (
    alive_contradictions.contested_death,
    alive_contradictions.broken_chain,
    alive_contradictions.death_before_birth,
    alive_evidence.dead,
    alive_evidence.record_closed_by_death,
    alive_evidence.mismatched_death,
    alive_evidence.notified_only,
)


@dataclass(frozen=True, slots=True)
class Passing:
    """That somebody had died: when, by which facts, and whether only a court has declared it."""

    when: Interval
    facts: tuple[Fact[Any], ...]
    declared: bool


@dataclass(frozen=True, slots=True)
class Revocation:
    """A declaration of death that had effect from `since` until a court revoked it."""

    since: Interval
    until: Interval
    fact: Fact[Death]


def word_on_death(case: LifeCase) -> Verdict | None:
    """What is said of the person's death by the day: `no` is that they no longer lived.

    Nothing, if nobody tells of a death by then; else it is unknown or disputed, and why.
    """
    return first_to_speak(RULES, case)


def passing(case: LifeCase) -> Passing | None:
    """The person's death, if it is certain that they had died by the day."""
    word = word_on_death(case)
    if word is None or word.outcome is not Outcome.NO:
        return None
    deaths = case.legal_deaths
    if deaths:
        when = agreed([case.died(fact) for fact in deaths])
        return Passing(when, tuple(deaths), all(is_declared(fact) for fact in deaths))
    closed = closed_by_death(case.records)
    closed_by = min(case.noticed(fact).latest for fact in closed)
    return Passing(Interval(date.min, closed_by), tuple(closed), declared=False)


def revocations(case: LifeCase) -> list[Revocation]:
    """The declarations of this person's death that a court has revoked since."""
    return [
        Revocation(case.died(fact), counts_from(fact.end.header), fact)
        for fact in case.revoked
        if fact.end is not None
    ]


def agreed(intervals: Iterable[Interval]) -> Interval:
    """The days that all of them have in common; where they contradict each other, all of them."""
    intervals = list(intervals)
    widest = Interval(min(i.earliest for i in intervals), max(i.latest for i in intervals))
    return common(intervals) or widest
