"""When a source's silence proves something: coverage, freshness, gaps, settling.

Absence proves only inside a source's declared coverage, and only up to its watermark. Every proof
that concludes from absence asks here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authority
from civicbus.domain.resolve import Facts

ONE_DAY = timedelta(days=1)


def doubt_about_absence(
    question: Question, facts: Facts, authorities: Iterable[Authority], decisive_family: str
) -> str | None:
    """Why nothing follows from absence, or `None` if something does.

    `not_covered`: nobody is the authority for the decisive family and this person. `gapped`: a
    source's records were lost on the way. `stale`: a source has not been heard of, or not recently
    enough for the moment of knowledge, or the day had not begun at that moment. `settling`: acts
    of that day may still be on their way into the register.
    """
    authorities = list(authorities)
    if all(authority.family != decisive_family for authority in authorities):
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
        if question.known_at - through > authority.fresh_for:
            found.add("stale")
        if authority.settles_after and through - authority.settles_after - ONE_DAY < start_of_day:
            found.add("settling")
    return next((reason for reason in ("gapped", "stale", "settling") if reason in found), None)


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
