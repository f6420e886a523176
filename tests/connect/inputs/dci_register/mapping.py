"""Births and deaths as a register of civil status notifies them, by the standard of the DCI."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from civicbus.connect.entries import needed
from civicbus.connect.mapping import Outcome, Record, Row, code, identifier, iso_date
from civicbus.connect.timestamps import timestamp
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.events import Birth, Concerned, Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role

SOURCE = "dci-register"
SCHEME = "cn-rid"
PERSON, PARENT = "dci.identifier.UIN", "dci.parent1_identifier.UIN"


def events(record: Record) -> Iterator[Outcome]:
    """The event that a notified record is."""
    (row,) = record.rows
    yield code(row, "dci.event_type", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """Whose record it is."""
    return identifier(record.rows[0], PERSON, SCHEME)


def birth(row: Row) -> Outcome:
    """A child was born."""
    parent = needed(row, Role.MOTHER, PARENT, SCHEME, "record")
    child = needed(row, Role.CHILD, PERSON, SCHEME, "record")
    return Birth(_header(row, "birth_date", child, parent))


def death(row: Row) -> Outcome:
    """Somebody died."""
    return Death(_header(row, "death_date", needed(row, Role.DECEASED, PERSON, SCHEME, "record")))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "spdci-common:RegistryEventType:LiveBirth": birth,
    "spdci-common:RegistryEventType:Death": death,
}


def _header(row: Row, when: str, *concerned: Concerned) -> Header:
    return Header(
        event_id=event_id(SOURCE, "reference", row["dci.reference_id"], row[PERSON]),
        source=SOURCE,
        concerned=concerned,
        registered_at=timestamp(row, "dci.timestamp"),
        occurred=_day(row, when) or UNKNOWN_DATE,
    )


def _day(row: Row, column: str) -> PartialDate | None:
    """The day of what the standard writes as a moment without a zone."""
    day = row[column].partition("T")[0]
    return iso_date(replace(row, cells={**row.cells, column: day}), column)
