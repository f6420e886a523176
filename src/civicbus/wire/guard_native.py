"""Blocks of Avro bodies as columns and back, in native code: the one module that knows pyruhvro.

pyruhvro is young and trusts its input more than we do: it lets invalid UTF-8 pass, wraps numbers
that are too large and ignores bytes behind a record. So what it decodes is validated by Arrow,
encoded again, and compared byte for byte.
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
        again = pyruhvro.serialize_record_batch(batch, schema_text, 1)
    except ValueError:
        return None
    except BaseException as error:
        # A panic in Rust is no Exception, on purpose. Here it concerns nothing but these bytes.
        if type(error).__name__ == "PanicException":
            return None
        raise
    if len(again) != 1 or not again[0].equals(pa.array(bodies, pa.binary())):
        return None
    return batch
