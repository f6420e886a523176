"""Children (category 09): what a parent's list tells of them is a report and decides nothing.

Whose child somebody is, the child's own list says. A parent's list says neither how nor since when,
and it may name a child who has no list here, having left or died before the register began. So
each child is told of as notified: the bus knows that there is one, and lets the child's own list
have the word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from civicbus.connect.mapping import Outcome, Record
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate, Qualifier
from civicbus.domain.events import Concerned, Parentage
from civicbus.domain.record_codes import ParentageKind
from civicbus.domain.vocabulary import LegalState, Role

from .facts import Act, PersonList, removal_reason
from .history import Entry, Stack, stacks
from .parents import NAMING, ROLES
from .people import relative


def children(record: Record, of: PersonList) -> Iterator[Outcome]:
    """Every child on the list, the oldest stack first."""
    own_role = ROLES.get(record.rows[0]["01.04.10"], Role.PARENT)
    for stack in reversed(stacks(record, "09")):
        yield from _of_stack(stack, own_role, of)


def _of_stack(stack: Stack, own_role: Role, of: PersonList) -> Iterator[Outcome]:
    act = Act()
    said: tuple[Concerned, PartialDate] | None = None
    for day, held in stack.held():
        row = held[0]
        event = of.event_id("09", stack.number, row.rank)
        if not row.has(*NAMING):
            if act.head:
                yield act.annul(event, day, removal_reason(held), row)
            said = None
            continue
        occurred = _at_birth_or_later(row)
        child = relative(row, stack.entries, Role.CHILD)
        if said == (child, occurred):
            continue
        said = child, occurred
        act.concerned = (child, Concerned(own_role, of.person))
        header = act.header(
            event, day, occurred, legal_state=LegalState.NOTIFIED, basis=row.basis()
        )
        yield Parentage(header, ParentageKind.UNSPECIFIED)


def _at_birth_or_later(row: Entry) -> PartialDate:
    born = row.when("03.10") or UNKNOWN_DATE
    return replace(born, qualifier=Qualifier.AFTER) if born.day else UNKNOWN_DATE
