"""Notices of deaths, one a row."""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.connect.entries import needed
from civicbus.connect.mapping import Outcome, Record, identifier, iso_date
from civicbus.connect.timestamps import timestamp
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role

SOURCE = "death-notices"
SCHEME = "us-dc"


def events(record: Record) -> Iterator[Outcome]:
    """The death that a notice tells."""
    (row,) = record.rows
    person = needed(row, Role.DECEASED, "person", SCHEME, "notice")
    registered_at = timestamp(row, "registered_at")
    occurred = iso_date(row, "died_on") or UNKNOWN_DATE
    entry = event_id(SOURCE, "death", row["entry"])
    yield Death(Header(entry, SOURCE, (person,), registered_at, occurred))


def subject(record: Record) -> Identifier | None:
    """Who died."""
    return identifier(record.rows[0], "person", SCHEME)
