"""Rules of the proof `alive` that conclude from evidence: an act was registered, or reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.dates import Interval, common
from civicbus.domain.proofs.alive_case import (
    Case,
    Verdict,
    closed_by_death,
    evidence,
)
from civicbus.domain.proofs.happened import happened, recorded_by
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import LegalState

ONE_DAY = timedelta(days=1)


def not_born(case: Case) -> Verdict | None:
    """By every birth registered the day was before it, and nothing else says otherwise."""
    births = case.legal_births
    intervals = [case.born(fact) for fact in births]
    agreed = common(intervals) if intervals else None
    by_day = {when.happened_by(case.day) for when in ([agreed] if agreed else intervals)}
    if False not in by_day:
        return None
    basis = evidence(births)
    if any(fact.contested for fact in births):
        return Verdict(Outcome.DISPUTED, "contested", basis)
    lived_before = _known_by_the_day(case)
    if len(by_day) > 1 or lived_before:
        return Verdict(Outcome.DISPUTED, "conflicting_dates", evidence([*births, *lived_before]))
    if doubts := case.investigated([*births, *case.records], "birth"):
        return Verdict(Outcome.UNKNOWN, "under_investigation", evidence([*births, *doubts]))
    return Verdict(Outcome.NO, "not_born", basis)


def dead(case: Case) -> Verdict | None:
    """A death with legal force had happened by the day, or may have."""
    acts = case.legal_deaths
    return _died_by_the_day(case, acts, [case.died(fact) for fact in acts]) if acts else None


def record_closed_by_death(case: Case) -> Verdict | None:
    """A competent register closed the record because the person died, but shows no death.

    The day on which it was closed is the last one on which the death may have been.
    """
    closed = closed_by_death(case.records)
    if not closed or case.legal_deaths:
        return None
    annulled = [fact for fact in case.former_deaths if fact.source in {f.source for f in closed}]
    still_open = [fact for fact in case.kept_records if fact.end is None]
    if annulled or still_open or any(fact.contested for fact in closed):
        basis = evidence([*closed, *annulled, *still_open])
        return Verdict(Outcome.DISPUTED, "contested", basis)
    intervals = [Interval(date.min, case.noticed(fact).latest) for fact in closed]
    return _died_by_the_day(case, closed, intervals)


def _died_by_the_day(
    case: Case, acts: Sequence[Fact[Any]], intervals: Sequence[Interval]
) -> Verdict | None:
    """What follows from acts that tell of the death; nothing if all say that it was later.

    Nobody dies twice: dates that agree are read together, so that one source may know the day
    where another knows the year. Dates that contradict each other decide only where all of them
    say the same.
    """
    agreed = common(intervals)
    by_day = {when.happened_by(case.day) for when in ([agreed] if agreed else intervals)}
    if by_day == {False}:
        return None
    basis = evidence(acts)
    if doubts := case.investigated([*acts, *case.records], "death"):
        return Verdict(Outcome.UNKNOWN, "under_investigation", evidence([*acts, *doubts]))
    if len(by_day) > 1:
        return Verdict(Outcome.DISPUTED, "conflicting_dates", basis)
    latest = min(when.latest for when in intervals)
    if latest < date.max and (signs := case.signs_of_life_from(latest + ONE_DAY)):
        return Verdict(Outcome.DISPUTED, "sign_of_life_after_death", evidence([*acts, *signs]))
    if None in by_day:
        return Verdict(Outcome.UNKNOWN, "undetermined_date", basis)
    declared = all(fact.content.header.legal_state is LegalState.DECLARED for fact in acts)
    return Verdict(Outcome.NO, "declared_dead" if declared else "death_registered", basis)


def notified_only(case: Case) -> Verdict | None:
    """A notice, or somebody else's record, tells of a death by the day that no register shows.

    A notice that agrees with a registered death adds nothing to it.
    """
    registered = [case.died(fact) for fact in case.legal_deaths]
    notices = [
        fact
        for fact in case.notices_by_the_day
        if not any(case.noticed(fact).meets(died) for died in registered)
    ]
    if not notices:
        return None
    if registered:  # all of them later than the day, or `dead` had decided
        basis = evidence([*case.legal_deaths, *notices])
        return Verdict(Outcome.DISPUTED, "conflicting_dates", basis)
    return Verdict(Outcome.UNKNOWN, "notified_only", evidence(notices))


def not_known_to_be_born(case: Case) -> Verdict | None:
    """Nothing says that the person was already born on the day."""
    if case.birth_interval().happened_by(case.day) is True:
        return None
    return Verdict(Outcome.UNKNOWN, "undetermined_date", evidence(case.foundation))


def died_later(case: Case) -> Verdict | None:
    """Whoever died after the day lived on it: evidence, not absence.

    A court's declaration does not say when the person died, only from when they count as dead.
    """
    acts = [
        fact
        for fact in case.legal_deaths
        if fact.content.header.legal_state is LegalState.REGISTERED
    ]
    if not acts:
        return None
    if doubts := case.investigated([*case.legal_deaths, *case.records], "death"):
        basis = evidence([*case.legal_deaths, *doubts])
        return Verdict(Outcome.UNKNOWN, "under_investigation", basis)
    basis = evidence([*case.foundation, *case.legal_deaths])
    return Verdict(Outcome.YES, "died_later", basis)


def sign_of_life(case: Case) -> Verdict | None:
    """An act on the day or after it needed the person living, and nobody doubts it."""
    signs = [
        fact
        for fact in case.signs_of_life_from(case.day)
        if not fact.contested and not case.investigated([fact], fact.content.family)
    ]
    if not signs:
        return None
    return Verdict(Outcome.YES, "sign_of_life", evidence([*case.foundation, *signs]))


def _known_by_the_day(case: Case) -> list[Fact[Any]]:
    """Records kept, and acts of the person's own, by the end of the day."""
    records = [fact for fact in case.records if recorded_by(fact.content.header) <= case.day]
    acts = [
        fact
        for fact in case.signs_of_life_from(date.min)
        if happened(fact.content.header).latest <= case.day
    ]
    return [*records, *acts]
