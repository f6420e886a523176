"""Blocks of Avro bodies as columns and back, in native code: the one module that knows pyruhvro.

pyruhvro is young and trusts its input more than we do: it lets invalid UTF-8 pass, wraps numbers
that are too large and ignores bytes behind a record. So what it decodes is validated by Arrow,
encoded again, and compared byte for byte; and what it encodes are columns that
`wire.event_columns` has checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyruhvro


def columns(bodies: list[bytes], schema_text: str) -> Any | None:
    """The record batch that the bodies spell canonically, one row each; `None` if one does not."""
    with _unable():
        batch = pyruhvro.deserialize_array(bodies, schema_text)
        batch.validate(full=True)
        again = _written(batch, schema_text)
        if again is not None and again.equals(pa.array(bodies, pa.binary())):
            return batch
    return None


def accepted(bodies: list[bytes], schema_text: str) -> Any | None:
    """The record batch of bodies that have passed the guard; `None` if it cannot be made.

    What the guard has checked is not checked again, which would take four times as long.
    """
    batch = None
    with _unable():
        batch = pyruhvro.deserialize_array(bodies, schema_text)
    return batch


def bodies(batch: Any, schema_text: str) -> list[bytes] | None:
    """The bodies of the rows of a record batch; `None` if they cannot be written."""
    with _unable():
        written = _written(batch, schema_text)
        if written is not None and len(written) == len(batch):
            found: list[bytes] = written.to_pylist()
            return found
    return None


def arrow_schema(schema_text: str) -> Any:
    """The columns that rows of a schema have."""
    return pyruhvro.avro_to_arrow_schema(schema_text)


def _written(batch: Any, schema_text: str) -> Any | None:
    chunks = pyruhvro.serialize_record_batch(batch, schema_text, 1)
    return chunks[0] if len(chunks) == 1 else None


@contextmanager
def _unable() -> Iterator[None]:
    """Go on behind the block where the bytes or columns at hand are too much for native code."""
    try:
        yield
    except ValueError:
        pass
    except BaseException as error:
        # A panic in Rust is no Exception, on purpose. Here it concerns nothing but what is at hand.
        if type(error).__name__ != "PanicException":
            raise
