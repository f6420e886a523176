"""Blocks of Avro bodies as columns and back, in native code: the one module that knows pyruhvro.

pyruhvro is young and trusts its input more than we do: it lets invalid UTF-8 pass, wraps numbers
that are too large and ignores bytes behind a record. So what it decodes is validated by Arrow,
encoded again, and compared byte for byte; and what it encodes are columns that
`wire.event_columns` has checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pyarrow as pa
import pyruhvro

Found = TypeVar("Found")


def columns(bodies: list[bytes], schema_text: str) -> Any | None:
    """The record batch that the bodies spell canonically, one row each; `None` if one does not."""

    def there_and_back() -> tuple[Any, Any]:
        batch = pyruhvro.deserialize_array(bodies, schema_text)
        batch.validate(full=True)
        return batch, _written(batch, schema_text)

    batch, again = _tried(there_and_back) or (None, None)
    is_canonical = again is not None and again.equals(pa.array(bodies, pa.binary()))
    return batch if is_canonical else None


def accepted(bodies: list[bytes], schema_text: str) -> Any | None:
    """The record batch of bodies that have passed the guard; `None` if it cannot be made.

    What the guard has checked is not checked again, which would take four times as long.
    """
    return _tried(lambda: pyruhvro.deserialize_array(bodies, schema_text))


def bodies(batch: Any, schema_text: str) -> list[bytes] | None:
    """The bodies of the rows of a record batch; `None` if they cannot be written."""
    written = _tried(lambda: _written(batch, schema_text))
    if written is None or len(written) != len(batch):
        return None
    found: list[bytes] = written.to_pylist()
    return found


def arrow_schema(schema_text: str) -> Any:
    """The columns that rows of a schema have."""
    return pyruhvro.avro_to_arrow_schema(schema_text)


def _written(batch: Any, schema_text: str) -> Any | None:
    chunks = pyruhvro.serialize_record_batch(batch, schema_text, 1)
    return chunks[0] if len(chunks) == 1 else None


def _tried(call: Callable[[], Found]) -> Found | None:
    """What native code gives; `None` where the bytes or columns at hand are too much for it."""
    try:
        return call()
    except ValueError:
        return None
    except BaseException as error:
        # A panic in Rust is no Exception, on purpose. Here it concerns nothing but what is at hand.
        if type(error).__name__ == "PanicException":
            return None
        raise
