"""Marriages and registered partnerships (category 05): a stack is one union, its start and its end.

A row with group 06 speaks of the start, one with group 07 of the end. Each is an act of its own: a
start can be put right after the end was recorded. A row above an end that speaks of the start again
takes the end back. 07.40 `N` says that the union never was. A start as a marriage above that of a
partnership converts it: the partnership ends by that, the marriage begins, and the union goes on.

The register does not close a union when the person whose list it is dies, only when the partner
does; so whoever died is the partner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from civicbus.connect.mapping import Outcome, Record, code, start_of_day
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
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
PRESUMED = (UnionEnd.PRESUMED_DEATH,)
WIDOWING = (UnionEnd.DEATH, *PRESUMED)

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


@dataclass(frozen=True, slots=True)
class _Held:
    """The rows that spoke of a union on a day: of its start, its conversion, its end."""

    start: Entry | None = None
    conversion: Entry | None = None
    end: Entry | None = None


class _Union:
    """Understands one stack: which events its rows make, in the order of recording."""

    def __init__(self, of: PersonList, stack: Stack) -> None:
        self._of = of
        self._stack = stack
        self._start = Act()
        self._conversion = Act()  # the end of the partnership ...
        self._marriage = Act()  # ... and the start of the marriage that it became
        self._end = Act()
        self._said: dict[str, _Content] = {}

    def events(self) -> Iterator[Outcome]:
        """The events of the stack."""
        for day, rows in self._stack.held():
            held = _rows(rows)
            if held.start is None and held.end is None:
                yield from self._annulled(rows, day)
                continue
            if held.start is not None:
                yield from self._told("start", held.start, self._start)
            yield from self._converted(held.conversion, rows, day)
            if held.end is not None:
                yield from self._told("end", held.end, self._end)
            elif self._end.head:
                self._said.pop("end")
                event = self._event("reopened", rows[0])
                yield self._end.annul(event, day, removal_reason(rows), rows[0])

    def _converted(
        self, row: Entry | None, rows: tuple[Entry, ...], day: date
    ) -> Iterator[Outcome]:
        """A partnership that became a marriage, or did not after all."""
        if row is not None:
            yield from self._told("conversion", row, self._conversion)
            yield from self._told("marriage", row, self._marriage)
            return
        for what, act in (("marriage", self._marriage), ("conversion", self._conversion)):
            if act.head:
                self._said.pop(what)
                event = self._event(f"no {what}", rows[0])
                yield act.annul(event, day, removal_reason(rows), rows[0])

    def _annulled(self, rows: tuple[Entry, ...], day: date) -> Iterator[Outcome]:
        """There was no union; what had been said of its end falls with its start."""
        is_null = rows[0]["07.40"] == NULL
        reason = AnnulmentReason.COURT_RULING if is_null else removal_reason(rows)
        for what, act in (("annulled", self._start), ("no marriage", self._marriage)):
            if act.head:
                yield act.annul(self._event(what, rows[0]), day, reason, rows[0])
        self._conversion, self._end, self._said = Act(), Act(), {}

    def _told(self, what: str, row: Entry, act: Act) -> Iterator[Union]:
        """What a row says, unless that was said already."""
        content = self._content(row)
        if what == "conversion":
            content = replace(content, kind=UnionKind.PARTNERSHIP, reason=UnionEnd.CONVERSION)
        if content != self._said.get(what):
            self._said[what] = content
            yield self._union(what, row, content, act)

    def _union(self, what: str, row: Entry, content: _Content, act: Act) -> Union:
        if what == "start" and act.last is None and not act.concerned:
            event = self._first_start()
        else:
            event = self._event(what, row)
        act.concerned = content.concerned
        change, target = act.next(event)
        if content.reason is not None and change is Change.CREATED:
            begun = self._marriage if what == "end" and self._marriage.head else self._start
            change, target = Change.ENDED, begun.head or self._first_start()
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

    def _content(self, row: Entry) -> _Content:
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
            effective_from=self._effect(row, occurred) if reason in PRESUMED else None,
            basis=row.basis(),
            marks=row.marks(END_MARKS if group == "07" else START_MARKS),
        )

    def _effect(self, row: Entry, occurred: PartialDate) -> PartialDate | None:
        """From when an end by presumed death counts: by the first row that tells of that end.

        It may be years after the day on which the partner is presumed to have died.
        """
        told = [
            entry
            for entry in self._stack.entries
            if entry["07.10"] == row["07.10"] and (entry is row or not entry.was_wrong())
        ]
        effective = told[-1].when("85.10")
        return None if effective in (None, UNKNOWN_DATE, occurred) else effective


def _rows(held: tuple[Entry, ...]) -> _Held:
    """The rows that spoke of the union on a day; none if there was no union."""
    top = held[0]
    if top.has(*START) and top.has(*END):
        raise top.refuse("07.10", "code", "start and end in one row; write a row for each")
    if not top.has(*START, *END) or top["07.40"] == NULL:
        return _Held()
    end = None if top.has(*START) else top
    starts = [row for row in held if row.has(*START)]
    if not starts:
        return _Held(end=end)
    last = starts[0]
    first = next(
        (row for row in starts[1:] if not row.was_wrong() and row["15.10"] != last["15.10"]), None
    )
    if first is None:
        return _Held(last, None, end)
    if (first["15.10"], last["15.10"]) != ("P", "H"):
        remedy = (
            "only a partnership turned into a marriage can be said; tell the connector's keeper"
        )
        raise last.refuse("15.10", "code", remedy)
    return _Held(first, last, end)
