"""Births: version 0 and version 1 of the service lay the same entry out in two ways.

Who is named as a parent is known by name only. The service gives no birth date of a parent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from civicbus.connect.mapping import Outcome, Row, code, iso_date, refuse
from civicbus.domain.events import Annulment, Birth, Concerned, Header, Investigation, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, Role, Sex

from .entry import (
    CORRECTIONS,
    FLAG,
    SOURCE,
    check_disclosed,
    deed,
    is_in_doubt,
    number,
    numbers,
    registered,
)

SEXES = {"Male": Sex.MALE, "Female": Sex.FEMALE, "Indeterminate": Sex.NOT_KNOWN}

# A court order in place is about parental responsibility (the service: `praOrCourtOrder`).
NOTES = {
    "None": False,
    "Re-registered": False,
    "Court order in place": False,
    "Court order revoked": False,
    "Other": True,
}


@dataclass(frozen=True, slots=True)
class BirthLayout:
    """Where an entry says what."""

    born: str
    sex: str
    mother: tuple[str, str]
    father: tuple[str, str]
    office: tuple[str, str, str]
    blocked: str
    fictitious: str
    previous: str

    @property
    def shown_by(self) -> str:
        """The column that no other layout has."""
        return self.born

    def subject(self, row: Row) -> Identifier:
        """The child."""
        return number(row, "birth")

    def events(self, row: Row) -> Iterator[Outcome]:
        """The birth, and its annulment if the entry was cancelled.

        When it was cancelled the service does not say. It counts from the day of the entry on, so
        that at no time an answer rests on it.
        """
        child = numbers(row, "birth", self.previous)
        check_disclosed(row, self.blocked)
        born = iso_date(row, self.born)
        if born is None:
            raise refuse(row, self.born, "date", "the birth date is missing; complete it")
        doubtful = code(row, self.fictitious, FLAG) or is_in_doubt(row, NOTES)
        header = Header(
            event_id=event_id(SOURCE, child[0].value),
            source=SOURCE,
            concerned=(
                Concerned(Role.CHILD, child),
                *_parent(row, Role.MOTHER, self.mother),
                *_parent(row, Role.FATHER, self.father),
            ),
            registered_at=registered(row),
            occurred=born,
            basis=deed(row, *self.office),
            cause=code(row, "data.status.correction", CORRECTIONS),
            under_investigation=(Investigation("birth"),) if doubtful else (),
        )
        yield Birth(header, code(row, self.sex, SEXES))
        if code(row, "data.status.cancelled", FLAG):
            annulled = Header(
                event_id=event_id(SOURCE, child[0].value, "cancelled"),
                source=SOURCE,
                concerned=header.concerned,
                registered_at=header.registered_at,
                target_event_id=header.event_id,
            )
            yield Annulment(annulled, AnnulmentReason.FORMAL_CORRECTION)


def _parent(row: Row, role: Role, names: tuple[str, str]) -> Iterator[Concerned]:
    name = " ".join(row[column] for column in names if row[column])
    if name:
        yield Concerned(role, name=name)


VERSION_0 = BirthLayout(
    born="data.subjects.child.dateOfBirth",
    sex="data.subjects.child.sex",
    mother=("data.subjects.mother.name.givenName", "data.subjects.mother.name.surname"),
    father=("data.subjects.father.name.givenName", "data.subjects.father.name.surname"),
    office=(
        "data.location.subDistrict",
        "data.location.registrationDistrict",
        "data.location.administrativeArea",
    ),
    blocked="data.status.blockedRegistration",
    fictitious="data.status.potentiallyFictitiousBirth",
    previous="data.previousRegistration.systemNumber",
)
VERSION_1 = BirthLayout(
    born="data.child.dateOfBirth",
    sex="data.child.sex",
    mother=("data.mother.forenames", "data.mother.surname"),
    father=("data.father.forenames", "data.father.surname"),
    office=(
        "data.registrar.subdistrict",
        "data.registrar.district",
        "data.registrar.administrativeArea",
    ),
    blocked="data.status.blocked",
    fictitious="data.status.potentiallyFictitious",
    previous="data.previousRegistration.id",
)
