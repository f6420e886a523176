"""An invented register of deaths: each entry is the death of a person of its own."""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.connect.mapping import Outcome, Record, number
from civicbus.connect.timestamps import timestamp
from civicbus.domain.events import Concerned, Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role


def events(record: Record) -> Iterator[Outcome]:
    """The death that an entry is."""
    (row,) = record.rows
    yield Death(
        Header(
            event_id("registrar", "entry", row["entry"]),
            "registrar",
            (Concerned(Role.DECEASED, (Identifier("us-dc", row["entry"]),)),),
            timestamp(row, "registered_at"),
            source_sequence=number(row, "entry", highest=999_999_999) or 0,
        )
    )


def subject(record: Record) -> Identifier | None:
    """Who has died."""
    entry = record.rows[0]["entry"]
    return Identifier("us-dc", entry) if entry else None
