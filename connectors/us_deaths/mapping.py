"""Death certificates: one row, one death.

A decedent has no person number here; the record's own number identifies. `registered_at` is the
day of certification: the file has no date of registration, and the certificate exists, and can be
known to anybody, from that day on.

A record whose number has changed hands, an age nobody has reached, a date that is none: the row is
refused, and the answer about its person becomes `unknown` instead of a guess.
"""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.connect.mapping import (
    Outcome,
    Record,
    Row,
    identifier,
    iso_date,
    number,
    refuse,
    start_of_day,
    whole_day,
)
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import Basis, Concerned, Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, Role

SOURCE = "us-deaths"

# The oldest age ever verified, in completed years: 122 (Gerontology Research Group).
OLDEST_AGE = 122


def events(record: Record) -> Iterator[Outcome]:
    """The death that a row records."""
    (row,) = record.rows
    deceased = _number(row)
    certified = whole_day(row, "Date Certified", iso_date(row, "Date Certified"))
    yield Death(
        Header(
            event_id=event_id(SOURCE, "death", deceased.value),
            source=SOURCE,
            concerned=(Concerned(Role.DECEASED, (deceased,)),),
            registered_at=start_of_day(certified),
            occurred=iso_date(row, "Date of Death") or UNKNOWN_DATE,
            basis=Basis(BasisKind.CERTIFICATE, deceased.value, row["Certifier Type"] or None),
        ),
        age_years=number(row, "Age", highest=OLDEST_AGE),
    )


def subject(record: Record) -> Identifier | None:
    """Whose certificate it is."""
    return _number(record.rows[0])


def _number(row: Row) -> Identifier:
    found = identifier(row, "Death Record Number", "us-dc")
    if found is None:
        remedy = "the record number is missing; complete it in the register"
        raise refuse(row, "Death Record Number", "id_format", remedy)
    return found
