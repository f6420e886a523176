"""The medical insurance agency's journal: for which months a person is insured.

An employee's months are posted with the employer, a resident's a year at a time and without one.
Beyond the months there is no enrolment: who is paid for is insured.
"""

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
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.events import (
    Annulment,
    Basis,
    Concerned,
    Contribution,
    Header,
    InsuranceTransfer,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import InsuranceKind
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

SOURCE = "city-medical-insurance"
SCHEME = "cn-rid"


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """The insured person."""
    return identifier(record.rows[0], "person", SCHEME)


def paid(row: Row) -> Outcome:
    """Months were paid for."""
    return _months(row, Change.CREATED)


def corrected(row: Row) -> Outcome:
    """The posting with other months."""
    return _months(row, Change.CORRECTED)


def reversed_(row: Row) -> Outcome:
    """The posting was reversed: nothing was paid."""
    header = _header(row, target=_entry_meant(row))
    return Filed("contribution", Annulment(header, AnnulmentReason.NEVER_HAPPENED))


def transferred(row: Row) -> Outcome:
    """The account went over to another region, with its months."""
    header = _header(row)
    return InsuranceTransfer(header, InsuranceKind.MEDICAL, row["region"], row["to_region"])


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "PAID": paid,
    "CORRECTED": corrected,
    "REVERSED": reversed_,
    "TRANSFERRED": transferred,
}


def _months(row: Row, change: Change) -> Contribution:
    return Contribution(
        _header(row, change),
        InsuranceKind.MEDICAL,
        _month(row, "first_month"),
        _month(row, "last_month"),
        row["region"] or None,
        row["employer"] or None,
    )


def _month(row: Row, column: str) -> PartialDate:
    found = iso_date(row, column)
    if found is None:
        raise refuse(row, column, "date", "write the month as YYYY-MM")
    return found


def _header(row: Row, change: Change = Change.CREATED, target: str | None = None) -> Header:
    person = identifier(row, "person", SCHEME)
    if person is None:
        raise refuse(row, "person", "id_format", "the number is missing; complete the entry")
    if change is not Change.CREATED:
        target = _entry_meant(row)
    return Header(
        event_id=_event_of(row["entry"]),
        source=SOURCE,
        concerned=(Concerned(Role.INSURED, (person,)),),
        registered_at=timestamp(row, "registered_at"),
        occurred=iso_date(row, "date") or UNKNOWN_DATE,
        change=change,
        target_event_id=target,
        basis=Basis(BasisKind.EX_OFFICIO, row["entry"]),
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
