"""Parents other than by the entry of the birth: later links, adoptions, denials, what ended them.

The rows say who the parents were and since when, hardly ever how they ceased. Only a deed tells
that: of an adoption, which leaves the former parents behind; of a denial of parenthood or the
annulment of a recognition, by which they never were. Where a parent ceased without such a deed
nothing can be said about kinship, and that part of the list is refused.

A link that is dated before the birth counts from the birth (a recognition of the unborn child, BW
1:203). One of an unknown day began at the birth or later, and before it was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from civicbus.connect.mapping import Outcome, Record
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate, Qualifier
from civicbus.domain.events import Concerned, Header, Investigation, Parentage
from civicbus.domain.record_codes import ParentageEnd, ParentageKind
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role

from .facts import Act, PersonList, header_of
from .history import Entry, Stack, only_stack
from .parents import ADOPTION, MARKS, NEVER_WAS, UNTOLD, Parents, Spell, deed_of, parents_of


def parentages(record: Record, of: PersonList) -> Iterator[Outcome]:
    """What the list says of parents that the entry of the birth does not say."""
    person = only_stack(record, "01")
    parents = parents_of(record)
    if person is None or not parents.stacks:
        return
    for stack in parents.stacks:
        if stack.entries[0].was_wrong():
            remedy = "the newest row is marked as wrong and nothing replaces it; correct it"
            raise stack.entries[0].refuse("84.10", "marker", remedy)
    yield from _Lines(of, person, parents).events()


@dataclass(frozen=True, slots=True)
class _Said:
    """What an entry about parents says, apart from when it was recorded."""

    kind: ParentageKind
    occurred: PartialDate
    effective_from: PartialDate | None
    concerned: tuple[Concerned, ...]
    marks: tuple[Investigation, ...] = ()
    ended: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class _Tie:
    """Who became parents by one act: the rows that say so, and what these say."""

    places: frozenset[tuple[str, int]]
    row: Entry
    said: _Said


@dataclass(slots=True)
class _Line:
    """The events of one act so far."""

    act: Act
    tie: _Tie
    end: Act = field(default_factory=Act)
    said: _Said | None = None


class _Lines:
    """Understands which events the rows of both parents make, in the order of recording."""

    def __init__(self, of: PersonList, person: Stack, parents: Parents) -> None:
        self._of = of
        self._person = person
        self._parents = parents
        self._lines: list[_Line] = []

    def events(self) -> Iterator[Outcome]:
        """The events, day by day."""
        for day in sorted({*self._person.days(), *self._parents.days()}):
            going_on: list[_Line] = []
            for tie in self._ties(day):
                line = self._line(tie, going_on)
                going_on.append(line)
                yield from self._told(line, tie, day)
            for line in self._lines:
                if line not in going_on:
                    event = self._event("withdrawn", line.tie.row, day)
                    yield line.act.annul(event, day, self._why_withdrawn(line, day))
            self._lines = going_on

    def _ties(self, day: date) -> list[_Tie]:
        """The acts that the register held on a day; both parents may stand in one of them."""
        born = (self._person.by(day) or self._person.entries[-1:])[0]
        found: dict[object, _Tie] = {}
        for spell in self._parents.spells(day):
            for tie in self._of_spell(spell, born):
                said = tie.said
                key = said.kind, said.occurred, said.effective_from, said.ended
                known = found.get(key)
                found[key] = tie if known is None else _joined(known, tie)
        return list(found.values())

    def _of_spell(self, spell: Spell, born: Entry) -> Iterator[_Tie]:
        closed = spell.closed_by
        why = "" if closed is None else deed_of(closed)
        if closed is not None and why not in (ADOPTION, *NEVER_WAS):
            remedy = "how the earlier parent ceased is not told; mark a wrong row, or give the deed"
            raise closed.refuse("81.20", "code", remedy)
        concerned = (Concerned(Role.CHILD, self._of.person), spell.concerned(spell.role))
        if spell.is_by_birth(born["03.10"]):
            if closed is not None and why in NEVER_WAS:
                when = closed.when("85.10") or UNKNOWN_DATE
                places = frozenset({(closed.category, closed.rank)})
                yield _Tie(places, closed, _Said(ParentageKind.DENIAL, when, None, concerned))
            return
        if closed is not None and why in NEVER_WAS:
            return
        occurred, effective_from = _since(spell, born)
        marks = spell.row.marks(MARKS)
        said = _Said(spell.kind, occurred, effective_from, concerned, marks)
        if closed is not None:
            adopted = closed.when("62.10") or closed.when("85.10") or UNKNOWN_DATE
            said = replace(said, ended=adopted)
        yield _Tie(spell.places, spell.row, said)

    def _line(self, tie: _Tie, taken: list[_Line]) -> _Line:
        """The act that the same rows told of before, or those that they replace."""
        for line in self._lines:
            if line not in taken and line.tie.places & tie.places:
                line.tie = tie
                return line
        return _Line(Act(), tie)

    def _told(self, line: _Line, tie: _Tie, day: date) -> Iterator[Outcome]:
        before, line.said = line.said, tie.said
        start = replace(tie.said, ended=None)
        line.act.concerned = start.concerned
        if before is None or start != replace(before, ended=None):
            event = self._event("parents", tie.row, day)
            change, target = line.act.next(event)
            header = self._header(event, day, start, tie.row)
            yield Parentage(replace(header, change=change, target_event_id=target), start.kind)
        ended = tie.said.ended
        if ended is not None and (before is None or ended != before.ended):
            event = self._event("parents ended", tie.row, day)
            change, target = line.end.next(event)
            if change is Change.CREATED:
                change, target = Change.ENDED, line.act.head
            line.end.concerned = start.concerned
            over = replace(start, occurred=ended, effective_from=None)
            header = self._header(event, day, over, tie.row)
            header = replace(header, change=change, target_event_id=target)
            yield Parentage(header, start.kind, ParentageEnd.ADOPTED_BY_OTHERS)
        elif ended is None and line.end.head:
            event = self._event("parents again", tie.row, day)
            yield line.end.annul(event, day, AnnulmentReason.FORMAL_CORRECTION)

    def _header(self, event: str, day: date, said: _Said, row: Entry) -> Header:
        recorded = max(day, (said.effective_from or UNKNOWN_DATE).earliest)
        return header_of(
            event,
            recorded,
            said.occurred,
            said.concerned,
            effective_from=said.effective_from,
            basis=row.basis(),
            under_investigation=said.marks,
        )

    def _why_withdrawn(self, line: _Line, day: date) -> AnnulmentReason:
        """A denial or annulment by deed, or a row that was wrong."""
        closing = {
            deed_of(spell.closed_by)
            for spell in self._parents.spells(day)
            if spell.closed_by is not None and spell.places & line.tie.places
        }
        if closing & {*NEVER_WAS}:
            return AnnulmentReason.COURT_RULING
        return AnnulmentReason.FORMAL_CORRECTION

    def _event(self, what: str, row: Entry, day: date) -> str:
        return self._of.event_id(row.category, what, row.rank, day.isoformat())


def _joined(one: _Tie, other: _Tie) -> _Tie:
    """Two parents by one act: so they are certainly two."""
    more = tuple(c for c in other.said.concerned if c.role is not Role.CHILD)
    marks = (*one.said.marks, *(mark for mark in other.said.marks if mark not in one.said.marks))
    said = replace(one.said, concerned=(*one.said.concerned, *more), marks=marks)
    return _Tie(one.places | other.places, one.row, said)


def _since(spell: Spell, born: Entry) -> tuple[PartialDate, PartialDate | None]:
    """Since when they are parents, and from when that counts where it is another day."""
    birth = born.when("03.10") or UNKNOWN_DATE
    if spell.start in UNTOLD:
        return replace(birth, qualifier=Qualifier.AFTER) if birth.day else UNKNOWN_DATE, None
    occurred = spell.row.when("62.10") or UNKNOWN_DATE
    return occurred, birth if occurred.latest < birth.earliest else None
