"""The adoption register's journal: one row, one entry, one event about a child and its parents."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.mapping import (
    Filed,
    Outcome,
    Record,
    Row,
    code,
    identifier,
    iso_date,
    number,
    refuse,
)
from civicbus.connect.timestamps import timestamp
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import Annulment, Basis, Concerned, Header, Parentage, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import ParentageEnd, ParentageKind
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

SOURCE = "city-adoptions"
SCHEME = "cn-rid"
PARENTS = ((Role.MOTHER, "mother"), (Role.FATHER, "father"))


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """The child."""
    return identifier(record.rows[0], "child", SCHEME)


def adopted(row: Row) -> Outcome:
    """A child was adopted, by a couple or by one person."""
    return Parentage(_header(row), ParentageKind.ADOPTION)


def corrected(row: Row) -> Outcome:
    """The entry of an adoption with another date."""
    return Parentage(_header(row, Change.CORRECTED, _entry_meant(row)), ParentageKind.ADOPTION)


def dissolved(row: Row) -> Outcome:
    """The adoption was dissolved."""
    header = _header(row, Change.ENDED, _entry_meant(row))
    return Parentage(header, ParentageKind.ADOPTION, ParentageEnd.ADOPTION_DISSOLVED)


def annulled(row: Row) -> Outcome:
    """The adoption was void (Civil Code, article 1113): it never was."""
    header = _header(row, target=_entry_meant(row))
    return Filed("kinship", Annulment(header, AnnulmentReason.COURT_RULING))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "ADOPTED": adopted,
    "CORRECTED": corrected,
    "DISSOLVED": dissolved,
    "ANNULLED": annulled,
}


def _header(row: Row, change: Change = Change.CREATED, target: str | None = None) -> Header:
    child = identifier(row, "child", SCHEME)
    if child is None:
        raise refuse(row, "child", "id_format", "the number is missing; complete the entry")
    parents = [
        Concerned(role, (found,))
        for role, column in PARENTS
        if (found := identifier(row, column, SCHEME)) is not None
    ]
    if not parents:
        raise refuse(row, "mother", "id_format", "name the mother or the father")
    return Header(
        event_id=_event_of(row["entry"]),
        source=SOURCE,
        concerned=(Concerned(Role.CHILD, (child,)), *parents),
        registered_at=timestamp(row, "registered_at"),
        occurred=iso_date(row, "date") or UNKNOWN_DATE,
        change=change,
        target_event_id=target,
        basis=Basis(BasisKind.DEED, row["entry"]),
        source_sequence=_number(row),
    )


def _entry_meant(row: Row) -> str:
    if not row["refers_to"]:
        raise refuse(row, "refers_to", "number", "name the entry that this one changes")
    return _event_of(row["refers_to"])


def _event_of(entry: str) -> str:
    return event_id(SOURCE, "entry", entry)


def _number(row: Row) -> int:
    found = number(row, "entry", highest=999_999_999)
    if not found:
        raise refuse(row, "entry", "number", "number the entry from 1 on")
    return found
