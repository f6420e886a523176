"""The unions of a person, put together from what the registers say of each.

Only what an authority for unions has entered counts, or a court decreed. A court need not know the
entry of a marriage: its decree stands by itself, and ends the union of the couple that it names.
Two records of one couple, from two lists of the same register perhaps, are of one union unless the
first had ended before the second began.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from civicbus.domain.dates import Interval
from civicbus.domain.events import Union
from civicbus.domain.proofs.deaths import agreed
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.partners import (
    IN_A_UNION,
    Lives,
    UnionRecord,
    couples,
    is_emptied,
    partner_in,
    record_of,
)
from civicbus.domain.proofs.revival import endings_by_death
from civicbus.domain.proofs.unions import BY_DEATH, CourseOfUnion, Ending
from civicbus.domain.vocabulary import UnionEnd


def courses_of(person: LifeCase, lives: Lives) -> list[CourseOfUnion]:
    """The unions of a person that count, each as it went, with every word on the partner's death.

    `lives` has the cases of the partners, by each of their keys.
    """
    records = established_records(person, lives)
    found = []
    for group in couples(records):
        deaths = endings_by_death(group[0].partner, person, records)
        found += [_with_deaths(course, deaths) for course in _courses(group, deaths)]
    return found


def established_records(person: LifeCase, lives: Lives) -> list[UnionRecord]:
    """What the acts that decide say of this person's unions."""
    records = (record for record in all_records(person, lives) if record.decides)
    return list(records)


def all_records(person: LifeCase, lives: Lives) -> list[UnionRecord]:
    """What every act says of them that tells who the partner is, whoever entered it."""
    keys = person.facts.keys
    found = []
    for fact in person.of(Union, *IN_A_UNION):
        partner = partner_in(fact.content, keys, lives)
        if partner is not None and not is_emptied(fact, keys):
            found.append(record_of(fact, partner, person))
    return found


def _with_deaths(course: CourseOfUnion, deaths: list[Ending]) -> CourseOfUnion:
    """The union with the word on its partners' deaths.

    Where the register entered that a declaration of death ended it, the revocation undoes that too.
    """
    later = [d for d in deaths if not (d.revoked and d.when.before(course.start) is True)]
    revoked = [death for death in later if death.revoked]
    entered = tuple(_as_revoked(ending, revoked) for ending in course.endings)
    return replace(course, endings=(*entered, *later))


def _as_revoked(ending: Ending, revoked: list[Ending]) -> Ending:
    if ending.how is not UnionEnd.PRESUMED_DEATH:
        return ending
    for death in revoked:
        if ending.when.before(death.when) is True:
            continue  # a union does not end by a declaration that is still to come
        if death.restored is None or ending.when.before(death.restored) is not False:
            return replace(ending, revoked=True, restored=death.restored)
    return ending


def _courses(group: list[UnionRecord], deaths: list[Ending]) -> list[CourseOfUnion]:
    """The unions that one couple has had, the earlier first."""
    parted = [record.ended for record in group if record.start is None and record.ended is not None]
    parted += [death.when for death in deaths if death.revoked and death.restored is None]
    courses: list[CourseOfUnion] = []
    for record in group:
        at = next(
            (n for n in reversed(range(len(courses))) if _goes_on(courses[n], record, parted)), None
        )
        if at is None:
            courses.append(_course(record))
        else:
            courses[at] = _joined(courses[at], record)
    return courses


def _course(record: UnionRecord) -> CourseOfUnion:
    latest = record.ended.latest if record.ended else date.max
    return CourseOfUnion(
        partner=record.partner,
        kind=record.kind,
        starts=(record.start or Interval(date.min, latest),),
        facts=(record.fact,),
        endings=_endings(record),
        converted=record.ended if record.reason is UnionEnd.CONVERSION else None,
    )


def _goes_on(course: CourseOfUnion, record: UnionRecord, parted: list[Interval]) -> bool:
    """True if a record tells of the union that is known already, and not of another one.

    `parted` are ends of this couple's that name no entry, and declarations of death after which the
    marriage did not revive.
    """
    if record.start is None:
        return record.ended is None or course.start.after(record.ended) is not True
    parting = [when for when in parted if course.start.before(when) is True]
    ends = [*(ending.when for ending in course.endings), *parting]
    if any(record.start.before(end) is False for end in ends):
        return False  # the couple united again, on the day of the end at the earliest
    meets = any(start.meets(record.start) for start in course.starts)
    return meets or all(record.start.before(end) is True for end in ends)


def _joined(course: CourseOfUnion, record: UnionRecord) -> CourseOfUnion:
    facts = (*course.facts, record.fact)
    endings = (*course.endings, *_endings(record))
    starts, converted = course.starts, course.converted
    if record.start is None:
        if record.reason is UnionEnd.CONVERSION and converted is None:
            converted = record.ended
    elif record.kind is course.kind:
        starts = (*starts, record.start)
    else:
        converted = record.start if converted is None else agreed([converted, record.start])
    return replace(course, starts=starts, facts=facts, endings=endings, converted=converted)


def _endings(record: UnionRecord) -> tuple[Ending, ...]:
    if record.ended is None or record.reason in (None, UnionEnd.CONVERSION):
        return ()
    own = record.own_death and record.reason in BY_DEATH
    return (Ending(record.reason, record.ended, (record.fact,), own=own),)
