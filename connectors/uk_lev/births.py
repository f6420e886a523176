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
    links,
    number,
    registered,
    revision,
    subject_number,
)

SEXES = {"Male": Sex.MALE, "Female": Sex.FEMALE, "Indeterminate": Sex.NOT_KNOWN}

# A court order in place is about parental responsibility (the service: `praOrCourtOrder`). An entry
# noted as re-registered holds no longer; the one that does restates it.
NOTES = {
    "None": False,
    "Re-registered": True,
    "Court order in place": False,
    "Court order revoked": False,
    "Other": True,
}

# Why an entry was made again: with any other reason the service's own pages send the reader to the
# General Register Office.
REASONS = {
    "None": False,
    "Father added": False,
    "Father modified": False,
    "Subsequently married": False,
    "Replacement registration": False,
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
    reason: str
    previous: str

    @property
    def shown_by(self) -> str:
        """The column that no other layout has."""
        return self.born

    def subject(self, row: Row) -> Identifier:
        """The child."""
        return number(row, "birth")

    def events(self, row: Row) -> Iterator[Outcome]:
        """The birth, its annulment if the entry was cancelled, and the child's other numbers.

        When it was cancelled the service does not say. It counts from the day of the entry on, so
        that at no time an answer rests on it.
        """
        child = subject_number(row, "birth")
        check_disclosed(row, self.blocked)
        born = iso_date(row, self.born)
        if born is None:
            raise refuse(row, self.born, "date", "the birth date is missing; complete it")
        change, restated = revision(row, "birth", self.previous)
        header = Header(
            event_id=event_id(SOURCE, child.value),
            source=SOURCE,
            concerned=(
                Concerned(Role.CHILD, (child,)),
                *_parent(row, Role.MOTHER, self.mother),
                *_parent(row, Role.FATHER, self.father),
            ),
            registered_at=registered(row),
            occurred=born,
            change=change,
            target_event_id=restated,
            basis=deed(row, *self.office),
            cause=code(row, "data.status.correction", CORRECTIONS),
            under_investigation=(Investigation("birth"),) if self._is_in_doubt(row) else (),
        )
        yield Birth(header, code(row, self.sex, SEXES))
        yield from links(row, "birth", self.previous)
        if code(row, "data.status.cancelled", FLAG):
            annulled = Header(
                event_id=event_id(SOURCE, child.value, "cancelled"),
                source=SOURCE,
                concerned=header.concerned,
                registered_at=header.registered_at,
                target_event_id=header.event_id,
            )
            yield Annulment(annulled, AnnulmentReason.FORMAL_CORRECTION)

    def _is_in_doubt(self, row: Row) -> bool:
        told = (code(row, self.fictitious, FLAG), code(row, self.reason, REASONS))
        return any((*told, is_in_doubt(row, NOTES)))


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
    reason="data.status.reRegistered",
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
    reason="data.status.reregistration",
    previous="data.previousRegistration.id",
)
