"""The judge: one record at a time, every rule in order, the first one broken names the reason.

This is the authority on what may enter the dossier store. Whatever is quicker (`guard_screen`) may
only accept what the judge would accept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from civicbus.domain.authority import may_state
from civicbus.domain.events import (
    CONTROL_TYPES,
    ControlRecord,
    Dismissal,
    Event,
    InvalidEventError,
    SourceWatermark,
)
from civicbus.domain.families import Family
from civicbus.domain.person_key import is_person_key
from civicbus.wire.avro_walk import Walker
from civicbus.wire.canonical import decode
from civicbus.wire.codec import FRAME, MAGIC
from civicbus.wire.guard_mistaken import OtherTypes
from civicbus.wire.judgement import Record
from civicbus.wire.records import from_plain, to_millis
from civicbus.wire.releases import Release
from civicbus.wire.schemas import Catalogue, LockedSchema
from civicbus.wire.topics import watermark_key

MAX_VALUE_BYTES = 65_536
MAX_HEADERS = 32
MAX_HEADER_BYTES = 16 * 1024
# Clocks of a department and of a broker differ; by more than this, one of them is wrong.
CLOCK_TOLERANCE_MILLIS = 5 * 60 * 1000


class Judge:
    """Understands who may publish what, where, and in which form."""

    def __init__(
        self, catalogue: Catalogue, publishers: Mapping[str, frozenset[str]], environment: str
    ) -> None:
        self._catalogue = catalogue
        self._publishers = publishers
        self._environment = environment
        self._walker = cache(Walker)
        self._other_types = OtherTypes(catalogue)

    def judge(
        self, family: Family, record: Record, release: Release | None = None
    ) -> Event | ControlRecord:
        """What a record of a family's topic says, if it may enter.

        `release` is what it releases, by an operator's signature.

        Raises:
            InvalidEventError: with the reason for which it may not, and the field.
        """
        value = check_size(record)
        schema = self._schema(value)
        if schema.record not in allowed(family):
            raise InvalidEventError("schema", "value", "a record type of another topic")
        said = self._read(schema, value[FRAME.size :])
        if isinstance(said, SourceWatermark):
            if record.key != watermark_key(said.source):
                raise InvalidEventError("key_mismatch", "key", "not the key of its source")
            self._check_origin(family, said.source, said.environment)
            self._check_time(to_millis(said.complete_through), record, "complete_through")
            return said
        if isinstance(said, Dismissal):
            if release is None or release.offset != said.refused_offset:
                raise InvalidEventError("authority", "value", "only an operator dismisses")
            self._check_environment(said.environment)
            return said
        header = said.header
        keys = [c.person_key.encode() for c in header.concerned if c.person_key is not None]
        if not all(map(is_person_key, keys)):
            raise InvalidEventError("text", "header.concerned.person_key", "not a person key")
        if record.key not in keys:
            raise InvalidEventError("key_mismatch", "key", "not the key of a person concerned")
        self._check_origin(family, header.source, header.environment)
        if not may_state(header.legal_state, self._publishers[header.source]):
            raise InvalidEventError("authority", "header.legal_state", "only a court declares")
        self._check_time(to_millis(header.registered_at), record, "header.registered_at")
        return said

    def _schema(self, value: bytes) -> LockedSchema:
        """The schema that the frame names."""
        if len(value) < FRAME.size:
            reason = "truncated" if value[0] == MAGIC else "bad_envelope"
            raise InvalidEventError(reason, "value", f"shorter than a frame of {FRAME.size} bytes")
        magic, schema_id = FRAME.unpack_from(value)
        schema = self._catalogue.versions.get(schema_id)
        if magic != MAGIC:
            reason = "bad_envelope" if schema is None else "framing"
            raise InvalidEventError(reason, "value", "does not begin with the frame's zero byte")
        if schema is None:
            raise InvalidEventError("framing", "value", "a schema id that is not in the catalogue")
        return schema

    def _read(self, schema: LockedSchema, body: bytes) -> Event | ControlRecord:
        """Decode strictly; where that fails, find the reason that helps most."""
        plain = decode(schema, body)
        try:
            if plain is not None:
                return from_plain(schema.record, plain)
            self._walker(schema.text).check(body)
        except InvalidEventError:
            if self._other_types.spell(schema, body):
                raise InvalidEventError("schema", "value", "the layout of another type") from None
            raise
        raise InvalidEventError("not_canonical", "value", "not the canonical encoding")

    def _check_origin(self, family: Family, source: str, environment: str) -> None:
        if family.name not in self._publishers.get(source, ()):
            raise InvalidEventError("authority", "source", "may not publish in this topic")
        self._check_environment(environment)

    def _check_environment(self, environment: str) -> None:
        if environment != self._environment:
            raise InvalidEventError("environment", "environment", "made for another deployment")

    def _check_time(self, millis: int, record: Record, where: str) -> None:
        if millis > record.timestamp + CLOCK_TOLERANCE_MILLIS:
            raise InvalidEventError("rule", where, "later than the bus received the record")


def check_size(record: Record) -> bytes:
    """The value of a record that is not too large to look at.

    Raises:
        InvalidEventError: with reason `size`, `tombstone_not_allowed` or `empty`.
    """
    if record.headers:
        check_headers(record.headers)
    value = record.value
    if value is None:
        raise InvalidEventError("tombstone_not_allowed", "value", "facts are never deleted")
    if not value:
        raise InvalidEventError("empty", "value", "no bytes")
    if len(value) > MAX_VALUE_BYTES:
        raise InvalidEventError("size", "value", f"more than {MAX_VALUE_BYTES} bytes")
    return value


def check_headers(headers: Sequence[tuple[str, bytes]]) -> None:
    if len(headers) > MAX_HEADERS:
        raise InvalidEventError("size", "headers", f"more than {MAX_HEADERS}")
    if sum(len(name) + len(value or b"") for name, value in headers) > MAX_HEADER_BYTES:
        raise InvalidEventError("size", "headers", f"more than {MAX_HEADER_BYTES} bytes")


@cache
def allowed(family: Family) -> frozenset[str]:
    """The names of the record types that may stand in a family's topic."""
    return frozenset(kind.__name__ for kind in (*family.record_types, *CONTROL_TYPES))
