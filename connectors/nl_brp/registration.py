"""Registrations: that the register keeps a person's list up to date, and when it stopped to.

Category 07 says since when (68.10), and whether and why it is suspended now (67.10, 67.20), but not
when that was recorded, and it keeps no history. Category 08 has both for those who went abroad: a
row with a country (13.10) suspends the list, a later one with an address in the Netherlands opens
it again. Each stay is a registration of its own, so that what the register did not follow remains
visible after a return.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from civicbus.connect.mapping import Outcome, Record, code, whole_day
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.events import Concerned, Header, Registration
from civicbus.domain.vocabulary import Change, RegistrationEnd, Role

from .facts import PersonList, header_of
from .history import Entry, Stack, only_stack

SUSPENSIONS = {
    "O": RegistrationEnd.DEATH,
    "E": RegistrationEnd.EMIGRATION,
    "R": RegistrationEnd.NON_RESIDENT,
    "M": RegistrationEnd.DECISION,
    "F": RegistrationEnd.ERROR,
    "W": RegistrationEnd.ERASED,
}
ABROAD = (RegistrationEnd.EMIGRATION, RegistrationEnd.NON_RESIDENT)


def registrations(record: Record, of: PersonList) -> Iterator[Outcome]:
    """The registration, its suspensions, and the new one after each return from abroad."""
    entry = Entry(record.rows[0], "07")
    if entry["H"]:
        raise entry.refuse("H", "marker", "this category has one row only; correct the row")
    first = whole_day(entry.row, "07.68.10", entry.when("68.10"))
    current = of.event_id("07", "created")
    yield _registration(of, current, first, PartialDate.of(first))

    reason, since = _suspension(entry)
    moves = _moves(only_stack(record, "08"))
    last_departure = moves.pop() if moves and _is_abroad(moves[-1][1]) else None
    for day, row in moves:
        event = of.event_id("08", row.rank)
        if _is_abroad(row):
            yield _departed(of, event, current, day, row)
        else:
            current = event
            yield _registration(of, current, day, row.when("10.30") or UNKNOWN_DATE)

    if reason is None:
        return  # category 07 decides whether the list is kept, whatever the address
    if last_departure is not None:
        day, row = last_departure
        event = of.event_id("08", row.rank)
        if reason in ABROAD:
            yield _suspended(of, event, current, day, since, reason)
            return
        yield _departed(of, event, current, day, row)
    event = of.event_id("07", "ended", entry["67.20"], entry["67.10"])
    day = _recorded(record, entry, reason, since)
    yield _suspended(of, event, current, day, since, reason)


def _suspension(entry: Entry) -> tuple[RegistrationEnd | None, PartialDate]:
    since = entry.when("67.10")
    if not entry["67.20"]:
        if since is not None:
            raise entry.refuse("67.20", "code", "a suspension without its reason; complete it")
        return None, UNKNOWN_DATE
    reason = code(entry.row, "07.67.20", SUSPENSIONS)
    if since is None:
        raise entry.refuse("67.10", "date", "the date is missing; write 00000000 if unknown")
    return reason, since


def _recorded(record: Record, entry: Entry, reason: RegistrationEnd, since: PartialDate) -> date:
    """When a suspension was recorded: with the death that caused it, else on its own day."""
    if reason is RegistrationEnd.DEATH:
        stack = only_stack(record, "06")
        if stack is not None and stack.entries[0].has("08.10"):
            return _first_of_current(stack).recorded()
    return whole_day(entry.row, "07.67.10", since)


def _first_of_current(stack: Stack) -> Entry:
    """The row by which the death that the register holds now was first recorded."""
    by_rank = sorted(stack.entries, key=lambda entry: entry.rank, reverse=True)
    first = by_rank[0]
    for entry in by_rank:
        if not entry.has("08.10"):
            break
        first = entry
    return first


def _moves(stack: Stack | None) -> list[tuple[date, Entry]]:
    """The rows by which the register learned that the person had left, or was back, in order.

    Everybody starts as a resident; who is first recorded abroad has left at once.
    """
    moves: list[tuple[date, Entry]] = []
    abroad = False
    for day, held in stack.held() if stack is not None else ():
        if held[0].has("13.10", "10.30", "09.10") and _is_abroad(held[0]) is not abroad:
            abroad = not abroad
            moves.append((day, held[0]))
    return moves


def _is_abroad(row: Entry) -> bool:
    return bool(row["13.10"])


def _registration(of: PersonList, event: str, day: date, occurred: PartialDate) -> Registration:
    return Registration(_header(of, event, day, occurred))


def _departed(of: PersonList, event: str, opened: str, day: date, row: Entry) -> Registration:
    left = row.when("13.20") or UNKNOWN_DATE
    return _suspended(of, event, opened, day, left, RegistrationEnd.EMIGRATION)


def _suspended(
    of: PersonList,
    event: str,
    opened: str,
    day: date,
    occurred: PartialDate,
    reason: RegistrationEnd,
) -> Registration:
    header = _header(of, event, day, occurred)
    return Registration(replace(header, change=Change.ENDED, target_event_id=opened), reason)


def _header(of: PersonList, event: str, day: date, occurred: PartialDate) -> Header:
    return header_of(event, day, occurred, (Concerned(Role.PERSON, of.person),))
