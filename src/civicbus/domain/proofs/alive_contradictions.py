"""Rules of the proof `alive` for records that cannot be read, or that contradict themselves.

They come first: where one of them speaks, no date in the dossier can be trusted to decide.
"""

from __future__ import annotations

from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.events import Death
from civicbus.domain.proofs.alive_silence import not_on_record
from civicbus.domain.proofs.death_case import is_declared
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.verdict import Verdict, disputed, evidence, unknown
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role


def contested_death(case: LifeCase) -> Verdict | None:
    """Somebody says that a death is wrong, or its source contradicts itself.

    A registered death that was "ended" is such a contradiction: one that never was is annulled.
    What a court has declared stands until a court revokes it (Civil Code, article 50), whoever
    disputes it.
    """
    acts = [
        fact
        for fact in (*case.deaths, *case.former_deaths)
        if fact.contested
        or (fact.end is not None and fact not in case.revoked)
        or (case.is_disputed(fact) and not is_declared(fact))
    ]
    return disputed("contested", acts) if acts else None


def broken_chain(case: LifeCase) -> Verdict | None:
    """A correction of a death came without what it corrects, beside acts that it may belong to.

    Then it cannot be told which death was corrected or annulled; a record is missing.
    """
    acts: list[Fact[Any]] = [*case.facts.of(Death), *case.facts.once(Death)]
    for source in sorted({fact.source for fact in acts if fact.pending}):
        own = [fact for fact in acts if fact.source == source]
        waiting = [event for event in case.facts.waiting if event.header.source == source]
        about_death = any(case.facts.concerns_as(event, Role.DECEASED) for event in evidence(own))
        if about_death and len(own) + len(waiting) > 1:
            return Verdict(Outcome.UNKNOWN, "gapped", (*evidence(own), *waiting))
    return None


def no_record(case: LifeCase) -> Verdict | None:
    """Nobody speaks of this person as the subject of a record, or the record was a mistake."""
    if case.records and not case.kept_records:
        return unknown("no_such_record", case.records)
    return None if case.foundation else not_on_record(case)


def death_before_birth(case: LifeCase) -> Verdict | None:
    """A death that came before every birth cannot be of the person who was born."""
    if not case.legal_births or not case.legal_deaths:
        return None
    born = min(case.born(fact).earliest for fact in case.legal_births)
    if all(case.died(fact).latest < born for fact in case.legal_deaths):
        return disputed("conflicting_dates", [*case.legal_births, *case.legal_deaths])
    return None
