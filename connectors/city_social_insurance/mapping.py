"""The social insurance agency's journal: months paid for, and pensions.

A posting covers the months from the first to the last, whenever they were paid. Medical insurance
is another agency's. A posting that was reversed is annulled, and so is a pension awarded wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, iso_date, refuse
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import (
    Annulment,
    Contribution,
    Header,
    InsuranceTransfer,
    Pension,
    PensionSuspension,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import InsuranceKind, PensionEnd, PensionKind
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

SOURCE = "city-social-insurance"
SCHEME = "cn-rid"

BRANCHES = {
    "PENSION": InsuranceKind.PENSION,
    "UNEMPLOYMENT": InsuranceKind.UNEMPLOYMENT,
    "WORK_INJURY": InsuranceKind.WORK_INJURY,
}
PENSIONS = {
    "OLD_AGE": PensionKind.OLD_AGE,
    "SURVIVOR": PensionKind.SURVIVOR,
    "DISABILITY": PensionKind.DISABILITY,
    "RESIDENT": PensionKind.RESIDENT,
}
PENSION_ENDS = {
    "PENSION_ENDED_BY_DEATH": PensionEnd.DEATH,
    "PENSION_MOVED": PensionEnd.TRANSFERRED,
    "PENSION_WITHDRAWN": PensionEnd.NOT_ENTITLED,
}
ENTRIES = Entries(SOURCE, basis=BasisKind.EX_OFFICIO)


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """The insured person; in old entries by a number of 15 digits."""
    return identifier(record.rows[0], "person", SCHEME)


def paid(row: Row) -> Outcome:
    """Months were paid for."""
    return _contribution(row, Change.CREATED)


def corrected(row: Row) -> Outcome:
    """The posting with other months."""
    return _contribution(row, Change.CORRECTED)


def reversed_(row: Row) -> Outcome:
    """The posting was reversed: nothing was paid."""
    header = _header(row, Role.INSURED, target=ENTRIES.meant(row))
    return Filed("contribution", Annulment(header, AnnulmentReason.NEVER_HAPPENED))


def transferred(row: Row) -> Outcome:
    """The account went over to another region, with its months."""
    header = _header(row, Role.INSURED)
    return InsuranceTransfer(
        header, code(row, "insurance", BRANCHES), row["region"], row["to_region"]
    )


def awarded(row: Row) -> Outcome:
    """A pension was awarded, from a day on."""
    return _pension(row, Change.CREATED)


def pension_ended(row: Row) -> Outcome:
    """The pension ended: the day is the first one without it."""
    return _pension(row, Change.ENDED, code(row, "kind", PENSION_ENDS))


def suspended(row: Row) -> Outcome:
    """The pension is not paid out for the time being."""
    return _suspension(row, Change.CREATED)


def resumed(row: Row) -> Outcome:
    """It is paid out again."""
    return _suspension(row, Change.ENDED)


def pension_annulled(row: Row) -> Outcome:
    """The pension was awarded to the wrong person."""
    header = _header(row, Role.BENEFICIARY, target=ENTRIES.meant(row))
    return Filed("pension", Annulment(header, AnnulmentReason.WRONG_PERSON))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "PAID": paid,
    "CORRECTED": corrected,
    "REVERSED": reversed_,
    "TRANSFERRED": transferred,
    "PENSION_AWARDED": awarded,
    **dict.fromkeys(PENSION_ENDS, pension_ended),
    "PENSION_SUSPENDED": suspended,
    "PENSION_RESUMED": resumed,
    "PENSION_ANNULLED": pension_annulled,
}


def _contribution(row: Row, change: Change) -> Contribution:
    return Contribution(
        _header(row, Role.INSURED, change),
        code(row, "insurance", BRANCHES),
        _month(row, "first_month"),
        _month(row, "last_month"),
        row["region"] or None,
        row["employer"] or None,
    )


def _pension(row: Row, change: Change, reason: PensionEnd | None = None) -> Pension:
    header = _header(row, Role.BENEFICIARY, change)
    kind = code(row, "pension", PENSIONS)
    return Pension(header, kind, row["payer"], row["region"] or None, reason)


def _suspension(row: Row, change: Change) -> PensionSuspension:
    header = _header(row, Role.BENEFICIARY, change)
    return PensionSuspension(header, code(row, "pension", PENSIONS), row["payer"])


def _month(row: Row, column: str) -> PartialDate:
    found = iso_date(row, column)
    if found is None:
        raise refuse(row, column, "date", "write the month as YYYY-MM")
    return found


def _header(
    row: Row, role: Role, change: Change = Change.CREATED, target: str | None = None
) -> Header:
    person = needed(row, role, "person", SCHEME)
    return ENTRIES.header(row, person, change=change, target=target)
