"""Reading Avro bytes strictly: only what would be written again byte for byte is understood.

fastavro reads some spellings that it would never write: a choice of -1, a number longer than
needed, bytes behind the record.
"""

from __future__ import annotations

import io

import fastavro

from civicbus.wire.schemas import LockedSchema, Schema

Plain = dict[str, object]


def decode(schema: LockedSchema, body: bytes) -> Plain | None:
    """The record that a body spells canonically, else `None`."""
    plain, end = read(schema.parsed, body)
    return plain if end == len(body) else None


def read(schema: Schema, body: bytes) -> tuple[Plain | None, int]:
    """The record that a body begins with, if it spells one canonically, and where it ends."""
    source, again = io.BytesIO(body), io.BytesIO()
    try:
        plain = fastavro.schemaless_reader(source, schema, None, handle_unicode_errors="strict")
        fastavro.schemaless_writer(again, schema, plain)
    except (ValueError, EOFError, LookupError, ArithmeticError):
        return None, 0
    if again.getvalue() != body[: source.tell()]:
        return None, 0
    assert isinstance(plain, dict)
    return plain, source.tell()
