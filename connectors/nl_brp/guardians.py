"""Authority over minors (category 11): what the register of authority told this one.

Only rulings and requests stand here; the authority that parents have by law does not, and a row
that is emptied says that a ruling holds no more. 32.10 names the first or second parent of
categories 02 and 03, and `D` a third person, whom the list does not name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from civicbus.connect.mapping import Outcome, Record, code
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.events import Concerned, Guardianship
from civicbus.domain.record_codes import GuardianshipKind
from civicbus.domain.vocabulary import Change, Role

from .facts import Act, PersonList, header_of, removal_reason
from .history import Entry, only_stack
from .parents import Parents, parents_of

FIRST, SECOND, THIRD = "02", "03", "third"
AUTHORITY: Mapping[str, tuple[str, ...]] = {
    "1": (FIRST,),
    "2": (SECOND,),
    "12": (FIRST, SECOND),
    "D": (THIRD,),
    "1D": (FIRST, THIRD),
    "2D": (SECOND, THIRD),
}


def guardianships(record: Record, of: PersonList) -> Iterator[Outcome]:
    """The rulings on authority, each with its corrections and its end."""
    stack = only_stack(record, "11")
    if stack is None:
        return
    parents = parents_of(record)
    act = Act()
    said: tuple[object, ...] | None = None
    for day, held in stack.held():
        row = held[0]
        if row["32.10"]:
            who = code(row.row, "11.32.10", AUTHORITY)
            since = row.when("85.10") or UNKNOWN_DATE
            if said == (who, since):
                continue
            said = who, since
            if not (act.head and held[1].was_wrong()):
                act = Act()
            act.concerned = _concerned(who, parents, day, of)
            yield _ruling(of, row, day, since, act, who)
        elif act.head:
            said = None
            yield _over(of, held, day, act)
            act = Act()


def _concerned(
    who: tuple[str, ...], parents: Parents, day: date, of: PersonList
) -> tuple[Concerned, ...]:
    found = [Concerned(Role.WARD, of.person)]
    for place in who:
        spell = None if place == THIRD else parents.now(place, day)
        nobody_named = Concerned(Role.GUARDIAN)
        found.append(nobody_named if spell is None else spell.concerned(Role.GUARDIAN))
    return tuple(found)


def _ruling(
    of: PersonList, row: Entry, day: date, since: PartialDate, act: Act, who: tuple[str, ...]
) -> Guardianship:
    header = act.header(of.event_id("11", row.rank), day, since, basis=row.document())
    return Guardianship(header, _kind(who))


def _over(of: PersonList, held: tuple[Entry, ...], day: date, act: Act) -> Outcome:
    row = held[0]
    event = of.event_id("11", row.rank, "over")
    if held[1].was_wrong():
        return act.annul(event, day, removal_reason(held))
    since = row.when("85.10") or UNKNOWN_DATE
    header = header_of(
        event, day, since, act.concerned,
        change=Change.ENDED, target_event_id=act.head, basis=row.document(),
    )  # fmt: skip
    third_alone = all(not c.identifiers for c in act.concerned if c.role is Role.GUARDIAN)
    return Guardianship(header, _kind((THIRD,) if third_alone else (FIRST,)))


def _kind(who: tuple[str, ...]) -> GuardianshipKind:
    if who == (THIRD,):
        return GuardianshipKind.GUARDIANSHIP
    return GuardianshipKind.PARENTAL_AUTHORITY
