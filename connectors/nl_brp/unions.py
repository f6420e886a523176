"""Marriages and registered partnerships (category 05): a stack is one union, its start and its end.

A row with group 06 speaks of the start, one with group 07 of the end. Each is an act of its own: a
start can be put right after the end was recorded. A row above an end that speaks of the start again
takes the end back. 07.40 `N` says that the union never was.

The register does not close a union when the person whose list it is dies, only when the partner
does; so whoever died is the partner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from civicbus.connect.mapping import Outcome, Record, code, start_of_day
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Basis, Concerned, Header, Investigation, Union
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role, UnionEnd, UnionKind

from .facts import SOURCE, Act, PersonList, removal_reason
from .history import Entry, Stack, stacks
from .people import relative

KINDS = {"H": UnionKind.MARRIAGE, "P": UnionKind.PARTNERSHIP}
NULL = "N"
ENDS = {
    "S": UnionEnd.DISSOLUTION,
    "O": UnionEnd.DEATH,
    "R": UnionEnd.PRESUMED_DEATH,
    NULL: None,
}
WIDOWING = (UnionEnd.DEATH, UnionEnd.PRESUMED_DEATH)

START = ("06.10", "06.20", "06.30")
END = ("07.10", "07.20", "07.30", "07.40")
START_MARKS = {"0000": "union", "0600": "union", "0610": "union.occurred", "1510": "union.kind"}
END_MARKS = {"0000": "union", "0700": "union", "0710": "union.occurred", "0740": "union.end_reason"}


def unions(record: Record, of: PersonList) -> Iterator[Outcome]:
    """Every union on the list, the oldest first."""
    for stack in reversed(stacks(record, "05")):
        if stack.entries[0].was_wrong():
            remedy = "the newest row is marked as wrong and nothing replaces it; correct it"
            raise stack.entries[0].refuse("84.10", "marker", remedy)
        yield from _Union(of, stack).events()


@dataclass(frozen=True, slots=True)
class _Content:
    """What a start or an end says, apart from who is concerned and when it was recorded."""

    occurred: PartialDate
    kind: UnionKind
    reason: UnionEnd | None
    place: str | None
    concerned: tuple[Concerned, ...]
    effective_from: PartialDate | None
    basis: Basis | None
    marks: tuple[Investigation, ...]


class _Union:
    """Understands one stack: which events its rows make, in the order of recording."""

    def __init__(self, of: PersonList, stack: Stack) -> None:
        self._of = of
        self._stack = stack
        self._start = Act()
        self._end = Act()
        self._held: tuple[_Content | None, _Content | None] = (None, None)

    def events(self) -> Iterator[Outcome]:
        """The events of the stack."""
        for day, rows in self._stack.held():
            start, end = _rows(rows)
            before = self._held
            held = (self._content(start), self._content(end))
            if self._start.head and start is None and end is None:
                yield self._annulled(rows, day)
                self._end = Act()
            elif start is not None and held[0] is not None and held[0] != before[0]:
                yield self._union(start, held[0], self._start)
            if self._end.head and end is None:
                event = self._event("reopened", rows[0])
                yield self._end.annul(event, day, removal_reason(rows), rows[0])
            elif end is not None and held[1] is not None and held[1] != before[1]:
                yield self._union(end, held[1], self._end)
            self._held = held

    def _annulled(self, rows: tuple[Entry, ...], day: date) -> Outcome:
        event = self._event("annulled", rows[0])
        if rows[0]["07.40"] == NULL:
            return self._start.annul(event, day, AnnulmentReason.COURT_RULING, rows[0])
        return self._start.annul(event, day, removal_reason(rows), rows[0])

    def _union(self, row: Entry, content: _Content, act: Act) -> Union:
        is_end = act is self._end
        if not is_end and act.last is None and not act.concerned:
            event = self._first_start()
        else:
            event = self._event("end" if is_end else "start", row)
        act.concerned = content.concerned
        change, target = act.next(event)
        if is_end and change is Change.CREATED:
            change, target = Change.ENDED, self._start.head or self._first_start()
        header = Header(
            event_id=event,
            source=SOURCE,
            concerned=content.concerned,
            registered_at=start_of_day(row.recorded()),
            occurred=content.occurred,
            change=change,
            target_event_id=target,
            effective_from=content.effective_from,
            basis=content.basis,
            under_investigation=content.marks,
        )
        return Union(header, content.kind, content.reason, place=content.place)

    def _first_start(self) -> str:
        """The id of the union's first start, which an end names even if the list lacks it."""
        return self._of.event_id("05", self._stack.number, "start")

    def _event(self, what: str, row: Entry) -> str:
        return self._of.event_id("05", self._stack.number, what, row.rank)

    def _content(self, row: Entry | None) -> _Content | None:
        if row is None:
            return None
        group = "07" if row.has(*END) else "06"
        reason = code(row.row, "05.07.40", ENDS) if group == "07" else None
        occurred = row.when(f"{group}.10")
        if occurred is None:
            remedy = "the date is missing; write 00000000 if unknown"
            raise row.refuse(f"{group}.10", "date", remedy)
        role = Role.DECEASED if reason in WIDOWING else Role.PARTNER
        partner = relative(row, self._stack.entries, role)
        return _Content(
            occurred=occurred,
            kind=code(row.row, "05.15.10", KINDS),
            reason=reason,
            place=row[f"{group}.20"] or None,
            concerned=(Concerned(Role.PARTNER, self._of.person), partner),
            effective_from=row.effective_from(occurred),
            basis=row.basis(),
            marks=row.marks(END_MARKS if group == "07" else START_MARKS),
        )


def _rows(held: tuple[Entry, ...]) -> tuple[Entry | None, Entry | None]:
    """The rows that spoke of the union's start and of its end on a day; none if there was none."""
    top = held[0]
    if top.has(*START) and top.has(*END):
        raise top.refuse("07.10", "code", "start and end in one row; write a row for each")
    if not top.has(*START, *END) or top["07.40"] == NULL:
        return None, None
    if top.has(*START):
        _check_kind(top, held)
        return top, None
    return next((row for row in held if row.has(*START)), None), top


def _check_kind(top: Entry, held: tuple[Entry, ...]) -> None:
    """A partnership turned into a marriage is one union, which no event can say yet."""
    for row in held[1:]:
        if row.has(*START) and not row.was_wrong() and row["15.10"] != top["15.10"]:
            raise top.refuse("15.10", "code", "a change of the form of union is not mapped yet")
