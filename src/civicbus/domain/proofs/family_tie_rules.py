"""Whether somebody is a child's parent on a day: the child's record decides, by these rules.

A `yes` rests on an entry and on the silence of the registers about any later one, such as an
adoption. A `no` needs more than silence: the entry that somebody is no parent any more, or never
was; or two others who are the child's parents, since nobody has more than two in law (Netherlands:
BW 1:198 and 1:199; China's Civil Code knows a father and a mother). Where fewer are known, a
recognition may have been entered elsewhere, and nobody is excluded.

The reason of a `no` never tells which of these it was: who was adopted, or descends from whom, is
no business of one who asks whether somebody is the parent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from civicbus.domain.ages import has_reached
from civicbus.domain.answer import Outcome
from civicbus.domain.dates import Interval
from civicbus.domain.proofs.family_adoption import Named
from civicbus.domain.proofs.family_record import Record
from civicbus.domain.proofs.family_tie import Described, Tie, holders
from civicbus.domain.proofs.verdict import (
    Rule,
    Verdict,
    disputed,
    evidence,
    first_to_speak,
    no,
    unknown,
    yes,
)
from civicbus.domain.record_codes import ParentageKind
from civicbus.domain.vocabulary import Role

YOUNGEST_PARENT = 12  # a parent who was younger is a mistake in one of the two birth dates
OTHER_PARENT = {Role.MOTHER: Role.FATHER, Role.FATHER: Role.MOTHER}


def contested(tie: Tie) -> Verdict | None:
    """Somebody says that an entry is wrong, or it contradicts itself, and it makes a difference."""
    entries = [e for e in tie.child.entries if e.fact.doubted or e.is_contradictory]
    return disputed("contested", tie.evidence(entries)) if tie.matters(entries) else None


def under_investigation(tie: Tie) -> Verdict | None:
    """The register marks an entry as in doubt, and it makes a difference."""
    marked = tie.child.investigated([e.fact for e in tie.child.entries], "birth", "kinship")
    entries = [e for e in tie.child.entries if e.fact in marked]
    return unknown("under_investigation", tie.evidence(entries)) if tie.matters(entries) else None


def implausible(tie: Tie) -> Verdict | None:
    """Somebody would be their own parent, or had a child as a child.

    Only one whom an entry certainly names; who may be meant by a name without a number is not.
    """
    named = [
        entry
        for entry in tie.naming
        if tie.makes_it(entry)
        and entry.kind is not ParentageKind.STEP
        and entry.names(tie.parent) is True
    ]
    if not named or isinstance(tie.parent, Described):
        return None
    if tie.parent.facts.keys & tie.child.facts.keys:
        return disputed("implausible_kinship", tie.evidence())
    said = [c.birth_date for e in named for c in e.parents if tie.parent.is_named(c) is True]
    born = [Interval.of(when) for when in said if when is not None]
    if tie.parent.born is not None:
        born.append(tie.parent.born)
    if tie.child.born is None or tie.standing(tie.child.entries) is False:
        return None
    if all(has_reached(YOUNGEST_PARENT, day, tie.child.born.latest) is not False for day in born):
        return None
    return disputed("implausible_kinship", [*tie.evidence(), *tie.parent.births])


def conflicting(tie: Tie) -> Verdict | None:
    """More are entered as parents than anybody has, and the one who is asked about is of them."""
    if tie.as_step_parent or tie.standing(tie.child.entries) is not True:
        return None
    everybody = holders(tie.child, tie.child.entries, tie.day)
    own = [named for named in everybody if tie.parent.is_named(named[1]) is True]
    others = [named for named in everybody if tie.parent.is_named(named[1]) is False]
    if not (_one_too_many(own, others) or _in_the_same_place(own, others)):
        return None
    return disputed("conflicting_parents", tie.evidence(entry for entry, _ in others))


def _one_too_many(own: Sequence[Named], others: Sequence[Named]) -> bool:
    """True if there are two others already; but two fathers leave it certain who the mother is."""
    if len({concerned.person_key for _, concerned in others}) < 2:
        return False
    roles = {concerned.role for _, concerned in own}
    opposite = OTHER_PARENT.get(next(iter(roles))) if len(roles) == 1 else None
    return any(concerned.role is not opposite for _, concerned in others)


def _in_the_same_place(own: Sequence[Named], others: Sequence[Named]) -> bool:
    """True if another entry of the birth has somebody else as the mother, or as the father."""
    return any(
        entry.kind is None
        and other_entry.kind is None
        and concerned.role is other.role
        and concerned.role in OTHER_PARENT
        and not any(e is other_entry for e, _ in own)
        for entry, concerned in own
        for other_entry, other in others
    )


def undetermined(tie: Tie) -> Verdict | None:
    """The entries that may make somebody a parent do not say whether they do on the day."""
    found = tie.standing(tie.child.entries)
    return unknown(found, tie.evidence()) if isinstance(found, str) else None


def reported_only(tie: Tie) -> Verdict | None:
    """It was told that somebody is the parent, and nobody who decides has entered it."""
    if tie.standing(tie.child.entries) is True:
        return None
    told = [e for e in tie.child.told if e.names(tie.parent) is True and tie.makes_it(e)]
    if tie.standing([*tie.child.entries, *told]) is False:
        return None
    return unknown("notified_only", tie.evidence(told))


def not_on_record(tie: Tie) -> Verdict | None:
    """Nobody knows of such a child: the number may be a slip of the pen."""
    if tie.child.is_on_record:
        return None
    return doubt_about(tie) or unknown("no_such_record", tie.evidence(tie.child.told))


def doubt_about(tie: Tie) -> Verdict | None:
    """A further entry may count on the day that has not been heard of."""
    reason = tie.child.doubt_about_parents()
    return None if reason is None else unknown(reason, tie.evidence())


def is_parent(tie: Tie) -> Verdict | None:
    """An entry makes somebody a parent on the day."""
    if tie.standing(tie.child.entries) is not True:
        return None
    return yes("related", tie.evidence())


def is_no_parent(tie: Tie) -> Verdict | None:
    """By the entries somebody is no parent on the day, or others are."""
    if tie.conclusion(tie.child.entries) is not False:
        return None
    others = [entry for entry, _ in holders(tie.child, tie.child.entries, tie.day)]
    return no("not_related", tie.evidence(others))


def incomplete(tie: Tie) -> Verdict:
    """The record does not name everybody, so that nobody is excluded."""
    return unknown("incomplete_record", tie.evidence(tie.child.entries))


RULES: tuple[Rule, ...] = (
    contested,
    under_investigation,
    implausible,
    conflicting,
    undetermined,
    reported_only,
    not_on_record,
    doubt_about,
    is_parent,
    is_no_parent,
    incomplete,
)


def tie_between(
    child: Record, parent: Record | Described, *, as_step_parent: bool = False
) -> Verdict:
    """Whether somebody is the child's parent on the day: `yes`, `no`, or why neither follows."""
    tie = Tie(child, parent, as_step_parent=as_step_parent)
    verdict = first_to_speak(RULES, tie)
    assert verdict is not None  # the last rule always speaks
    flags = ("asymmetric",) if tie.listed_by_parent_alone else ()
    described = isinstance(parent, Described)
    if described and verdict.outcome is Outcome.NO:
        verdict = Verdict(Outcome.UNKNOWN, "not_as_described", verdict.basis)
    if described and verdict.outcome is Outcome.YES:
        flags = ("without_number",)
    listed = tie.listed_by_parent_alone
    ids = {fact.content.header.event_id for fact in listed}
    # The parent's record may not have heard that the child's took the entry back.
    taken_back = [f for f in child.facts.withdrawn if f.content.header.event_id in ids]
    basis = (*verdict.basis, *evidence([*listed, *taken_back]))
    return replace(verdict, basis=basis, flags=flags)
