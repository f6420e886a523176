"""Relations of more than one step: each step in evidence, on the same day.

A `no` needs a child all of whose parents are known and have been followed. One parent who is not
entered, or has no number, leaves a way open.
"""

from __future__ import annotations

from civicbus.domain.answer import Detail, Outcome
from civicbus.domain.proofs.family import FamilyCase, both, either, named_parents
from civicbus.domain.proofs.family_adoption import two_in
from civicbus.domain.proofs.family_record import Record
from civicbus.domain.proofs.family_tie import Described, holders, stands_by
from civicbus.domain.proofs.family_tie_rules import tie_between
from civicbus.domain.proofs.verdict import Verdict, evidence
from civicbus.domain.record_codes import ParentageKind
from civicbus.domain.truth import Truth, all_of


def grandparent(case: FamilyCase, child: Record, elder: Record | Described) -> Verdict:
    """Whether somebody is a parent of one of a child's parents."""
    through = [
        both(tie_between(child, parent), tie_between(parent, elder))
        for parent in _followed(case, child)
    ]
    return _by_one_of(through, case, child)


def sibling(case: FamilyCase, one: Record, other: Record) -> Verdict:
    """Whether two have a parent in common; `degree` says how many, and whether by blood."""
    parents = _followed(case, one, other)
    ties = [both(tie_between(one, parent), tie_between(other, parent)) for parent in parents]
    verdict = _by_one_of(ties, case, one, other)
    if verdict.outcome is not Outcome.YES:
        return verdict
    shared = [place for place, tie in enumerate(ties) if tie.outcome is Outcome.YES]
    basis = tuple(event for place in shared for event in ties[place].basis)
    degree = _degree(one, other, [parents[place] for place in shared])
    details: dict[str, Detail] = {"degree": degree}
    return Verdict(Outcome.YES, verdict.reason, basis, details, verdict.flags)


def _followed(case: FamilyCase, *children: Record) -> list[Record]:
    """The records of those who are named as parents, each once."""
    found: dict[int, Record] = {}
    for concerned in named_parents(children):
        parent = case.known(concerned.person_key)
        if parent is not None:
            found[id(parent)] = parent
    return list(found.values())


def _by_one_of(through: list[Verdict], case: FamilyCase, *children: Record) -> Verdict:
    """What the ways that are entered come to, and those that may be open."""
    basis = evidence(
        fact
        for child in children
        for fact in (*child.foundation, *(entry.fact for entry in child.entries))
    )
    missing = [_way_left_open(case, child) for child in children]
    if None not in missing:
        through = [*through, Verdict(Outcome.UNKNOWN, missing[0] or "", basis)]
    verdict = either(through) if through else Verdict(Outcome.NO, "not_related", basis)
    if verdict.outcome is Outcome.NO:
        return Verdict(Outcome.NO, "not_related", (*verdict.basis, *basis), flags=verdict.flags)
    return verdict


def _way_left_open(case: FamilyCase, child: Record) -> str | None:
    """Why not all of a child's parents have been followed; `None` if they have."""
    if child.born is not None and child.born.happened_by(child.day) is False:
        return None
    named = holders(child, child.entries, child.day)
    if two_in(named) and all(case.known(concerned.person_key) for _, concerned in named):
        return None
    doubt = child.doubt_about_parents()
    if doubt is not None:
        return doubt
    if not child.is_on_record:
        return "no_such_record"
    unnumbered = any(concerned.person_key is None for _, concerned in named)
    return "unnumbered_relative" if unnumbered else "incomplete_record"


def _degree(one: Record, other: Record, shared: list[Record]) -> str:
    """`full`, `half`, `legal` (by adoption alone), or `undetermined` as far as it is entered.

    By blood are those whom the entry of the birth or a recognition names. Whether a second parent
    is shared is known only if both records name two.
    """
    by_blood = [all_of(_is_by_blood(one, p), _is_by_blood(other, p)) for p in shared]
    if by_blood.count(True) > 1:
        return "full"
    if None in by_blood:
        return "undetermined"
    if True not in by_blood:
        return "legal"
    complete = all(two_in(holders(r, r.entries, r.day)) for r in (one, other))
    return "half" if complete else "undetermined"


def _is_by_blood(child: Record, parent: Record) -> Truth:
    """Not known where the register does not say how somebody became the parent."""
    kinds = {
        entry.kind
        for entry in child.entries
        if entry.makes_parents and stands_by(child, child.entries, entry, parent, child.day) is True
    }
    if kinds - {ParentageKind.ADOPTION, ParentageKind.UNSPECIFIED}:
        return True
    return None if ParentageKind.UNSPECIFIED in kinds else False
