"""Marriages and civil partnerships: one entry, one union, two people known by their place in it.

An entry of a union that replaced another does not say which of its two people is which of the
other's, so the numbers of the two entries stay apart, and the one that was replaced is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from civicbus.connect.mapping import (
    Outcome,
    RefusedError,
    RefusedRow,
    Row,
    attempt,
    iso_date,
    refuse,
    start_of_day,
    whole_day,
)
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Concerned, Header, Investigation, Union, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role, UnionKind

from .entry import NEXT, SOURCE, check_disclosed, check_index, deed, is_in_doubt, number

NOTES = {"None": False, "Re-registered": True, "Other": True}
OFFICE = ("data.registrar.district", "data.registrar.administrativeArea")
PARTIES = ("/1", "/2")


@dataclass(frozen=True, slots=True)
class UnionLayout:
    """Where an entry says what."""

    register: str
    kind: UnionKind
    shown_by: str  # the date, which no other layout has
    born: tuple[str, str]

    def subject(self, row: Row) -> Identifier:
        """The first of the two; whoever is to be marked, the other one is marked with them."""
        return number(row, self.register, party=PARTIES[0])

    def events(self, row: Row) -> Iterator[Outcome]:
        """The union, or why there is none, told for each of the two."""
        for outcome in attempt(self._union(row), row.line, ("union",)):
            yield outcome
            if isinstance(outcome, RefusedRow):
                with suppress(RefusedError):
                    yield replace(outcome, person=number(row, self.register, party=PARTIES[1]))

    def _union(self, row: Row) -> Iterator[Outcome]:
        check_index(row)
        people = [number(row, self.register, party=party) for party in PARTIES]
        check_disclosed(row, "data.status.blocked")
        day = whole_day(row, self.shown_by, iso_date(row, self.shown_by))
        doubtful = is_in_doubt(row, NOTES) or bool(row[NEXT])
        concerned = []
        for person, born in zip(people, self.born, strict=True):
            birth_date = iso_date(row, born)
            if birth_date is not None and birth_date.earliest > day:
                raise refuse(row, born, "date", "lies after the union; correct it in the register")
            concerned.append(Concerned(Role.PARTNER, (person,), birth_date=birth_date))
        yield Union(
            Header(
                event_id=event_id(SOURCE, self.register, row["data.id"]),
                source=SOURCE,
                concerned=tuple(concerned),
                registered_at=start_of_day(day),
                occurred=PartialDate.of(day),
                basis=deed(row, *OFFICE),
                under_investigation=(Investigation("union"),) if doubtful else (),
            ),
            self.kind,
        )


MARRIAGE = UnionLayout(
    register="marriage",
    kind=UnionKind.MARRIAGE,
    shown_by="data.dateOfMarriage",
    born=("groom_date_of_birth", "bride_date_of_birth"),
)
PARTNERSHIP = UnionLayout(
    register="partnership",
    kind=UnionKind.PARTNERSHIP,
    shown_by="data.dateOfPartnership",
    born=("data.partner1.dob", "data.partner2.dob"),
)
