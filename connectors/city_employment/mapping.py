"""The employment register's journal: jobs as employers report them, and registered unemployment.

A job that was entered for the wrong person is annulled, and entered anew for the right one.
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
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import (
    Annulment,
    Basis,
    Concerned,
    Employment,
    Header,
    Unemployment,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

SOURCE = "city-employment"
SCHEME = "cn-rid"


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
    header = _header(row, Role.EMPLOYEE, target=_entry_meant(row))
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
    person = identifier(row, "person", SCHEME)
    if person is None:
        raise refuse(row, "person", "id_format", "the number is missing; complete the entry")
    if change is not Change.CREATED:
        target = _entry_meant(row)
    return Header(
        event_id=_event_of(row["entry"]),
        source=SOURCE,
        concerned=(Concerned(role, (person,)),),
        registered_at=timestamp(row, "registered_at"),
        occurred=iso_date(row, "date") or UNKNOWN_DATE,
        change=change,
        target_event_id=target,
        basis=Basis(BasisKind.DECLARATION, row["entry"], row["employer"] or None),
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
