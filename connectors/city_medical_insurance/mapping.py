"""The medical insurance agency's journal: for which months a person is insured.

An employee's months are posted with the employer, a resident's a year at a time and without one.
Beyond the months there is no enrolment: who is paid for is insured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, iso_date, refuse
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Annulment, Contribution, Header, InsuranceTransfer
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import InsuranceKind
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

SOURCE = "city-medical-insurance"
SCHEME = "cn-rid"
ENTRIES = Entries(SOURCE, basis=BasisKind.EX_OFFICIO)


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
    header = _header(row, target=ENTRIES.meant(row))
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
    person = needed(row, Role.INSURED, "person", SCHEME)
    return ENTRIES.header(row, person, change=change, target=target)
