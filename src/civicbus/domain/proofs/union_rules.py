"""Rules that the proofs about unions share: what stands in the way of any word on a union."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.dates import UNKNOWN_DATE, Interval
from civicbus.domain.events import Birth, Union
from civicbus.domain.proofs import alive_evidence, obstacles
from civicbus.domain.proofs.deaths import word_on_death
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.partners import UnionRecord, person_as_partner
from civicbus.domain.proofs.timing import happened
from civicbus.domain.proofs.union_case import UnionCase
from civicbus.domain.proofs.union_courses import established_records
from civicbus.domain.proofs.union_silence import is_followed
from civicbus.domain.proofs.unions import BY_DEATH, CourseOfUnion
from civicbus.domain.proofs.verdict import (
    Verdict,
    disputed,
    evidence,
    first_to_speak,
    unknown,
)
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Change, Role

# Reasons whose sentences say nothing of whose record it is; any other would speak of the partner's
# affairs as if they were the person's.
OF_EITHER = ("undetermined_date", "notified_only", "under_investigation", "conflicting_dates")


def not_born(case: UnionCase) -> Verdict | None:
    """Nobody has a status before birth."""
    return alive_evidence.not_born(case)


def own_death_unclear(case: UnionCase) -> Verdict | None:
    """It is not clear whether the person had died by the day, and so what is asked about."""
    word = case.own_word
    return None if word is None or word.outcome is Outcome.NO else word


def too_many_people(case: UnionCase) -> Verdict | None:
    """More people are connected by unions than may be followed."""
    return unknown("too_many", case.not_followed) if case.not_followed else None


def partner_not_told(case: UnionCase) -> Verdict | None:
    """An act does not tell with whom, or which union it ended, or names somebody else.

    An end that does not name the partner could be of any union.
    """
    found: list[Fact[Any]] = [*case.nameless, *_of_somebody_else(case)]
    records = established_records(case, case.lives)
    ends = [record for record in records if record.start is None]
    for end in ends:
        told = [end.partner.is_one_with(r.partner) for r in records if r is not end]
        if None in told and True not in told and not _joined(case, end.fact):
            found.append(end.fact)
    return unknown("partner_not_told", found) if found else None


def broken_chain(case: UnionCase) -> Verdict | None:
    """A correction of a union came without what it corrects, beside another union of its source.

    Then it cannot be told whether it is that one which was corrected; a record is missing. Where
    somebody else had been named by mistake, the first entry stands with them.
    """
    unions = [fact for fact in case.of(Union) if fact.content.header.change is not Change.ENDED]
    for source in sorted({fact.source for fact in unions if _lacks_its_start(fact)}):
        own = [fact for fact in unions if fact.source == source]
        if len(own) > 1:
            return unknown("gapped", own)
    return None


def contested(case: UnionCase) -> Verdict | None:
    """Somebody says that an act is wrong, or the death by which a union ended was withdrawn."""
    doubted: list[Fact[Any]] = []
    for course in case.asked:
        acts = [*course.evidence, *case.separations(course)]
        doubted += [f for f in acts if f.doubted and f.content.family == Union.family]
        doubted += _withdrawn_deaths(course)
    return disputed("contested", doubted) if doubted else None


def contradictory(case: UnionCase) -> Verdict | None:
    """By the dates a union ended before it began, or its partners parted twice."""
    asked = {id(fact) for course in case.asked for fact in course.facts}
    found: list[Fact[Any]] = [
        record.fact
        for record in established_records(case, case.lives)
        if record.contradicts_itself and id(record.fact) in asked
    ]
    for course in case.asked:
        if course.contradicts_itself(case.moment):
            found += course.evidence
    return disputed("conflicting_dates", found) if found else None


def under_investigation(case: UnionCase) -> Verdict | None:
    """The register marks a union as in doubt."""
    acts = [fact for course in case.asked for fact in course.facts]
    doubts = case.investigated(acts, "union")
    return unknown("under_investigation", doubts) if doubts else None


def partners_word_unclear(case: UnionCase) -> Verdict | None:
    """Whether a union went on turns on the partner, of whom nothing certain can be told.

    What stands under a number that may be somebody else's ends no union either.
    """
    for course in case.asked:
        life = course.partner.life
        if life is None or course.holds_by_its_record(case.moment) is False:
            continue
        verdict = first_to_speak(obstacles.RULES, life)
        if verdict is None and course.holds(case.moment) is not False:
            verdict = _word_on_partner(life)
        if verdict is not None:
            return of_partner(verdict, [course])
    return None


def two_unions(case: UnionCase) -> Verdict | None:
    """One of the couple is in another union too, so one of the two is not what it seems."""
    held = [course for course in case.asked if course.holds(case.moment) is True]
    both = list(held)
    for course in held:
        both += [c for c in case.courses if c not in held and c.holds(case.moment) is True]
        both += _others_of_partner(case, course)
    if len(both) < 2:
        return None
    return disputed("two_unions", [fact for course in both for fact in course.evidence])


def undetermined(case: UnionCase) -> Verdict | None:
    """A union may have begun or ended by then, or not."""
    open_ = [c for c in case.asked if c.holds(case.moment) is None]
    if not open_:
        return None
    return unknown("undetermined_date", [fact for c in open_ for fact in c.evidence])


def reported_only(case: UnionCase) -> Verdict | None:
    """A union, or the end of one, was told of, and nobody who decides has entered it."""
    found = [record.fact for record in case.reported_records if _would_matter(case, record)]
    return unknown("notified_only", found) if found else None


def flags_of(case: UnionCase, course: CourseOfUnion) -> tuple[str, ...]:
    """What a caseworker should see beside a union that holds.

    `asymmetric`: by the partner's own record they are not united, or it knows nothing of it.
    `partner_not_followed`: the partner has no number for which deaths are registered here, so only
    the register of unions would tell of a death.
    """
    followed = is_followed(course.partner.life)
    found = {
        "asymmetric": followed and case.other_side(course) is not True,
        "partner_not_followed": not followed,
    }
    return tuple(flag for flag, holds in found.items() if holds)


def _of_somebody_else(case: UnionCase) -> list[Fact[Union]]:
    """Unions under this person's number of somebody who was born on another day."""
    born = [happened(fact.content.header) for fact in case.of(Birth, Role.CHILD)]
    return [
        fact
        for fact in case.established(Union, Role.PARTNER)
        for concerned in fact.content.header.in_role(Role.PARTNER)
        if concerned.person_key in case.facts.keys and concerned.birth_date is not None
        if born and not any(Interval.of(concerned.birth_date).meets(when) for when in born)
    ]


def _lacks_its_start(fact: Fact[Union]) -> bool:
    named_wrongly = any(event.header.in_role(Role.WRONGLY_NAMED) for event in fact.evidence)
    return fact.pending and not named_wrongly


def _joined(case: UnionCase, fact: Fact[Union]) -> bool:
    """True if an end was found to be of a union that is known."""
    return any(fact in course.facts and len(course.facts) > 1 for course in case.courses)


def _withdrawn_deaths(course: CourseOfUnion) -> list[Fact[Any]]:
    """A union that ended by a death in its register, and the death that was withdrawn elsewhere."""
    life = course.partner.life
    if life is None or life.legal_deaths:
        return []
    former = life.former_deaths
    entered = [e for e in course.entered if e.how in BY_DEATH and not (e.own or e.revoked)]
    return [*course.facts, *former] if entered and former else []


def _word_on_partner(life: LifeCase) -> Verdict | None:
    word = word_on_death(life)
    return None if word is None or word.outcome is Outcome.NO else word


def of_partner(verdict: Verdict, courses: Iterable[CourseOfUnion]) -> Verdict:
    """The same, so worded that it says no more of the partner than it must."""
    reason = verdict.reason
    if reason not in OF_EITHER:
        unclear = verdict.outcome is Outcome.UNKNOWN
        reason = "partner_in_doubt" if unclear else "partner_disputed"
    facts = [fact for course in courses for fact in course.facts]
    return Verdict(verdict.outcome, reason, (*evidence(facts), *verdict.basis))


def _others_of_partner(case: UnionCase, course: CourseOfUnion) -> list[CourseOfUnion]:
    """Unions in which the partner is by their own record, with somebody else."""
    if course.partner.life is None:
        return []
    person = person_as_partner(case)
    return [
        other
        for other in case.courses_with(course.partner.life)
        if other.holds(case.moment) is True
        and other.partner.life is not case
        and (other.partner.is_one_with(person) is False or not other.start.meets(course.start))
    ]


def _would_matter(case: UnionCase, record: UnionRecord) -> bool:
    """True if the answer might be another one if this were entered."""
    moment = case.moment
    if record.start is not None and moment.begun(record.start) is False:
        return False
    ended = Interval.of(UNKNOWN_DATE) if record.ended is None else record.ended
    over = record.ended is not None and moment.over(ended)
    held = [course for course in case.asked if course.holds(moment) is not False]
    known = [c for c in case.asked if _is_known(c, record)]
    if known:
        return over is not False and any(course in held for course in known)
    if over is not True:
        return True
    return not held and not any(
        ending.when.before(ended) is False
        for course in case.asked
        for ending in course.ended_by(moment)
    )


def _is_known(course: CourseOfUnion, record: UnionRecord) -> bool:
    """True if what was reported is a union that has been entered."""
    if record.partner.is_one_with(course.partner) is False:
        return False
    if record.start is None:
        return record.ended is None or record.ended.before(course.start) is not True
    began_before_its_end = all(e.when.before(record.start) is not True for e in course.endings)
    goes_on = course.start.after(record.start) is not True and began_before_its_end
    return course.start.meets(record.start) or goes_on
