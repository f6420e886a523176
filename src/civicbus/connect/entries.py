"""Entries: a register that numbers what it enters, one entry a row, and changes none of them.

A later entry corrects, ends or withdraws the one that it refers to. What an entry says of itself is
read here; what it says about people is the mapping's to read.
"""

from __future__ import annotations

from dataclasses import dataclass

from civicbus.connect.cells import identifier, iso_date, number, refuse
from civicbus.connect.rows import Row
from civicbus.connect.timestamps import timestamp
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import Basis, Concerned, Header, event_id
from civicbus.domain.vocabulary import BasisKind, Change, LegalState, Role

HIGHEST = 999_999_999


@dataclass(frozen=True, slots=True)
class Entries:
    """How a source's register writes its entries: what it calls them, and which column says what.

    `entry` is the column of an entry's number, and what remedies call an entry; `effective` that of
    the day from which it counts in law, where the register has one. `basis` and `legal_state` are
    those of every entry of which the mapping does not say otherwise.
    """

    source: str
    entry: str = "entry"
    refers_to: str = "refers_to"
    registered_at: str = "registered_at"
    date: str = "date"
    effective: str | None = None
    basis: BasisKind = BasisKind.DEED
    legal_state: LegalState = LegalState.REGISTERED

    def event_of(self, entry: str, part: str | None = None) -> str:
        """The id of the event that an entry is: the same in whatever file it stands, however often.

        An entry that is several events names the others by their `part` of it.
        """
        return event_id(self.source, part or self.entry, entry)

    def meant(self, row: Row, part: str | None = None) -> str:
        """The id of the event that this entry changes.

        Raises:
            RefusedError: `number`, if the entry refers to none.
        """
        if not row[self.refers_to]:
            remedy = f"name the {self.entry} that this one changes"
            raise refuse(row, self.refers_to, "number", remedy)
        return self.event_of(row[self.refers_to], part)

    def sequence(self, row: Row) -> int:
        """The entry's number, which is the place of its events in the order of the source.

        Raises:
            RefusedError: `number`, if there is none, or it is not from 1 to `HIGHEST`.
        """
        found = number(row, self.entry, HIGHEST)
        if not found:
            raise refuse(row, self.entry, "number", f"number the {self.entry} from 1 on")
        return found

    def header(
        self,
        row: Row,
        *concerned: Concerned,
        change: Change = Change.CREATED,
        target: str | None = None,
        basis: Basis | None = None,
        part: str | None = None,
    ) -> Header:
        """What the event says about itself.

        `target` is the event that it changes or withdraws: where something is changed and none is
        given, what the entry refers to. The entry itself is the `basis` unless there is another.

        Raises:
            RefusedError: `date` or `number`, if a cell means nothing, or is empty and needed.
            InvalidEventError: if the bus has no such event.
        """
        if change is not Change.CREATED and target is None:
            target = self.meant(row, part)
        return Header(
            event_id=self.event_of(row[self.entry], part),
            source=self.source,
            concerned=concerned,
            registered_at=timestamp(row, self.registered_at),
            occurred=iso_date(row, self.date) or UNKNOWN_DATE,
            change=change,
            target_event_id=target,
            effective_from=iso_date(row, self.effective) if self.effective else None,
            legal_state=self.legal_state,
            basis=basis or Basis(self.basis, row[self.entry]),
            source_sequence=self.sequence(row),
        )


def needed(row: Row, role: Role, column: str, scheme: str, record: str = "entry") -> Concerned:
    """Who is concerned in this role, by a number that must be there; `record` is what lacks it.

    Raises:
        RefusedError: `id_format`, if the cell is empty or the scheme does not allow what it holds.
    """
    found = identifier(row, column, scheme)
    if found is None:
        remedy = f"the number is missing; complete the {record}"
        raise refuse(row, column, "id_format", remedy)
    return Concerned(role, (found,))


def known(row: Row, role: Role, column: str, scheme: str) -> tuple[Concerned, ...]:
    """Who is concerned in this role, if the cell has a number: one person, or nobody.

    Raises:
        RefusedError: `id_format`, if the scheme does not allow what it holds.
    """
    found = identifier(row, column, scheme)
    return () if found is None else (Concerned(role, (found,)),)
