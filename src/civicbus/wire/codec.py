"""Events to bytes and back: Confluent framing around an Avro body.

Framing: `0x00`, the schema id in four bytes, big-endian, then the body. Publishers validate before
they write; readers here trust nothing, see `wire.guard`.
"""

from __future__ import annotations

import io
import struct

import fastavro
from fastavro.validation import ValidationError, validate

from civicbus.domain.events import Event, SourceWatermark
from civicbus.wire.records import from_plain, to_plain
from civicbus.wire.schemas import Catalogue, LockedSchema

MAGIC = 0
FRAME = struct.Struct(">BI")


class Codec:
    """Understands the wire form of events, with the schemas of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._prefixes: dict[str, tuple[bytes, LockedSchema]] = {}

    def encode(self, event: Event | SourceWatermark) -> bytes:
        """The framed bytes of an event, by the latest version of its schema.

        Raises:
            ValueError: naming the field that the schema does not allow.
        """
        record = type(event).__name__
        if record not in self._prefixes:
            schema = self.catalogue.latest(record)
            self._prefixes[record] = FRAME.pack(MAGIC, schema.id), schema
        prefix, schema = self._prefixes[record]
        plain = to_plain(event)
        # The writer alone would drop unknown fields and fill missing ones in silence. Errors are
        # asked for afterwards: to make them up for every branch not taken is what costs time.
        if not validate(plain, schema.parsed, raise_errors=False, strict=True):
            try:
                validate(plain, schema.parsed, strict=True)
            except ValidationError as error:
                raise ValueError(f"{record}: not allowed by its schema: {_fields(error)}") from None
        body = io.BytesIO()
        body.write(prefix)
        fastavro.schemaless_writer(body, schema.parsed, plain)
        return body.getvalue()

    def decode(self, framed: bytes) -> Event | SourceWatermark:
        """The event in framed bytes that have passed the guard.

        Raises:
            KeyError: if the schema id is not in the catalogue.
            InvalidEventError: if the bytes spell an event that may not exist.
        """
        _, schema_id = FRAME.unpack_from(framed)
        schema = self.catalogue.versions[schema_id]
        body = io.BytesIO(framed)
        body.seek(FRAME.size)
        plain = fastavro.schemaless_reader(
            body, schema.parsed, None, handle_unicode_errors="strict"
        )
        assert isinstance(plain, dict)
        return from_plain(schema.record, plain)


def _fields(error: ValidationError) -> str:
    """Where validation failed; never the values, which may be about a person."""
    return ", ".join(sorted({str(part.field) for part in error.errors})) or "unknown field"
