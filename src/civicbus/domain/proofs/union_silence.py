"""When the silence of the registers says that a person was in no other union, or in none.

What has to be covered is the time in which an act that nobody has seen would change the answer: in
a union from its start, since it may have ended; after one from its end, since another may have
begun; without one from the day on which the person could first have married. No law since 1850 of
the countries connected has let anybody marry younger than twelve (England, where the Age of
Marriage Act 1929 ended it, was the last).

A person whom the register had stopped following because they lived abroad may have married there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from civicbus.domain.proofs import absence
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.alive_silence import LEFT_THE_COUNTRY
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.proofs.unions import CourseOfUnion, Moment
from civicbus.domain.proofs.verdict import Verdict, unknown
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import NO_LONGER_FOLLOWED

MARRIAGEABLE_AT = 12
UNION_ACTS = ("union", "court")
DEATHS = Silence(("death",))
GONE = (*NO_LONGER_FOLLOWED, *LEFT_THE_COUNTRY)


def first_unseen(courses: Iterable[CourseOfUnion], moment: Moment, life: LifeCase) -> date:
    """The first day on which an act of a union that nobody has seen would change the answer."""
    begun = [course for course in courses if course.begun(moment) is not False]
    if held := [course.start.latest for course in begun if course.holds(moment) is True]:
        return min(held)
    ends = [ending.when.earliest for course in begun for ending in course.ended_by(moment)]
    return max(ends, default=first_marriageable(life))


def first_marriageable(life: LifeCase) -> date:
    """The first day on which the person can have been old enough anywhere."""
    born = life.birth_interval().earliest
    if born.year + MARRIAGEABLE_AT > date.max.year or born == date.min:
        return born
    leap_day = (born.month, born.day) == (2, 29)
    return date(born.year + MARRIAGEABLE_AT, born.month, born.day - leap_day)


def doubt_about_unions(life: LifeCase, since: date, unions: Sequence[Fact[Any]]) -> Verdict | None:
    """Nothing follows from what is not registered of this person's unions, and why.

    Without a union on record somebody else must have this person on record: the number may be a
    slip of the pen.
    """
    basis = [*life.foundation, *unions]
    doubt = absence.doubt_about(life, Silence(UNION_ACTS, since), basis)
    if doubt is not None:
        return doubt
    if not unions and not life.is_on_record:
        return unknown("no_such_record", basis)
    return _was_abroad(life, since, unions)


def told_by(life: LifeCase, courses: Iterable[CourseOfUnion], moment: Moment) -> list[Fact[Any]]:
    """The person's records, and every union that had begun by the moment.

    Of somebody whom no register has on record, later unions as well: they show that there is such
    a person, and the number is no slip of the pen.
    """
    found: list[Fact[Any]] = [*life.births, *life.records, *life.deaths_with_age]
    for course in courses:
        if course.begun(moment) is not False or not life.is_on_record:
            found += course.evidence
    return found


def doubt_about_death(life: LifeCase) -> Verdict | None:
    """Nothing follows from the silence about this person's death."""
    return absence.doubt_about(life, DEATHS, life.foundation)


def is_followed(life: LifeCase | None) -> bool:
    """True if some register would enter the death of this person here."""
    return life is not None and bool(life.authorities("death"))


def _was_abroad(life: LifeCase, since: date, unions: Sequence[Fact[Any]]) -> Verdict | None:
    """On some of the days no register kept the person's record.

    Whoever left is looked after no more until another record is made, which certainly was not made
    before; one that was made that very day leaves no day out. Whoever is not registered here
    by birth has been since the first record, or without any since the first union.
    """
    set_up = _days(life.kept_records)
    here_from = date.min if life.legal_births else min(set_up or _days(unions), default=date.max)
    absences = [(date.min, here_from)]
    for fact in life.kept_records:
        if fact.end is not None and fact.end.end_reason in GONE:
            left = counts_from(fact.end.header)
            others = (counts_from(f.content.header) for f in life.kept_records if f is not fact)
            again = (when.latest for when in others if when.before(left) is False)
            absences.append((left.earliest, min(again, default=date.max)))
    if any(left < back and left <= life.day and since < back for left, back in absences):
        return unknown("not_covered", [*life.kept_records, *unions])
    return None


def _days(facts: Iterable[Fact[Any]]) -> list[date]:
    return [counts_from(fact.content.header).latest for fact in facts]
