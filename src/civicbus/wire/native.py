"""Blocks of Avro bodies as columns and back, in native code: the one module that knows pyruhvro.

pyruhvro is young and trusts its input more than we do: it lets invalid UTF-8 pass, wraps numbers
that are too large and ignores bytes behind a record. So what it decodes is validated by Arrow,
encoded again, and compared byte for byte; and what it encodes are columns that
`wire.event_columns` has checked.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyruhvro


def columns(bodies: list[bytes], schema_text: str) -> Any | None:
    """The record batch that the bodies spell canonically, one row each; `None` if one does not."""
    try:
        batch = pyruhvro.deserialize_array(bodies, schema_text)
        batch.validate(full=True)
        again = _written(batch, schema_text)
    except ValueError:
        return None
    except BaseException as error:
        if _is_panic(error):
            return None
        raise
    if again is None or not again.equals(pa.array(bodies, pa.binary())):
        return None
    return batch


def accepted(bodies: list[bytes], schema_text: str) -> Any | None:
    """The record batch of bodies that have passed the guard; `None` if it cannot be made.

    What the guard has checked is not checked again, which would take four times as long.
    """
    try:
        return pyruhvro.deserialize_array(bodies, schema_text)
    except ValueError:
        return None
    except BaseException as error:
        if _is_panic(error):
            return None
        raise


def bodies(batch: Any, schema_text: str) -> list[bytes] | None:
    """The bodies of the rows of a record batch; `None` if they cannot be written."""
    try:
        written = _written(batch, schema_text)
    except ValueError:
        return None
    except BaseException as error:
        if _is_panic(error):
            return None
        raise
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


def _is_panic(error: BaseException) -> bool:
    # A panic in Rust is no Exception, on purpose. Here it concerns nothing but the bytes at hand.
    return type(error).__name__ == "PanicException"
