"""The sample: a connector's own rows, what they come to, and where each event comes from.

All `sample*.*` files of a folder are one sample, in the order of their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from civicbus.connect.conformance.answers import Answers, answers
from civicbus.connect.connector import Connector
from civicbus.connect.mapped import Mapped, map_record, records_in
from civicbus.connect.mapping import Filed, Outcome, attempt
from civicbus.connect.packing import Packer
from civicbus.connect.rows import Record
from civicbus.connect.stamping import stamp
from civicbus.connect.trial import ENVIRONMENT, SECRET
from civicbus.domain.events import Event, Refusal
from civicbus.registers.systems import CsvInput
from civicbus.settings import Settings
from civicbus.wire.schemas import load_catalogue

FILES = "sample*.*"
MAX_RECORDS = 1_000  # a sample shows each kind of entry once or twice; it is no first load


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """A record, and the sample file in which it stands."""

    file: str
    record: Record


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """An event as it is published, its family, and the record that it comes from."""

    file: str
    line: int
    family: str
    event: Event


def sample_files(folder: Path) -> list[Path]:
    """The sample files of a folder, by name."""
    return sorted(path for path in folder.glob(FILES) if path.is_file())


class Sample:
    """Understands what a connector makes of its own sample rows.

    Raises:
        UnreadableFileError: on making, if nothing of one of the files can be read.
        SchemaError: when it is asked for bytes, if the schemas are not as they must be.
    """

    def __init__(self, connector: Connector, now: datetime) -> None:
        self.connector = connector
        self.now = now
        self.records = tuple(_records(connector))

    @cached_property
    def mapped(self) -> tuple[Mapped, ...]:
        """What each record comes to, in the order of `records`."""
        return self.mapped_again(self.records)

    def mapped_again(
        self, records: Iterable[SampleRecord], now: datetime | None = None
    ) -> tuple[Mapped, ...]:
        """What these records come to when they are mapped once more."""
        now = now or self.now
        return tuple(map_record(self.connector, one.record, now) for one in records)

    @cached_property
    def events(self) -> tuple[SampleEvent, ...]:
        """Every event, as it is published; what was refused apart."""
        return tuple(
            SampleEvent(one.file, mapped.line, filed.family, stamped(filed.event))
            for one, mapped in zip(self.records, self.mapped, strict=True)
            for filed in mapped.filed
            if not isinstance(filed.event, Refusal)
        )

    @cached_property
    def yielded(self) -> tuple[tuple[SampleRecord, Outcome], ...]:
        """What the mapping itself yields, before the runner refuses what may not be published."""
        families = self.connector.system.families
        return tuple(
            (one, outcome)
            for one in self.records
            if not one.record.refused
            for outcome in attempt(self._events(one.record), one.record.line, families)
        )

    def _events(self, record: Record) -> Iterator[Outcome]:
        """Calling the mapping may fail as well as going through what it yields."""
        yield from self.connector.events(record)

    @property
    def encoding(self) -> str:
        """That of the sample files; JSON is UTF-8."""
        rules = self.connector.system.input
        return rules.encoding if isinstance(rules, CsvInput) else "utf-8"

    @cached_property
    def answers(self) -> Answers:
        """What every proof answers from the sample, delivered once and in its own order."""
        return self.answers_from(self.mapped)

    def answers_from(self, mapped: Iterable[Mapped]) -> Answers:
        """What every proof answers, about the same persons, when this was delivered instead."""
        events = [stated.event for stated in self.events]
        return answers(self.connector, mapped, events, self.now)

    @cached_property
    def packer(self) -> Packer:
        """What packs the events as the source's publisher does, under keys of no deployment."""
        # Made as it is, since what is configured here and now has no part in whether one conforms.
        settings = Settings.model_construct(
            environment=ENVIRONMENT, secret=SecretStr(SECRET.decode())
        )
        return Packer(settings, self.connector.system, load_catalogue())

    def bytes_of(self, mapped: Mapped) -> tuple[tuple[str, bytes], ...]:
        """The family and the bytes of all that a record came to, in the order of the bytes."""
        return tuple(sorted((filed.family, self._encoded(filed)) for filed in mapped.filed))

    def _encoded(self, filed: Filed) -> bytes:
        event = stamped(filed.event)
        try:
            return self.packer.codec.encode(event)
        except ValueError:  # the check of the codec tells; here it need only be the same again
            return repr(event).encode()


def stamped(event: Event) -> Event:
    """The event as a trial stamps it."""
    return stamp(event, ENVIRONMENT, SECRET)


def in_another_order(records: Iterable[SampleRecord]) -> tuple[SampleRecord, ...]:
    """The records as they would stand in a file in this order: each has the line of its place."""
    found = []
    line = 2  # below a header
    for one in records:
        found.append(SampleRecord(one.file, _from_line(one.record, line)))
        line += max(1, len(one.record.rows))
    return tuple(found)


def _from_line(record: Record, line: int) -> Record:
    named_by_line = record.key == str(record.line)
    rows = tuple(replace(row, line=line + place) for place, row in enumerate(record.rows))
    refused = tuple(replace(row, line=line) for row in record.refused)
    return replace(
        record, key=str(line) if named_by_line else record.key, rows=rows, refused=refused
    )


def _records(connector: Connector) -> Iterator[SampleRecord]:
    for path in sample_files(connector.folder):
        with path.open("rb") as stream:
            for record in records_in(stream, path.name, connector.system.input):
                yield SampleRecord(path.name, record)
