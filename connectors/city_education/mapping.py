"""The education register's journal: enrolments, which end, and awards, which are made once.

An award that was entered for the wrong person is withdrawn, and entered anew for the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, refuse
from civicbus.domain.events import Annulment, Basis, Education, Header
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
ENTRIES = Entries(SOURCE)


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
    header = _header(row, target=ENTRIES.meant(row))
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
    person = needed(row, Role.PERSON, "person", SCHEME)
    number, institution = row["number"] or None, row["institution"] or None
    basis = Basis(BasisKind.CERTIFICATE, number, institution)
    return ENTRIES.header(row, person, change=change, target=target, basis=basis)
