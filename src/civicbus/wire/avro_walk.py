"""A strict walk along Avro bytes, to say what is wrong with them and in which field.

Decoders accept more than one spelling of the same value, and their errors do not say where they
stood. This walk allows the one canonical spelling and stops at the first flaw. It is bounded: one
pass over the bytes, recursion no deeper than the schema, no memory by a length that the bytes
declare. It is slow, and meant for bytes that have already failed.

Source: Apache Avro 1.12 specification, "Binary encoding".
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from civicbus.domain.events import MAX_CONCERNED, MAX_LISTED, InvalidEventError
from civicbus.wire.records import to_millis
from civicbus.wire.schemas import Schema, named_types

MAX_TEXT_BYTES = 1024 * 1024
MAX_ITEMS = max(MAX_CONCERNED, MAX_LISTED)
LONGEST_VARINT = 10  # bytes of 64 bits, seven to a byte
INT_RANGE = range(-(2**31), 2**31)
FIXED_BYTES = {"null": 0, "float": 4, "double": 8}
DAY = 86_400_000
FIRST_MILLI = to_millis(datetime.min.replace(tzinfo=UTC))
LAST_MILLI = to_millis(datetime.max.replace(tzinfo=UTC))
# What a calendar of the years 1 to 9999 has, by logical type and in its unit.
CALENDAR = {
    "date": range(FIRST_MILLI // DAY, LAST_MILLI // DAY + 1),
    "timestamp-millis": range(FIRST_MILLI, LAST_MILLI + 1),
    "timestamp-micros": range(FIRST_MILLI * 1000, (LAST_MILLI + 1) * 1000),
}


class Walker:
    """Understands the canonical encoding of one schema's records."""

    def __init__(self, text: str) -> None:
        self._schema: Schema = json.loads(text)
        self._named = named_types(self._schema)

    def check(self, body: bytes) -> None:
        """Return if the bytes are the canonical encoding of one record.

        Raises:
            InvalidEventError: with the first flaw's reason and field.
        """
        walk = _Walk(body, self._named)
        walk.value(self._schema, "")
        if walk.at != len(body):
            raise InvalidEventError("not_canonical", "value", "bytes after the end of the record")


class _Walk:
    """One walk; `at` is the place of the next byte."""

    def __init__(self, body: bytes, named: dict[str, Schema]) -> None:
        self.at = 0
        self._body = body
        self._named = named

    def value(self, schema: Any, where: str) -> None:
        """Walk over one value of a type."""
        if isinstance(schema, list):
            branch = self._index(len(schema), "union", where)
            self.value(schema[branch], where)
            return
        if isinstance(schema, str):
            schema = self._named.get(schema, {"type": schema})
        kind = schema["type"]
        if kind == "record":
            for field in schema["fields"]:
                self.value(field["type"], f"{where}.{field['name']}".lstrip("."))
        elif kind == "enum":
            self._index(len(schema["symbols"]), "enum", where)
        elif kind in ("array", "map"):
            self._items(schema, where)
        elif kind in ("int", "long"):
            self._number(schema, where)
        elif kind == "string":
            self._text(where)
        elif kind == "boolean":
            self._boolean(where)
        else:
            self._skip(FIXED_BYTES[kind], where)

    def _varint(self, where: str) -> int:
        """A zig-zag number in its shortest form, of 64 bits at most."""
        bits = 0
        for size in range(LONGEST_VARINT):
            if self.at == len(self._body):
                raise InvalidEventError("truncated", where, "the bytes end within a number")
            byte = self._body[self.at]
            self.at += 1
            bits |= (byte & 0x7F) << (7 * size)
            if byte < 0x80:
                if (size > 0 and byte == 0) or bits >= 2**64:
                    break
                return (bits >> 1) ^ -(bits & 1)
        raise InvalidEventError("varint", where, "a number is longer than it may be")

    def _boolean(self, where: str) -> None:
        self._skip(1, where)
        if self._body[self.at - 1] > 1:
            raise InvalidEventError("range", where, "neither true nor false")

    def _index(self, count: int, reason: str, where: str) -> int:
        index = self._varint(where)
        if not 0 <= index < count:
            raise InvalidEventError(reason, where, "a choice that the schema does not have")
        return index

    def _number(self, schema: Schema, where: str) -> None:
        number = self._varint(where)
        if schema["type"] == "int" and number not in INT_RANGE:
            raise InvalidEventError("range", where, "more than 32 bits")
        calendar = CALENDAR.get(schema.get("logicalType", ""))
        if calendar is not None and number not in calendar:
            raise InvalidEventError("range", where, "a time that no calendar has")

    def _text(self, where: str) -> None:
        length = self._varint(where)
        if not 0 <= length <= MAX_TEXT_BYTES:
            raise InvalidEventError("length", where, "a text of an impossible length")
        start = self.at
        self._skip(length, where)
        try:
            self._body[start : self.at].decode()
        except UnicodeDecodeError:
            raise InvalidEventError("text", where, "not UTF-8") from None

    def _items(self, schema: Schema, where: str) -> None:
        count = self._varint(where)
        if not 0 <= count <= MAX_ITEMS:
            raise InvalidEventError("collection", where, "an impossible number of items")
        if count == 0:
            return
        for _ in range(count):
            if schema["type"] == "map":
                self._text(where)
                self.value(schema["values"], where)
            else:
                self.value(schema["items"], where)
        more = self._varint(where)
        if not 0 <= more <= MAX_ITEMS:
            raise InvalidEventError("collection", where, "an impossible number of items")
        if more != 0:
            raise InvalidEventError("not_canonical", where, "items in more than one block")

    def _skip(self, length: int, where: str) -> None:
        if length > len(self._body) - self.at:
            raise InvalidEventError("truncated", where, "the bytes end before the value does")
        self.at += length
