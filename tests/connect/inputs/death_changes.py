"""Changes of a register of deaths, by whatever way they come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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

SCHEME = "us-dc"


@dataclass(frozen=True, slots=True)
class DeathChanges:
    """The mapping of a source whose register of deaths comes as changes.

    `told_at` is the column with the time of a change.
    """

    source: str
    told_at: str = "ts_ms"

    def events(self, record: Record) -> Iterator[Outcome]:
        """The event that a change is; nothing is withdrawn or corrected that could not be made."""
        (row,) = record.rows
        operations = {"r": self._made, "c": self._made, "u": self._corrected, "d": self._struck_out}
        yield from code(row, "op", operations)(row)

    def subject(self, record: Record) -> Identifier | None:
        """Whom the entry is about."""
        (row,) = record.rows
        return identifier(row, "before.person" if row["op"] == "d" else "after.person", SCHEME)

    def _made(self, row: Row) -> Iterator[Outcome]:
        """A death was entered."""
        entry = event_id(self.source, "death", row["after.entry"])
        registered_at = timestamp(row, "after.registered_at")
        occurred = iso_date(row, "after.died_on") or UNKNOWN_DATE
        yield Death(Header(entry, self.source, (_person(row, "after"),), registered_at, occurred))

    def _corrected(self, row: Row) -> Iterator[Outcome]:
        """The entry of a death was corrected."""
        if not _was_made(row):
            yield from self._made(row)
            return
        entry = event_id(self.source, "death", row["after.entry"])
        header = Header(
            event_id(self.source, "correction", row["after.entry"], row[self.told_at]),
            self.source,
            (_person(row, "after"),),
            self._read_at(row),
            iso_date(row, "after.died_on") or UNKNOWN_DATE,
            change=Change.CORRECTED,
            target_event_id=entry,
        )
        yield Death(header)

    def _struck_out(self, row: Row) -> Iterator[Outcome]:
        """The entry of a death was struck out."""
        if not _was_made(row):
            return
        entry = event_id(self.source, "death", row["before.entry"])
        header = Header(
            event_id(self.source, "annulment", row["before.entry"], row[self.told_at]),
            self.source,
            (_person(row, "before"),),
            self._read_at(row),
            target_event_id=entry,
        )
        yield Annulment(header, AnnulmentReason.NEVER_HAPPENED)

    def _read_at(self, row: Row) -> datetime:
        return datetime.fromtimestamp(int(row[self.told_at]) / 1_000, tz=UTC)


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
