"""Events to bytes and back: Confluent framing around an Avro body.

Framing: `0x00`, the schema id in four bytes, big-endian, then the body. Publishers validate before
they write; readers here trust nothing, see `wire.guard`.
"""

from __future__ import annotations

import io
import struct
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import fastavro
from fastavro.validation import ValidationError, validate

from civicbus.domain.events import ControlRecord, Event
from civicbus.wire import native
from civicbus.wire.accepted import from_accepted
from civicbus.wire.event_columns import EventColumns
from civicbus.wire.records import from_plain, to_plain
from civicbus.wire.schemas import Catalogue, LockedSchema

MAGIC = 0
FRAME = struct.Struct(">BI")
# Fewer events of one type than this are written sooner one by one (measured).
WORTH_COLUMNS = 12


class Codec:
    """Understands the wire form of events, with the schemas of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._writers: dict[str, _Writer] = {}

    def encode(self, event: Event | ControlRecord) -> bytes:
        """The framed bytes of an event, by the latest version of its schema.

        Raises:
            ValueError: naming the field that the schema does not allow.
        """
        return self._writer(type(event).__name__).one(to_plain(event))

    def encode_block(self, events: Sequence[Event]) -> list[bytes]:
        """The framed bytes of each of some events, those of a type all at once in native code.

        Raises:
            ValueError: as `encode`, for the first that is not allowed.
        """
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, event in enumerate(events):
            places[type(event).__name__].append(place)
        found = [b""] * len(events)
        for record, at in places.items():
            block = self._writer(record).block([events[place] for place in at])
            for place, framed in zip(at, block, strict=True):
                found[place] = framed
        return found

    def encode_plain(self, record: str, plains: Sequence[dict[str, Any]]) -> list[bytes]:
        """The framed bytes of each of some events of one type, given in their dict forms.

        Raises:
            ValueError: as `encode`, for the first that is not allowed.
        """
        return self._writer(record).block(plains)

    def decode(self, framed: bytes) -> Event | ControlRecord:
        """The event in framed bytes.

        Raises:
            KeyError: if the schema id is not in the catalogue.
            InvalidEventError: if the bytes spell an event that may not exist.
        """
        return from_plain(*self._plain(framed))

    def decode_accepted(self, framed: bytes) -> Event | ControlRecord:
        """The event in framed bytes that have passed the guard; its rules are not asked again.

        Raises:
            KeyError: if they cannot have done so.
        """
        return from_accepted(*self._plain(framed))

    def _plain(self, framed: bytes) -> tuple[str, dict[str, Any]]:
        """The record type and the dict form."""
        _, schema_id = FRAME.unpack_from(framed)
        schema = self.catalogue.versions[schema_id]
        body = io.BytesIO(framed)
        body.seek(FRAME.size)
        plain = fastavro.schemaless_reader(
            body, schema.parsed, None, handle_unicode_errors="strict"
        )
        assert isinstance(plain, dict)
        return schema.record, plain

    def _writer(self, record: str) -> _Writer:
        if record not in self._writers:
            self._writers[record] = _Writer(self.catalogue.latest(record))
        return self._writers[record]


@dataclass
class _Writer:
    """Understands how events of one schema version are written, one or many."""

    schema: LockedSchema

    def one(self, plain: dict[str, Any]) -> bytes:
        # The writer alone would take a number for a date, and unless it is strict drop unknown
        # fields and fill missing ones in silence. Errors are asked for afterwards: to make them up
        # for every branch not taken is what costs time.
        if not validate(plain, self.schema.parsed, raise_errors=False, strict=True):
            try:
                validate(plain, self.schema.parsed, strict=True)
            except ValidationError as error:
                told = f"{self.schema.record}: not allowed by its schema: {_fields(error)}"
                raise ValueError(told) from None
        body = io.BytesIO()
        body.write(self._prefix)
        fastavro.schemaless_writer(body, self.schema.parsed, plain, strict=True)
        return body.getvalue()

    def block(self, events: Sequence[Any]) -> list[bytes]:
        batch = self._columns.batch(events) if len(events) >= WORTH_COLUMNS else None
        bodies = None if batch is None else native.bodies(batch, self.schema.text)
        if bodies is None:
            return [self.one(to_plain(event)) for event in events]
        prefix = self._prefix
        return [prefix + body for body in bodies]

    @cached_property
    def _prefix(self) -> bytes:
        return FRAME.pack(MAGIC, self.schema.id)

    @cached_property
    def _columns(self) -> EventColumns:
        return EventColumns(self.schema)


def _fields(error: ValidationError) -> str:
    """Where validation failed; never the values, which may be about a person."""
    return ", ".join(sorted({str(part.field) for part in error.errors})) or "unknown field"
