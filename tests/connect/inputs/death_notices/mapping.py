"""Notices of deaths, one a row."""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.connect.mapping import Outcome, Record, identifier, iso_date, refuse
from civicbus.connect.timestamps import timestamp
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import Concerned, Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role

SOURCE = "death-notices"
SCHEME = "us-dc"


def events(record: Record) -> Iterator[Outcome]:
    """The death that a notice tells."""
    (row,) = record.rows
    person = identifier(row, "person", SCHEME)
    if person is None:
        raise refuse(row, "person", "id_format", "the number is missing; complete the notice")
    registered_at = timestamp(row, "registered_at")
    occurred = iso_date(row, "died_on") or UNKNOWN_DATE
    concerned = (Concerned(Role.DECEASED, (person,)),)
    yield Death(
        Header(event_id(SOURCE, "death", row["entry"]), SOURCE, concerned, registered_at, occurred)
    )


def subject(record: Record) -> Identifier | None:
    """Who died."""
    return identifier(record.rows[0], "person", SCHEME)
