"""Births (category 01, with the parents of 02 and 03) and deaths (category 06)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from civicbus.connect.mapping import Outcome, Record, code, start_of_day
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Birth, Concerned, Death, Header, Investigation
from civicbus.domain.vocabulary import Role, Sex

from .facts import SOURCE, Act, PersonList, removal_reason
from .history import Entry, only_stack
from .parents import Parents, parents_of

SEXES = {"M": Sex.MALE, "V": Sex.FEMALE, "O": Sex.NOT_KNOWN}

BIRTH_MARKS = {
    "0000": "birth",
    "0300": "birth",
    "0310": "birth.occurred",
    "0320": "birth.place",
    "0330": "birth.country",
    "0400": "birth.sex",
    "0410": "birth.sex",
}
DEATH_MARKS = {
    "0000": "death",
    "0800": "death",
    "0810": "death.occurred",
    "0820": "death.place",
    "0830": "death.country",
}
DEATH_ELEMENTS = ("08.10", "08.20", "08.30")


@dataclass(frozen=True, slots=True)
class _Birth:
    """A birth as the register held it on some day."""

    occurred: PartialDate
    sex: Sex
    place: str | None
    country: str | None
    concerned: tuple[Concerned, ...]
    marks: tuple[Investigation, ...]


def births(record: Record, of: PersonList) -> Iterator[Outcome]:
    """The person's birth, and its corrections.

    A newer row that leaves the birth as it was (a number assigned, a name changed) says nothing new
    about it and gives no event.
    """
    stack = only_stack(record, "01")
    if stack is None:
        return
    parents = parents_of(record)
    yield from parents.problems
    act = Act()
    before = None
    for day in sorted({*stack.days(), *parents.days()}):
        held = stack.by(day)
        if not held:
            continue
        entry = held[0]
        birth = _birth(entry, of, parents, day)
        if birth == before:
            continue
        before = birth
        event = of.event_id("01", day.isoformat(), "birth")
        act.concerned = birth.concerned
        header = act.header(
            event, day, birth.occurred, basis=entry.basis(), under_investigation=birth.marks
        )
        yield Birth(header, birth.sex, birth.place, birth.country)


def _birth(entry: Entry, of: PersonList, parents: Parents, day: date) -> _Birth:
    occurred = entry.when("03.10")
    if occurred is None:
        raise entry.refuse("03.10", "date", "the birth date is missing; write 00000000 if unknown")
    return _Birth(
        occurred=occurred,
        sex=code(entry.row, "01.04.10", SEXES),
        place=entry["03.20"] or None,
        country=entry["03.30"] or None,
        concerned=(Concerned(Role.CHILD, of.person), *parents.by_birth(day, entry["03.10"])),
        marks=(*entry.marks(BIRTH_MARKS), *parents.marks(day, entry["03.10"])),
    )


def deaths(record: Record, of: PersonList) -> Iterator[Outcome]:
    """The person's death, its corrections, its removal; and a death recorded after a removal."""
    stack = only_stack(record, "06")
    if stack is None:
        return
    if stack.entries[0].was_wrong():
        remedy = "the newest row is marked as wrong and nothing replaces it; correct it"
        raise stack.entries[0].refuse("84.10", "marker", remedy)
    act = Act((Concerned(Role.DECEASED, of.person),))
    for day, held in stack.held():
        entry = held[0]
        event = of.event_id("06", entry.rank)
        if entry.has(*DEATH_ELEMENTS):
            yield _death(entry, event, act)
        elif act.head is not None:
            yield act.annul(event, day, removal_reason(held), entry)


def _death(entry: Entry, event: str, act: Act) -> Death:
    occurred = entry.when("08.10")
    if occurred is None:
        raise entry.refuse("08.10", "date", "the date of death is missing; 00000000 if unknown")
    change, target = act.next(event)
    header = Header(
        event_id=event,
        source=SOURCE,
        concerned=act.concerned,
        registered_at=start_of_day(entry.recorded()),
        occurred=occurred,
        change=change,
        target_event_id=target,
        basis=entry.basis(),
        under_investigation=entry.marks(DEATH_MARKS),
    )
    return Death(header, entry["08.20"] or None, entry["08.30"] or None)
