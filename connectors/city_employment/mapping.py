"""The employment register's journal: jobs as employers report them, and registered unemployment.

A job that was entered for the wrong person is annulled, and entered anew for the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, refuse
from civicbus.domain.events import Annulment, Basis, Employment, Header, Unemployment
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

SOURCE = "city-employment"
SCHEME = "cn-rid"
ENTRIES = Entries(SOURCE)


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """Whose job it is; in old entries by a number of 15 digits."""
    return identifier(record.rows[0], "person", SCHEME)


def started(row: Row) -> Outcome:
    """A job began."""
    return _job(row, Change.CREATED)


def corrected(row: Row) -> Outcome:
    """The entry of a job with another employer or date."""
    return _job(row, Change.CORRECTED)


def ended(row: Row) -> Outcome:
    """The job ended: the day is the first one without it."""
    return _job(row, Change.ENDED)


def unemployed(row: Row) -> Outcome:
    """The person was registered as unemployed."""
    return Unemployment(_header(row, Role.PERSON))


def unemployment_ended(row: Row) -> Outcome:
    """The person is no longer registered as unemployed."""
    return Unemployment(_header(row, Role.PERSON, Change.ENDED))


def annulled(row: Row) -> Outcome:
    """There never was such a job, or it was somebody else's."""
    header = _header(row, Role.EMPLOYEE, target=ENTRIES.meant(row))
    return Filed("employment", Annulment(header, AnnulmentReason.NEVER_HAPPENED))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "STARTED": started,
    "CORRECTED": corrected,
    "ENDED": ended,
    "UNEMPLOYED": unemployed,
    "UNEMPLOYMENT_ENDED": unemployment_ended,
    "ANNULLED": annulled,
}


def _job(row: Row, change: Change) -> Employment:
    if not row["employer"]:
        raise refuse(row, "employer", "code", "give the employer's credit code, or its name")
    header = _header(row, Role.EMPLOYEE, change)
    return Employment(header, row["employer"], row["employer_name"] or None)


def _header(
    row: Row, role: Role, change: Change = Change.CREATED, target: str | None = None
) -> Header:
    person = needed(row, role, "person", SCHEME)
    basis = Basis(BasisKind.DECLARATION, row["entry"], row["employer"] or None)
    return ENTRIES.header(row, person, change=change, target=target, basis=basis)
