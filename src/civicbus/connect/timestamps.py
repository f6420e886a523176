"""Moments in cells: RFC 3339, with an offset, because a clock without one says nothing."""

from __future__ import annotations

import re
from datetime import datetime

from civicbus.connect.cells import refuse
from civicbus.connect.rows import Row

MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def timestamp(row: Row, column: str) -> datetime:
    """`YYYY-MM-DDThh:mm:ss+08:00`, with up to six decimals of a second.

    Raises:
        RefusedError: `date`, if the cell is empty, not of that form, or no such moment exists.
    """
    text = row[column]
    if not MOMENT.fullmatch(text):
        raise refuse(row, column, "date", "write YYYY-MM-DDThh:mm:ss with Z or an offset (+08:00)")
    if (found := moment(text)) is None:
        raise refuse(row, column, "date", "no such moment; correct it in the register")
    return found


def moment(text: str) -> datetime | None:
    """The moment that a text in that form tells; `None` if it tells none."""
    if not MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
