"""P02 deceased: had this person died by a day, when, and may a payment be stopped because of it?

The rules are those of `alive`, read the other way round, so that the two can never contradict each
other: whoever is not alive has died, but for one who was not yet born. Only one rule is left out:
that nobody knows whether the person was born does not hinder a `no`.

The details say more than the outcome. `status` is what may be said of the person: `alive_presumed`,
`death_reported` (somebody has said so, or entered it, and nobody may stop a payment yet),
`death_confirmed`, `disputed`, `unknown`, `not_born`. `death_date` is the date as registered, `None`
if it is unknown or the entries contradict each other; in evidence each stands with its own date
and legal force. `legal_state` is `registered` or `declared`. `stop_permitted` and `stop_blockers`
are the matter of `deceased_stop`: an answer that does not permit a stop must never stop a payment.

Dates of different facts do not contradict each other: a cremation and the closing of the record
have days of their own. A court's declaration does not say when the person died, only from when they
count as dead; its day and that of a registered death are kept apart (Civil Code, articles 48, 49).

Legal source (China): Civil Code articles 13, 15, 46 to 51.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, wraps
from typing import Any

from civicbus.domain.ages import has_reached
from civicbus.domain.answer import Detail, Outcome
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.dates import Interval, common
from civicbus.domain.events import Death
from civicbus.domain.proofs import alive, alive_evidence, obstacles
from civicbus.domain.proofs.alive_silence import IMPLAUSIBLE_AGE
from civicbus.domain.proofs.death_case import is_declared
from civicbus.domain.proofs.deceased_sentences import SENTENCES
from civicbus.domain.proofs.deceased_stop import SHORTEST_HOLD, Stop
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.verdict import Rule, Verdict, evidence
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import LegalState

NEWBORN = timedelta(days=28)  # the neonatal period of the World Health Organization


class DeathAskedCase(LifeCase):
    """Understands what follows for payments from the death of the person asked about."""

    @cached_property
    def stop(self) -> Stop:
        """What stands in the way of stopping one, with the hold that the question names."""
        hold = self.question.number("hold_days") or SHORTEST_HOLD
        return Stop(self, timedelta(days=hold))


def of_death(rule: Rule) -> Rule:
    """A rule that speaks of being alive, made to speak of having died."""

    @wraps(rule)
    def turned(case: DeathAskedCase) -> Verdict | None:
        verdict = rule(case)
        if verdict is None:
            return None
        if verdict.outcome is Outcome.NO and verdict.reason != "not_born":
            return _dead(case, verdict)
        return _not_certainly_dead(verdict)

    return turned


def _dead(case: DeathAskedCase, verdict: Verdict) -> Verdict:
    deaths, blockers = case.legal_deaths, case.stop.blockers
    behind: list[Fact[Any]] = [*case.stop.notices, *(case.identified_by if deaths else ())]
    return Verdict(
        Outcome.YES,
        verdict.reason,
        (*verdict.basis, *evidence(behind)),
        {
            "status": "death_reported" if blockers else "death_confirmed",
            "death_date": death_date(case, deaths),
            "legal_state": "declared" if deaths and all(map(is_declared, deaths)) else "registered",
            "stop_permitted": not blockers,
            "stop_blockers": blockers,
        },
        (*verdict.flags, *_flags(case, blockers)),
    )


def _flags(case: DeathAskedCase, blockers: Sequence[str]) -> list[str]:
    """`unusual_age`: the registered dates fit a newborn, or nobody; they may be of two people."""
    flags = [code for code in blockers if code == "conflicting_dates"]
    births = [case.born(fact) for fact in case.legal_births]
    deaths = [case.died(fact) for fact in case.legal_deaths if not is_declared(fact)]
    if any(_is_unusual(born, died) for born in births for died in deaths):
        flags.append("unusual_age")
    return flags


def _is_unusual(born: Interval, died: Interval) -> bool:
    if born.earliest > date.min and died.latest - born.earliest < NEWBORN:
        return True
    return has_reached(IMPLAUSIBLE_AGE, born, died.earliest) is True


def _not_certainly_dead(verdict: Verdict) -> Verdict:
    outcome = Outcome.NO if verdict.outcome is Outcome.YES else verdict.outcome
    status, blocker = {
        Outcome.NO: ("alive_presumed", "no_death"),
        Outcome.UNKNOWN: ("unknown", "unknown"),
        Outcome.DISPUTED: ("disputed", "disputed"),
    }[outcome]
    details: dict[str, Detail] = {
        "status": STATUS_BY_REASON.get(verdict.reason, status),
        "death_date": None,
        "legal_state": None,
        "stop_permitted": False,
        "stop_blockers": (blocker,),
    }
    return replace(verdict, outcome=outcome, details=details)


def death_date(case: LifeCase, deaths: Sequence[Fact[Death]]) -> str | None:
    """The date of a death as the entry that knows it best has it; `None` if they contradict."""
    if not deaths or common([case.died(fact) for fact in deaths]) is None:
        return None
    header = min(deaths, key=lambda fact: _uncertainty(case, fact)).content.header
    declared_from = header.effective_from if header.legal_state is LegalState.DECLARED else None
    when = declared_from or header.occurred
    return None if when.is_unknown else str(when)


def _uncertainty(case: LifeCase, death: Fact[Death]) -> timedelta:
    when = case.died(death)
    return when.latest - when.earliest


STATUS_BY_REASON = {"not_born": "not_born", "notified_only": "death_reported"}

PROOF = Kind(
    number="P02",
    name="deceased",
    asks={"en": "Had this person died by a day?", "zh": "此人在某日或之前是否已死亡？"},
    families=alive.PROOF.families,
    hears=alive.PROOF.hears,
    rests_on=alive.PROOF.rests_on,
    fresh_for=alive.PROOF.fresh_for,
    law=alive.PROOF.law,
    claims=(
        Claim(
            "hold_days",
            ClaimKind.NUMBER,
            "Days that must pass before one authority's word permits a stop; 5 unless given.",
            lowest=SHORTEST_HOLD,
            highest=365,
        ),
    ),
    # Nobody has to know that a person was born to know that they had not died.
    rules=tuple(
        of_death(rule) for rule in alive.RULES if rule is not alive_evidence.not_known_to_be_born
    ),
    own_explanations=SENTENCES,
    case=DeathAskedCase,
    obstacles=tuple(of_death(rule) for rule in obstacles.RULES),
)
