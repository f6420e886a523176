"""Whose parents the Dutch register says people are: the oracle of P05.

Written apart from the connector and from the proofs. A list names a first and a second parent (02,
03); a parent is one from 62.10 on, or, where that is not known, at the latest from the day on which
it was recorded, and until the row above names somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.connectors.register_of_persons import PersonList
from tests.connectors.rows_of_register import Row, born, right, stacks_of

FOREVER = "99999999"
UNKNOWN = "00000000"


@dataclass(frozen=True)
class Parent:
    """A parent on a list: the number, if there is one; certainly from `since`, perhaps earlier."""

    bsn: str
    anr: str
    birth: str
    perhaps_since: str
    since: str
    until: str = FOREVER

    def holds(self, day: str) -> bool | None:
        """`None` on the days of which the list does not tell."""
        if day < self.perhaps_since or day >= self.until:
            return False
        return True if day >= self.since else None


def parents_of(of: PersonList) -> list[Parent]:
    """Everybody whom the list names as a parent, at any time."""
    found = []
    for category in ("02", "03"):
        for stack in stacks_of(of, category):
            until, last = FOREVER, None
            for row in right(stack):
                if not (row["01.10"] or row["02.10"] or row["02.40"] not in ("", ".")):
                    continue
                if last is not None and _is_one(row, last):
                    continue  # an older state of the same parent
                parent = _parent(row, [r for r in stack if _is_one(r, row)], born(of), until)
                found.append(parent)
                until, last = parent.since, row
    return found


def is_parent(of: PersonList, bsn: str, day: str, lists: Mapping[str, PersonList]) -> bool | None:
    """Is the one with a number a parent on a day (YYYYMMDD)? `None` if the register cannot tell.

    Somebody without a number may be anybody who was born that day.
    """
    if day < born(of):
        return False
    possible: list[bool | None] = []
    asked_born = born(lists[bsn]) if bsn in lists else ""
    for parent in parents_of(of):
        holds = parent.holds(day)
        if holds is False:
            continue
        if parent.bsn == bsn:
            possible.append(holds)
        elif not parent.bsn and _may_be(parent, asked_born):
            possible.append(None)
    if True in possible:
        return True
    return None if None in possible else False


def current_parents(of: PersonList, day: str) -> list[Parent]:
    """Those who certainly are the parents on a day."""
    return [parent for parent in parents_of(of) if parent.holds(day) is True]


def are_siblings(first: list[Parent], second: list[Parent]) -> bool | None:
    """Have two with such parents one in common? `None` if two parents cannot be told apart.

    Numbers of one kind tell, and birth dates that differ.
    """
    pairs = [(p, q) for p in first for q in second]
    if any((p.bsn and p.bsn == q.bsn) or (p.anr and p.anr == q.anr) for p, q in pairs):
        return True
    apart = all((p.bsn and q.bsn) or (p.anr and q.anr) or not _may_be(p, q.birth) for p, q in pairs)
    return False if len(pairs) == 4 and apart else None


def is_left(of: PersonList) -> bool:
    """True if nobody here would hear of an adoption any more."""
    return of.suspended in ("E", "R", "M")


def _parent(row: Row, told: list[Row], birth: str, until: str) -> Parent:
    link = row["62.10"] or UNKNOWN
    if link == UNKNOWN:
        recorded = min(r["86.10"] for r in told)
        return Parent(row["01.20"], row["01.10"], row["03.10"], birth, recorded, until)
    since = max(link, birth)
    return Parent(row["01.20"], row["01.10"], row["03.10"], since, since, until)


def _is_one(row: Row, other: Row) -> bool:
    if row["01.10"] and other["01.10"]:
        return row["01.10"] == other["01.10"]
    return (row["03.10"], row["04.10"]) == (other["03.10"], other["04.10"])


def _may_be(parent: Parent, birth: str) -> bool:
    unknown = not parent.birth.strip() or parent.birth.endswith("00") or not birth
    return unknown or parent.birth == birth
