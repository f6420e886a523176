"""What records come to: a connector run over a file, each event with its family and number.

Added is what a mapping cannot know: the running number in the record, where the register has
none (so a record that is unchanged gives the same bytes from whatever file), the family of an
annulment or a dispute within the record, and, for each person of whom something was refused, a
Refusal in every family that it could have changed. So an answer becomes `unknown: quarantined`
where it would else have been wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from civicbus.connect.connector import Connector
from civicbus.connect.json_records import read_json_records
from civicbus.connect.mapping import Filed, Outcome, attempt
from civicbus.connect.refusals import refusal_of
from civicbus.connect.rows import Record, RefusedRow, read_records
from civicbus.domain.authority import may_state
from civicbus.domain.events import (
    CLOCK_TOLERANCE,
    EVENT_TYPES,
    Event,
    Header,
    Refusal,
)
from civicbus.domain.identifiers import Identifier
from civicbus.registers.systems import Input, JsonInput


@dataclass(frozen=True, slots=True)
class Mapped:
    """All that one record came to; `subject` is whose record it is.

    `row` is the digest of the record as it stands in the file.
    """

    line: int
    subject: Identifier | None
    filed: tuple[Filed, ...]
    refused: tuple[RefusedRow, ...]
    row: str


def run(connector: Connector, stream: BinaryIO, name: str, now: datetime) -> Iterator[Mapped]:
    """Map a file; `name` stands for it in errors, nothing may have been recorded after `now`.

    Raises:
        UnreadableFileError: if nothing of the file can be read.
    """
    for record in records_in(stream, name, connector.system.input):
        yield map_record(connector, record, now)


def map_record(connector: Connector, record: Record, now: datetime) -> Mapped:
    """Map one record; see `run`."""
    mapped = _Mapper(connector, record, now).mapped()
    numbered = tuple(_numbered(filed, place) for place, filed in enumerate(mapped.filed, 1))
    return replace(mapped, filed=numbered)


def records_in(stream: BinaryIO, name: str, rules: Input) -> Iterator[Record]:
    """The records of a file, in order; see `run`."""
    if isinstance(rules, JsonInput):
        return read_json_records(stream, name, rules)
    return read_records(stream, name, rules)


def _numbered(filed: Filed, place: int) -> Filed:
    # A refusal stands for all that was refused about a person, wherever that was.
    if filed.event.header.source_sequence or isinstance(filed.event, Refusal):
        return filed
    header: Header = replace(filed.event.header, source_sequence=place)
    return Filed(filed.family, replace(filed.event, header=header))


class _Mapper:
    """Understands what one record comes to."""

    def __init__(self, connector: Connector, record: Record, now: datetime) -> None:
        self._connector = connector
        self._record = record
        self._latest = now + CLOCK_TOLERANCE
        self._families_of: dict[str, str] = {}
        self._filed: list[Filed] = []
        self._refused: list[RefusedRow] = []

    def mapped(self) -> Mapped:
        """Map the record."""
        subject = self._subject()
        for outcome in self._outcomes():
            if isinstance(outcome, RefusedRow):
                self._refuse(outcome, subject)
                continue
            event = outcome.event if isinstance(outcome, Filed) else outcome
            family = outcome.family if isinstance(outcome, Filed) else self._family(outcome)
            if (problem := self._problem(event, family)) is not None:
                self._refuse(self._refusal(event, family, problem), subject)
            else:
                self._file(event, family)
        marks = {
            (family, row.person, row.reason): None
            for row in self._refused
            if row.person is not None
            for family in row.families
        }
        for family, person, reason in marks:
            assert person is not None
            source = self._connector.system.source
            refusal = refusal_of(source, family, person, reason, self._record.digest)
            self._filed.append(Filed(family, refusal))
        filed, refused = tuple(self._filed), tuple(self._refused)
        return Mapped(self._record.line, subject, filed, refused, self._record.digest)

    def _outcomes(self) -> Iterator[Outcome]:
        families = self._connector.system.families
        if self._record.refused:
            return (replace(row, families=families) for row in self._record.refused)
        return attempt(self._yielded(), self._record.line, families)

    def _yielded(self) -> Iterator[Outcome]:
        """What the mapping yields; calling it may fail as well as going through it."""
        for outcome in self._connector.events(self._record):
            if not isinstance(outcome, (*EVENT_TYPES, Filed, RefusedRow)):
                raise TypeError("a mapping yields events and refused rows only")
            yield outcome

    def _subject(self) -> Identifier | None:
        try:
            return self._connector.subject(self._record) if self._record.rows else None
        except Exception:  # noqa: BLE001 - whoever cannot be named cannot be marked
            return None

    def _refuse(self, row: RefusedRow, subject: Identifier | None) -> None:
        self._refused.append(row if row.person else replace(row, person=subject))

    def _problem(self, event: Event, family: str | None) -> str | None:
        """Why the mapping may not yield this event."""
        header = event.header
        system = self._connector.system
        if header.source != system.source:
            return f"the mapping names another source than {system.source}"
        if family is None:
            return "what it is about is not of this record, so its family must be named"
        if event.family and family != event.family:
            return f"it belongs in the family {event.family}"
        if family not in system.families:
            return f"the system does not publish the family {family}"
        if not may_state(header.legal_state, system.families):
            return "only a system that publishes the family court may declare"
        if not any(concerned.identifiers for concerned in header.concerned):
            return "nobody concerned has an identifier"
        if header.registered_at > self._latest:
            return "it would have been recorded in the future"
        return None

    def _refusal(self, event: Event, family: str | None, problem: str) -> RefusedRow:
        families = self._connector.system.families
        return RefusedRow(
            self._record.line,
            type(event).__name__,
            "rule",
            f"{problem}; correct the mapping or the register",
            (family,) if family in families else families,
        )

    def _file(self, event: Event, family: str | None) -> None:
        assert family is not None
        self._families_of[event.header.event_id] = family
        self._filed.append(Filed(family, event))

    def _family(self, event: Event) -> str | None:
        if event.family:
            return event.family
        families = self._connector.system.families
        only = families[0] if len(families) == 1 else None
        return self._families_of.get(event.header.target_event_id or "", only)
