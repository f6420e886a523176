"""Rules of the proof `alive` that conclude from evidence: an act was registered, or reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from civicbus.domain.dates import Interval, common
from civicbus.domain.proofs.death_case import is_declared
from civicbus.domain.proofs.life_case import LifeCase, closed_by_death
from civicbus.domain.proofs.timing import happened, recorded_by
from civicbus.domain.proofs.verdict import Verdict, disputed, no, unknown, yes
from civicbus.domain.resolve import Fact

ONE_DAY = timedelta(days=1)


def not_born(case: LifeCase) -> Verdict | None:
    """By every birth registered the day was before it, and nothing else says otherwise."""
    births = case.legal_births
    intervals = [case.born(fact) for fact in births]
    agreed = common(intervals) if intervals else None
    by_day = {when.happened_by(case.day) for when in ([agreed] if agreed else intervals)}
    if False not in by_day:
        return None
    if any(fact.doubted for fact in births):
        return disputed("contested", births)
    lived_before = _known_by_the_day(case)
    if len(by_day) > 1 or lived_before:
        return disputed("conflicting_dates", [*births, *lived_before])
    if doubts := case.investigated([*births, *case.records], "birth"):
        return unknown("under_investigation", [*births, *doubts])
    return no("not_born", births)


def dead(case: LifeCase) -> Verdict | None:
    """A death with legal force had happened by the day, or may have."""
    acts = case.legal_deaths
    return _died_by_the_day(case, acts, [case.died(fact) for fact in acts]) if acts else None


def record_closed_by_death(case: LifeCase) -> Verdict | None:
    """A competent register closed the record because the person died, but shows no death.

    The day on which it was closed is the last one on which the death may have been.
    """
    closed = closed_by_death(case.records)
    if not closed or case.legal_deaths or case.mismatched_deaths:
        return None
    sources, kinds = {fact.source for fact in closed}, {type(fact.content) for fact in closed}
    taken_back = [
        fact for fact in case.former_deaths if fact.source in sources or fact in case.revoked
    ]
    still_open = [
        fact for fact in case.kept_records if fact.end is None and type(fact.content) in kinds
    ]
    if taken_back or still_open or any(fact.doubted for fact in closed):
        return disputed("contested", [*closed, *taken_back, *still_open])
    intervals = [Interval(date.min, case.noticed(fact).latest) for fact in closed]
    return _died_by_the_day(case, closed, intervals)


def _died_by_the_day(
    case: LifeCase, acts: Sequence[Fact[Any]], intervals: Sequence[Interval]
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
    if doubts := case.investigated([*acts, *case.records], "death"):
        return unknown("under_investigation", [*acts, *doubts])
    if len(by_day) > 1:
        return disputed("conflicting_dates", acts)
    declared = all(is_declared(fact) for fact in acts)
    signs = contradictions_after(case, intervals)
    if signs and not declared:
        return disputed("sign_of_life_after_death", [*acts, *signs])
    if None in by_day:
        return unknown("undetermined_date", acts)
    if not declared:
        return no("death_registered", acts)
    flags = tuple(
        flag
        for flag, holds in (
            ("sign_of_life_after_declaration", signs),
            ("open_dispute", any(fact.disputes for fact in acts)),
        )
        if holds
    )
    return no("declared_dead", [*acts, *signs], flags=flags)


def contradictions_after(case: LifeCase, died: Sequence[Interval]) -> list[Fact[Any]]:
    """Acts of the person's own that certainly came after the death."""
    latest = min(when.latest for when in died)
    return case.contradictions_from(latest + ONE_DAY) if latest < date.max else []


def mismatched_death(case: LifeCase) -> Verdict | None:
    """A death by the day was entered under this number, and the entry names somebody else.

    It may be another person's death, or the person's under a wrong name; it is not applied.
    """
    acts = [
        fact
        for fact in case.mismatched_deaths
        if case.died(fact).happened_by(case.day) is not False
    ]
    return unknown("mismatched_death", [*acts, *case.identified_by]) if acts else None


def notified_only(case: LifeCase) -> Verdict | None:
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
        return disputed("conflicting_dates", [*case.legal_deaths, *notices])
    return unknown("notified_only", notices)


def not_known_to_be_born(case: LifeCase) -> Verdict | None:
    """Nothing says that the person was already born on the day."""
    if case.birth_interval().happened_by(case.day) is True:
        return None
    return unknown("undetermined_date", case.foundation)


def died_later(case: LifeCase) -> Verdict | None:
    """Whoever died after the day lived on it: evidence, not absence.

    A court's declaration does not say when the person died, only from when they count as dead.
    """
    acts = [fact for fact in case.legal_deaths if not is_declared(fact)]
    if not acts:
        return None
    if doubts := case.investigated([*case.legal_deaths, *case.records], "death"):
        return unknown("under_investigation", [*case.legal_deaths, *doubts])
    return yes("died_later", [*case.foundation, *case.legal_deaths])


def sign_of_life(case: LifeCase) -> Verdict | None:
    """An act on the day or after it needed the person living, and nobody doubts it."""
    signs = [
        fact
        for fact in case.signs_of_life_from(case.day)
        if not fact.doubted and not case.investigated([fact], fact.content.family)
    ]
    return yes("sign_of_life", [*case.foundation, *signs]) if signs else None


def _known_by_the_day(case: LifeCase) -> list[Fact[Any]]:
    """Records kept, and acts of the person's own, by the end of the day."""
    records = [fact for fact in case.records if recorded_by(fact.content.header) <= case.day]
    acts = [
        fact
        for fact in case.signs_of_life_from(date.min)
        if happened(fact.content.header).latest <= case.day
    ]
    return [*records, *acts]
