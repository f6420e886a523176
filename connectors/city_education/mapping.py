"""The education register's journal: enrolments, which end, and awards, which are made once.

An award that was entered for the wrong person is withdrawn, and entered anew for the right one.
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
from civicbus.domain.events import Annulment, Basis, Concerned, Education, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import EducationKind
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

SOURCE = "city-education"
SCHEME = "cn-rid"
STEPS = {
    "ENROLMENT": EducationKind.ENROLMENT,
    "GRADUATION": EducationKind.GRADUATION,
    "DEGREE": EducationKind.DEGREE,
    "QUALIFICATION": EducationKind.QUALIFICATION,
}


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """Whose education it is."""
    return identifier(record.rows[0], "person", SCHEME)


def entered(row: Row) -> Outcome:
    """An enrolment, or an award."""
    return _step(row, Change.CREATED)


def corrected(row: Row) -> Outcome:
    """The entry with another level, subject, number or date."""
    return _step(row, Change.CORRECTED)


def left(row: Row) -> Outcome:
    """The enrolment ended, whether or not anything was awarded."""
    if code(row, "step", STEPS) is not EducationKind.ENROLMENT:
        raise refuse(row, "step", "code", "only an enrolment ends; withdraw an award")
    return _step(row, Change.ENDED)


def withdrawn(row: Row) -> Outcome:
    """The award was withdrawn, as of its first day."""
    header = _header(row, target=_entry_meant(row))
    return Filed("education", Annulment(header, AnnulmentReason.FORMAL_CORRECTION))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "ENTERED": entered,
    "CORRECTED": corrected,
    "LEFT": left,
    "WITHDRAWN": withdrawn,
}


def _step(row: Row, change: Change) -> Education:
    if not row["institution"]:
        raise refuse(row, "institution", "code", "name the institution")
    return Education(
        _header(row, change),
        code(row, "step", STEPS),
        row["institution"],
        row["level"] or None,
        row["subject"] or None,
        row["number"] or None,
    )


def _header(row: Row, change: Change = Change.CREATED, target: str | None = None) -> Header:
    person = identifier(row, "person", SCHEME)
    if person is None:
        raise refuse(row, "person", "id_format", "the number is missing; complete the entry")
    if change is not Change.CREATED:
        target = _entry_meant(row)
    return Header(
        event_id=_event_of(row["entry"]),
        source=SOURCE,
        concerned=(Concerned(Role.PERSON, (person,)),),
        registered_at=timestamp(row, "registered_at"),
        occurred=iso_date(row, "date") or UNKNOWN_DATE,
        change=change,
        target_event_id=target,
        basis=Basis(BasisKind.CERTIFICATE, row["number"] or None, row["institution"] or None),
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
