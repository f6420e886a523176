"""Changes of a register of deaths: an entry is made, corrected, or struck out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from civicbus.connect.mapping import (
    Outcome,
    Record,
    RefusedError,
    Row,
    code,
    identifier,
    iso_date,
    refuse,
)
from civicbus.connect.timestamps import timestamp
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import Annulment, Concerned, Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role

SOURCE = "death-lists"
SCHEME = "us-dc"


def events(record: Record) -> Iterator[Outcome]:
    """The event that a change is; nothing is withdrawn or corrected that could not be made."""
    (row,) = record.rows
    yield from code(row, "op", OPERATIONS)(row)


def subject(record: Record) -> Identifier | None:
    """Whom the entry is about."""
    (row,) = record.rows
    return identifier(row, "before.person" if row["op"] == "d" else "after.person", SCHEME)


def made(row: Row) -> Iterator[Outcome]:
    """A death was entered."""
    entry = event_id(SOURCE, "death", row["after.entry"])
    registered_at = timestamp(row, "after.registered_at")
    occurred = iso_date(row, "after.died_on") or UNKNOWN_DATE
    yield Death(Header(entry, SOURCE, (_person(row, "after"),), registered_at, occurred))


def corrected(row: Row) -> Iterator[Outcome]:
    """The entry of a death was corrected."""
    if not _was_made(row):
        yield from made(row)
        return
    entry = event_id(SOURCE, "death", row["after.entry"])
    header = Header(
        event_id(SOURCE, "correction", row["after.entry"], row["ts_ms"]),
        SOURCE,
        (_person(row, "after"),),
        _read_at(row),
        iso_date(row, "after.died_on") or UNKNOWN_DATE,
        change=Change.CORRECTED,
        target_event_id=entry,
    )
    yield Death(header)


def struck_out(row: Row) -> Iterator[Outcome]:
    """The entry of a death was struck out."""
    if not _was_made(row):
        return
    entry = event_id(SOURCE, "death", row["before.entry"])
    header = Header(
        event_id(SOURCE, "annulment", row["before.entry"], row["ts_ms"]),
        SOURCE,
        (_person(row, "before"),),
        _read_at(row),
        target_event_id=entry,
    )
    yield Annulment(header, AnnulmentReason.NEVER_HAPPENED)


OPERATIONS = {"r": made, "c": made, "u": corrected, "d": struck_out}


def _was_made(row: Row) -> bool:
    try:
        _person(row, "before")
        iso_date(row, "before.died_on")
    except RefusedError:
        return False
    return True


def _person(row: Row, side: str) -> Concerned:
    found = identifier(row, f"{side}.person", SCHEME)
    if found is None:
        raise refuse(row, f"{side}.person", "id_format", "the number is missing; complete it")
    return Concerned(Role.DECEASED, (found,))


def _read_at(row: Row) -> datetime:
    return datetime.fromtimestamp(int(row["ts_ms"]) / 1_000, tz=UTC)
