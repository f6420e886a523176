"""Deaths: one entry, one death, on a day that the register may know only roughly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from civicbus.connect.mapping import Outcome, Row, code, iso_date, refuse
from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import Basis, Concerned, Death, Header, Investigation, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, Role

from .entry import (
    CORRECTIONS,
    FLAG,
    NEXT,
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

DIED = "data.deceased.dateOfDeath"
QUALIFIER = "data.deceased.dateOfDeathQualifier"
AGE = "data.deceased.ageAtDeath"
BORN = "data.deceased.dateOfBirth"
PREVIOUS = "data.previousRegistration.id"
NOTE = "data.status.marginalNote"
OFFICE = (
    "data.registrar.subdistrict",
    "data.registrar.district",
    "data.registrar.administrativeArea",
)
CORONER = ("data.coroner.designation", "data.coroner.area")

# Free text in the register; "before" a day is also "on or before" it.
QUALIFIERS = {
    "about": Qualifier.ABOUT,
    "on or about": Qualifier.ABOUT,
    "before": Qualifier.BEFORE,
    "on or before": Qualifier.BEFORE,
    "found dead on": Qualifier.BEFORE,
    "after": Qualifier.AFTER,
    "on or after": Qualifier.AFTER,
}

RE_REGISTERED = "Re-registered"
NOTES = {"None": False, RE_REGISTERED: False, "Post-mortem details": False, "Other": True}

# The age is in completed years, or for a small child in a smaller unit; of one who lived for less
# than a day in hours, minutes and seconds.
AGES = re.compile(r"([0-9]{1,3}) (year|month|week|day|hour|minute|second)s?")
CLOCK = re.compile(r"[01][0-9]:[0-5][0-9]:[0-5][0-9]|2[0-3]:[0-5][0-9]:[0-5][0-9]")
WITHIN_A_YEAR = {"week": 51, "day": 364, "hour": 999, "minute": 999, "second": 999}

# The oldest age ever verified, in completed years: 122 (Gerontology Research Group).
OLDEST_AGE = 122


@dataclass(frozen=True, slots=True)
class DeathLayout:
    """The one layout of an entry."""

    shown_by: str = DIED

    def subject(self, row: Row) -> Identifier:
        """The deceased."""
        return number(row, "death")

    def events(self, row: Row) -> Iterator[Outcome]:
        """The death, and the other numbers of the deceased.

        An age that means nothing is told and takes nothing away.
        """
        deceased = subject_number(row, "death")
        check_disclosed(row, "data.status.blocked")
        age = _age(row)
        if row[AGE] and age is None:
            remedy = "write a number of years, or of a smaller unit for a small child"
            yield refuse(row, AGE, "number", remedy).row()
        change, restated = revision(row, "death", PREVIOUS)
        yield Death(
            Header(
                event_id=event_id(SOURCE, deceased.value),
                source=SOURCE,
                concerned=(Concerned(Role.DECEASED, (deceased,), birth_date=iso_date(row, BORN)),),
                registered_at=registered(row),
                occurred=_died(row),
                change=change,
                target_event_id=restated,
                basis=_basis(row),
                cause=code(row, "data.status.correction", CORRECTIONS),
                under_investigation=(Investigation("death"),) if is_in_doubt(row, NOTES) else (),
            ),
            age_years=age,
        )
        yield from links(row, "death", PREVIOUS)


def _died(row: Row) -> PartialDate:
    """The date as the register qualifies it.

    Words that are not in the list leave the date unknown; they are kept. That the person had died
    by the day of the entry is certain whatever they say. So it is where the entry was replaced: the
    date may be what was wrong, and the entry that holds now says which it is.
    """
    died = iso_date(row, DIED)
    words = " ".join(row[QUALIFIER].split())
    if died is None:
        return PartialDate(text=words or None)
    if row[NEXT] or row[NOTE] == RE_REGISTERED:
        return PartialDate(text=f"{words} {row[DIED]}, re-registered".lstrip())
    if not words:
        return died
    qualifier = QUALIFIERS.get(words.lower())
    if qualifier is None:
        return PartialDate(text=f"{words} {row[DIED]}")
    return replace(died, qualifier=qualifier)


def _age(row: Row) -> int | None:
    """The age at death in completed years, if it is given and means something."""
    if CLOCK.fullmatch(row[AGE]):
        return 0
    match = AGES.fullmatch(row[AGE])
    if match is None:
        return None
    count, unit = int(match[1]), match[2]
    if unit in WITHIN_A_YEAR:
        return 0 if count <= WITHIN_A_YEAR[unit] else None
    years = count // 12 if unit == "month" else count
    return years if years <= OLDEST_AGE else None


def _basis(row: Row) -> Basis:
    """The certificate of the coroner who held an inquest, else the entry.

    A registrar enters the coroner's findings as certified (Births and Deaths Registration Act 1953,
    section 23). An entry made late needs the Registrar General's authority (section 21).
    """
    if row["data.inquestDate"]:
        coroner = ", ".join(row[column] for column in CORONER if row[column])
        return Basis(BasisKind.CERTIFICATE, None, coroner or "Coroner")
    entry = deed(row, *OFFICE)
    if code(row, "data.status.onAuthorityOfRegistrarGeneral", FLAG):
        authority = ", ".join(filter(None, ("Registrar General", entry.authority)))
        return replace(entry, authority=authority)
    return entry
