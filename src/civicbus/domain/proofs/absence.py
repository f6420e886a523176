"""When a source's silence proves something: coverage, freshness, gaps, settling.

Absence proves only inside a source's declared coverage, and only up to its watermark. Every proof
that concludes from absence asks here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authority
from civicbus.domain.periods import days_covered
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.verdict import Verdict, unknown
from civicbus.domain.resolve import Fact, Facts

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Silence:
    """What would have to be silent: every family that could hold such an act, over a span of days.

    Each of `families` needs an authority of its own, or another one that takes its acts in.
    `since` is the first day on which such an act would count, without one the day asked about;
    `place` is where it would have been entered, without one anywhere.
    """

    families: tuple[str, ...]
    since: date | None = None
    place: str | None = None


def doubt_about(case: Case, silence: Silence, basis: Iterable[Fact[Any]] = ()) -> Verdict | None:
    """The silence of the sources proves nothing here and now, and why."""
    asked = case.authorities(*case.scope.rests_on)
    reason = doubt_about_absence(
        case.question, case.facts, asked, silence, fresh_for=case.scope.fresh_for
    )
    return None if reason is None else unknown(reason, basis)


def doubt_about_absence(
    question: Question,
    facts: Facts,
    authorities: Iterable[Authority],
    silence: Silence,
    *,
    fresh_for: timedelta = timedelta.max,
) -> str | None:
    """Why nothing follows from absence, or `None` if something does.

    `not_covered`: for one of the families nobody is an authority over this person, or none of them
    holds the span completely. `gapped`: a source's records were lost on the way. `stale`: a source
    has not been heard of, or not recently enough for the moment of knowledge, or the day had not
    begun at that moment. `settling`: acts of that day may still be on their way into the register.
    """
    authorities = list(authorities)
    if not all(_covered(family, authorities, question, silence) for family in silence.families):
        return "not_covered"
    start_of_day = datetime.combine(question.valid_at, time.min, UTC)
    found = set() if start_of_day <= question.known_at else {"stale"}
    for authority in authorities:
        state = facts.sources.get((authority.family, authority.source))
        if state is None:
            found.add("stale")
            continue
        through = min(state.complete_through, question.known_at)
        if state.missing:
            found.add("gapped")
        if question.known_at - through > min(authority.fresh_for, fresh_for):
            found.add("stale")
        if authority.settles_after and through - authority.settles_after - ONE_DAY < start_of_day:
            found.add("settling")
    return next((reason for reason in ("gapped", "stale", "settling") if reason in found), None)


def _covered(
    family: str, authorities: list[Authority], question: Question, silence: Silence
) -> bool:
    """True if the authorities for a family together hold the span completely."""
    last = question.valid_at
    spans = [
        span
        for authority in authorities
        if authority.family == family or family in authority.takes_in
        for span in authority.spans(silence.place)
    ]
    return days_covered(spans, min(silence.since or last, last), last)


def known_through(
    question: Question, facts: Facts, authorities: Iterable[Authority], sources: Iterable[str]
) -> dict[str, datetime | None]:
    """For each source that an answer rests on, the time up to which it was known.

    A source writes several topics; the one that is furthest behind counts.
    """
    named = {authority.source for authority in authorities} | set(sources)
    result: dict[str, datetime | None] = {}
    for source in sorted(named):
        states = [state for (_, name), state in facts.sources.items() if name == source]
        through = min((state.complete_through for state in states), default=None)
        result[source] = None if through is None else min(through, question.known_at)
    return result
