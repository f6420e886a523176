"""Rules of the proof `marital_status`: which status follows from the unions of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from civicbus.domain.answer import Detail
from civicbus.domain.dates import Interval
from civicbus.domain.proofs import union_silence
from civicbus.domain.proofs.deaths import agreed
from civicbus.domain.proofs.timing import period_of
from civicbus.domain.proofs.union_case import UnionCase
from civicbus.domain.proofs.union_rules import flags_of
from civicbus.domain.proofs.unions import CourseOfUnion, Ending
from civicbus.domain.proofs.verdict import Verdict, no, unknown, yes
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, any_of
from civicbus.domain.vocabulary import UnionEnd

STATUSES = (
    "never_married",
    "married",
    "separated",
    "divorced",
    "widowed",
    "in_partnership",
    "separated_partner",
    "partnership_dissolved",
    "surviving_partner",
    "ended_by_presumption",
)
# By whether the union was a marriage.
UNITED = {True: "married", False: "in_partnership"}
SEPARATED = {True: "separated", False: "separated_partner"}
DISSOLVED = {True: "divorced", False: "partnership_dissolved"}
BEREAVED = {True: "widowed", False: "surviving_partner"}

GB_T_2261_2 = {"never_married": "10", "widowed": "30", "divorced": "40"}
MARRIED, FIRST_MARRIAGE, MARRIED_AGAIN, MARRIED_TO_SAME = "20", "21", "22", "23"


@dataclass(frozen=True, slots=True)
class Status:
    """A status: the claims that are true of whoever has it, its own name first."""

    names: tuple[str, ...]

    @property
    def code(self) -> str:
        """Its name."""
        return self.names[0]


def order_unknown(case: UnionCase) -> Verdict | None:
    """Nobody knows what ended the last union first, or which union was the last.

    Events carry no time of day: of a divorce and a death on one day either may have been first.
    """
    last = _last_ended(case)
    if len({_after(course, ending) for course, ending in last}) < 2:
        return None
    return unknown("order_unknown", [fact for course, _ in last for fact in course.evidence])


def form_unknown(case: UnionCase) -> Verdict | None:
    """A partnership may have been converted into a marriage by the day."""
    found = [course for course in _held(case) if course.is_marriage(case.moment) is None]
    if not found:
        return None
    return unknown("undetermined_date", [fact for course in found for fact in course.evidence])


def separation_unknown(case: UnionCase) -> Verdict | None:
    """A separation may have been in force on the day, or was only reported."""
    for course in _held(case):
        if _separated(case, course) is None:
            return unknown("undetermined_date", case.separations(course))
        told = [fact for fact in case.separations(course) if not case.decides(fact.content)]
        if any_of(*(_in_force(case, fact) for fact in told)) is not False:
            return unknown("notified_only", told)
    return None


def doubt_about(case: UnionCase) -> Verdict | None:
    """The registers are not heard of well enough to say what happened since."""
    since = union_silence.first_unseen(case.courses, case.moment, case)
    facts = [fact for course in case.courses for fact in course.facts]
    doubt = union_silence.doubt_about_unions(case, since, facts)
    if doubt is None and case.own_death is None:
        doubt = union_silence.doubt_about_death(case)
    for course in _held(case):
        life = course.partner.life
        if doubt is None and life is not None and union_silence.is_followed(life):
            doubt = union_silence.doubt_about_death(life)
    return doubt


def at_death(case: UnionCase) -> Verdict | None:
    """The person had died by the day: nobody has a status then, but had one at death."""
    if case.own_death is None:
        return None
    basis = [*case.own_death.facts, *_basis(case)]
    if case.question.text("status") is not None:
        return no("other_status", basis)
    return yes("died", basis, details={"status_at_death": _status(case).code})


def status(case: UnionCase) -> Verdict:
    """The status, or whether it is the one claimed."""
    found = _status(case)
    flags = tuple(flag for course in _held(case) for flag in flags_of(case, course))
    claimed = case.question.text("status")
    if claimed is None:
        return yes(found.code, _basis(case), details=_details(case, found), flags=flags)
    if claimed in found.names:
        return yes(found.code, _basis(case), flags=flags)
    return no("other_status", _basis(case), flags=flags)


def _status(case: UnionCase) -> Status:
    for course in _held(case):
        names = SEPARATED if _separated(case, course) else UNITED
        return Status((names[course.is_marriage(case.moment) is True],))
    for course, ending in _last_ended(case):
        return _after(course, ending)
    return Status(("never_married",))


def _after(course: CourseOfUnion, ending: Ending) -> Status:
    """The status of one whose union ended so.

    Whoever's spouse a court has declared dead is a widow or widower in law; the one who was
    declared dead is not.
    """
    was_marriage = course.is_marriage_at_end(ending)
    if ending.how is UnionEnd.PRESUMED_DEATH:
        bereaved = () if ending.own else (BEREAVED[was_marriage],)
        return Status(("ended_by_presumption", *bereaved))
    return Status(((BEREAVED if ending.how is UnionEnd.DEATH else DISSOLVED)[was_marriage],))


def _held(case: UnionCase) -> list[CourseOfUnion]:
    return [course for course in case.courses if course.holds(case.moment) is True]


def _begun(case: UnionCase) -> list[CourseOfUnion]:
    return [course for course in case.courses if course.begun(case.moment) is not False]


def _last_ended(case: UnionCase) -> list[tuple[CourseOfUnion, Ending]]:
    """The union that ended last, and what ended it; several where the order is not known."""
    if _held(case):
        return []
    ended = [
        (course, endings)
        for course in _begun(case)
        if course.holds(case.moment) is False and (endings := course.ended_by(case.moment))
    ]
    return [
        (course, ending)
        for course, endings in ended
        if not any(_end(endings).before(_end(others)) is True for _, others in ended)
        for ending in endings
    ]


def _end(endings: list[Ending]) -> Interval:
    return agreed([ending.when for ending in endings])


def _separated(case: UnionCase, course: CourseOfUnion) -> Truth:
    """Were they judicially separated on the day, by whoever decides?"""
    acts = [fact for fact in case.separations(course) if case.decides(fact.content)]
    return any_of(*(_in_force(case, fact) for fact in acts))


def _in_force(case: UnionCase, fact: Fact[Any]) -> Truth:
    period = period_of(fact)
    return None if period is None else period.holds_on(case.as_of)


def _basis(case: UnionCase) -> list[Fact[Any]]:
    """The person's records, and every union that had begun by the day."""
    separations = [fact for course in _begun(case) for fact in case.separations(course)]
    return [*union_silence.told_by(case, case.courses, case.moment), *separations]


def _details(case: UnionCase, found: Status) -> Mapping[str, Detail]:
    """The code of GB/T 2261.2, where it has one for the status."""
    if found.code in (UNITED[True], SEPARATED[True]):
        return {"gb_t_2261_2": _which_marriage(case)}
    codes = [GB_T_2261_2[name] for name in found.names if name in GB_T_2261_2]
    return {"gb_t_2261_2": codes[0]} if codes else {}


def _which_marriage(case: UnionCase) -> str:
    (held,) = _held(case)
    earlier = [course for course in _begun(case) if course is not held]
    same = [course.partner.is_one_with(held.partner) for course in earlier]
    if True in same:
        return MARRIED_TO_SAME
    if None in same:
        return MARRIED
    if same:
        return MARRIED_AGAIN
    since = union_silence.first_marriageable(case)
    seen = union_silence.doubt_about_unions(case, since, held.facts) is None
    return FIRST_MARRIAGE if seen else MARRIED
