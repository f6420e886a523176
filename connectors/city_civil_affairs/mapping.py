"""The marriage register's journal: one row, one entry, one event about two people.

A divorce refers to the entry of the marriage that it ends; one by a court is the court's to tell. A
marriage that was void is annulled. `wrong_partner` is who was entered as a partner by mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.mapping import (
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
from civicbus.domain.events import Annulment, Basis, Concerned, Header, Union, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    BasisKind,
    Change,
    Role,
    UnionEnd,
    UnionKind,
)

SOURCE = "city-civil-affairs"
SCHEME = "cn-rid"


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """The partner named first."""
    return identifier(record.rows[0], "partner_1", SCHEME)


def marriage(row: Row) -> Outcome:
    """Two people have married."""
    return Union(_header(row, Change.CREATED, None), UnionKind.MARRIAGE)


def corrected(row: Row) -> Outcome:
    """The entry of a marriage with the right partners, or another date."""
    return Union(_header(row, Change.CORRECTED, _entry_meant(row)), UnionKind.MARRIAGE)


def divorce(row: Row) -> Outcome:
    """They have divorced."""
    header = _header(row, Change.ENDED, _entry_meant(row))
    return Union(header, UnionKind.MARRIAGE, UnionEnd.DISSOLUTION)


def annulled(row: Row) -> Outcome:
    """The marriage was void (Civil Code, article 1051): it never was."""
    return Annulment(_header(row, Change.CREATED, _entry_meant(row)), AnnulmentReason.COURT_RULING)


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "MARRIAGE": marriage,
    "MARRIAGE_CORRECTED": corrected,
    "DIVORCE": divorce,
    "ANNULLED": annulled,
}


def _header(row: Row, change: Change, target: str | None) -> Header:
    concerned = [_partner(row, column) for column in ("partner_1", "partner_2")]
    if (wrong := identifier(row, "wrong_partner", SCHEME)) is not None:
        concerned.append(Concerned(Role.WRONGLY_NAMED, (wrong,)))
    return Header(
        event_id=_event_of(row["entry"]),
        source=SOURCE,
        concerned=tuple(concerned),
        registered_at=timestamp(row, "registered_at"),
        occurred=iso_date(row, "date") or UNKNOWN_DATE,
        change=change,
        target_event_id=target,
        basis=Basis(BasisKind.DEED, row["entry"]),
        source_sequence=_number(row),
    )


def _partner(row: Row, column: str) -> Concerned:
    found = identifier(row, column, SCHEME)
    if found is None:
        raise refuse(row, column, "id_format", "the number is missing; complete the entry")
    return Concerned(Role.PARTNER, (found,))


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
