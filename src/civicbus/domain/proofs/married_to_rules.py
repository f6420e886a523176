"""Rules of the proof `married_to`: what follows from two people's records of each other."""

from __future__ import annotations

from collections.abc import Iterable
from functools import wraps
from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.proofs import alive_evidence, obstacles, union_rules, union_silence
from civicbus.domain.proofs.deaths import word_on_death
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.married_to_case import PairCase
from civicbus.domain.proofs.partners import UnionRecord
from civicbus.domain.proofs.verdict import Rule, Verdict, first_to_speak, no, unknown, yes
from civicbus.domain.resolve import Fact


def on_the_day(rule: Rule) -> Rule:
    """The rule, where it is asked about the day itself and not about any time by it."""

    @wraps(rule)
    def guarded(case: PairCase) -> Verdict | None:
        return None if case.ever else rule(case)

    return guarded


def one_person(case: PairCase) -> Verdict | None:
    """Both numbers are of one person, and nobody is married to themselves."""
    return no("one_person") if case.other is case else None


def not_born(case: PairCase) -> Verdict | None:
    """One of the two was not born by the day."""
    verdicts = [alive_evidence.not_born(life) for life in (case, case.other)]
    return _gravest(verdicts)


def other_in_doubt(case: PairCase) -> Verdict | None:
    """Nothing can rest on the record of the other one."""
    verdict = first_to_speak(obstacles.RULES, case.other)
    return None if verdict is None else union_rules.of_partner(verdict, case.asked)


def ever_united(case: PairCase) -> Verdict | None:
    """A union of the two had begun by the day, however it went on."""
    if not case.ever or not case.asked:
        return None
    if case.are_united is None:
        return unknown("undetermined_date", _unions(case))
    return yes("were_united", _unions(case), flags=_flags(case)) if case.are_united else None


@on_the_day
def parted_by_death(case: PairCase) -> Verdict | None:
    """One of the two had died by the day."""
    deaths = [death for death in (case.own_death, case.other_death) if death is not None]
    return no("not_united", [fact for death in deaths for fact in death.facts]) if deaths else None


@on_the_day
def death_in_doubt(case: PairCase) -> Verdict | None:
    """They may be united, and it is not clear whether one of them had died."""
    if case.are_united is False:
        return None
    words = [case.own_word, word_on_death(case.other)]
    verdict = _gravest(w for w in words if w is not None and w.outcome is not Outcome.NO)
    return None if verdict is None else union_rules.of_partner(verdict, case.asked)


two_unions = on_the_day(union_rules.two_unions)
undetermined = on_the_day(union_rules.undetermined)


@on_the_day
def form_unknown(case: PairCase) -> Verdict | None:
    """United they were, but a partnership may have been converted into a marriage by the day."""
    held = [course for course in case.asked if case.truth_of(course) is True]
    unclear = [course for course in held if course.is_marriage(case.moment) is None]
    return unknown("undetermined_date", _unions(case)) if unclear else None


def may_be_the_other(case: PairCase) -> Verdict | None:
    """One of the two is or was in a union with somebody who may be the other one."""
    if case.are_united is True:
        return None
    facts = [record.fact for record in case.doubtful_records if _counts(case, record)]
    return unknown("may_be_the_other", [*facts, *_unions(case)]) if facts else None


@on_the_day
def ended_later(case: PairCase) -> Verdict | None:
    """The register itself says that they parted after the day: evidence, not absence."""
    for course in case.asked:
        later = any(ending.when.after(case.moment.when) is True for ending in course.endings)
        if later and case.truth_of(course) is True:
            return _united(case)
    return None


def doubt_about(case: PairCase) -> Verdict | None:
    """The registers are not heard of well enough to say what happened since.

    Of a union of the two either one's registers would know; of a death only their own.
    """
    doubts = [_doubt_about_unions(case, life) for life in (case, case.other)]
    if None not in doubts:
        return doubts[0]
    if case.are_united is not True:
        return None
    followed = [life for life in (case, case.other) if union_silence.is_followed(life)]
    return _gravest(union_silence.doubt_about_death(life) for life in followed)


def united(case: PairCase) -> Verdict | None:
    """They were united on the day."""
    return _united(case) if case.are_united is True else None


def not_united(case: PairCase) -> Verdict:
    """By every register that would know they were not."""
    reason = "never_united" if case.ever else "not_united"
    return no(reason, _unions(case), flags=_flags(case))


def _united(case: PairCase) -> Verdict:
    held = [course for course in case.asked if case.truth_of(course) is True]
    marriage = any(course.is_marriage(case.moment) for course in held)
    reason = "married" if marriage else "in_partnership"
    return yes(reason, _unions(case), flags=_flags(case))


def _doubt_about_unions(case: PairCase, life: LifeCase) -> Verdict | None:
    courses = case.courses if life is case else case.courses_with(life)
    if case.ever:
        since = union_silence.first_marriageable(life)
    elif case.are_united is True:
        since = union_silence.first_unseen(case.asked, case.moment, life)
    else:
        since = union_silence.first_unseen(courses, case.moment, life)
    facts = [fact for course in courses for fact in course.facts]
    return union_silence.doubt_about_unions(life, since, facts)


def _counts(case: PairCase, record: UnionRecord) -> bool:
    """True if a union would answer what is asked, were it of the two."""
    if record.start is not None and case.moment.begun(record.start) is False:
        return False
    return case.ever or record.ended is None or case.moment.over(record.ended) is not True


def _unions(case: PairCase) -> list[Fact[Any]]:
    """The records of both, and every union of either that the answer rests on."""
    found: list[Fact[Any]] = [*case.identity_links]
    for life in (case, case.other):
        courses = case.courses if life is case else case.courses_with(life)
        found += union_silence.told_by(life, courses, case.moment)
    return found


def _flags(case: PairCase) -> tuple[str, ...]:
    followed = all(union_silence.is_followed(life) for life in (case, case.other))
    found = {"asymmetric": case.is_asymmetric, "partner_not_followed": not followed}
    return tuple(flag for flag, holds in found.items() if holds)


def _gravest(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    """The first that says that something is disputed, else the first of all."""
    found = [verdict for verdict in verdicts if verdict is not None]
    grave = [verdict for verdict in found if verdict.outcome is Outcome.DISPUTED]
    return next(iter((*grave, *found)), None)
