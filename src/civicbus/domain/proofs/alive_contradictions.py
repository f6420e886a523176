"""Rules of the proof `alive` for records that cannot be read, or that contradict themselves.

They come first: where one of them speaks, no date in the dossier can be trusted to decide.
"""

from __future__ import annotations

from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.events import Death, Refusal
from civicbus.domain.proofs.alive_case import Case, Verdict, evidence
from civicbus.domain.proofs.alive_silence import not_on_record
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role

FAMILIES = ("birth", "death", "union", "identity", "court")


def quarantined(case: Case) -> Verdict | None:
    """Something about this person could not be read: it might be a death, or its annulment."""
    refusals = case.facts.of(Refusal)
    if refusals or any(mark.family in FAMILIES for mark in case.facts.quarantined):
        return Verdict(Outcome.UNKNOWN, "quarantined", evidence(refusals))
    return None


def conflicting_ids(case: Case) -> Verdict | None:
    """Events that contradict themselves are not believed, and might have been a death."""
    if case.facts.conflicting:
        return Verdict(Outcome.DISPUTED, "id_conflict", case.facts.conflicting)
    return None


def contested_death(case: Case) -> Verdict | None:
    """Somebody without authority over a death contradicts it, or its source contradicts itself.

    A death that was "ended" is such a contradiction: one that never was is annulled.
    """
    acts = [
        fact
        for fact in (*case.deaths, *case.former_deaths)
        if fact.contested or fact.end is not None
    ]
    return Verdict(Outcome.DISPUTED, "contested", evidence(acts)) if acts else None


def broken_chain(case: Case) -> Verdict | None:
    """A correction of a death came without what it corrects, beside acts that it may belong to.

    Then it cannot be told which death was corrected or annulled; a record is missing.
    """
    acts: list[Fact[Any]] = [*case.facts.of(Death), *case.facts.once(Death)]
    for source in sorted({fact.source for fact in acts if fact.pending}):
        own = [fact for fact in acts if fact.source == source]
        waiting = [event for event in case.facts.waiting if event.header.source == source]
        about_death = any(
            event.header.has_role(case.facts.person_key, Role.DECEASED) for event in evidence(own)
        )
        if about_death and len(own) + len(waiting) > 1:
            return Verdict(Outcome.UNKNOWN, "gapped", (*evidence(own), *waiting))
    return None


def two_people_with_one_number(case: Case) -> Verdict | None:
    """One source has registered two births under the number that cannot be of one person."""
    for place, one in enumerate(case.births):
        for other in case.births[place + 1 :]:
            if one.source == other.source and not case.born(one).meets(case.born(other)):
                return Verdict(Outcome.UNKNOWN, "ambiguous_identity", evidence([one, other]))
    return None


def no_record(case: Case) -> Verdict | None:
    """Nobody speaks of this person as the subject of a record, or the record was a mistake."""
    if case.records and not case.kept_records:
        return Verdict(Outcome.UNKNOWN, "no_such_record", evidence(case.records))
    return None if case.foundation else not_on_record(case)


def death_before_birth(case: Case) -> Verdict | None:
    """A death that came before every birth cannot be of the person who was born."""
    if not case.legal_births or not case.legal_deaths:
        return None
    born = min(case.born(fact).earliest for fact in case.legal_births)
    if all(case.died(fact).latest < born for fact in case.legal_deaths):
        basis = evidence([*case.legal_births, *case.legal_deaths])
        return Verdict(Outcome.DISPUTED, "conflicting_dates", basis)
    return None
