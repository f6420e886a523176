"""A difference of a register as a mapping sees it: a change in Debezium's envelope."""

from __future__ import annotations

import json
from collections.abc import Sequence

from civicbus.connect.inputs.comparison import Read
from civicbus.connect.inputs.state import Difference
from civicbus.connect.rows import Record, Row, digest_of
from civicbus.registers.envelope import BEFORE, OPERATION, TIME, register_columns, side_of

Cells = Sequence[str | None]


class Envelope:
    """Understands how a difference looks to a mapping: the declared columns of a change.

    `columns` are the register's own: those of the key, then those that the mapping sees.
    """

    def __init__(self, declared: Sequence[str], key: Sequence[str]) -> None:
        self.columns = tuple(dict.fromkeys((*key, *register_columns(declared))))
        self._key_length = len(key)
        self._sides = {
            column: (side[0], self.columns.index(side[1]))
            for column in declared
            if (side := side_of(column)) is not None
        }
        self._declared = tuple(declared)

    def read(self, cells: Cells, line: int = 0) -> Read | None:
        """A row as it is compared; `None` if all of its key is empty.

        Keys are ordered as tuples of texts are, by their UTF-8.
        """
        key = [cell or "" for cell in cells[: self._key_length]]
        if not any(key):
            return None
        raw = "\0".join(key).encode("utf-8", "surrogatepass")
        return raw, line, json.dumps(cells, separators=(",", ":"))

    def record(self, difference: Difference, state: str, *, is_first: bool, ts_ms: int) -> Record:
        """A difference as a mapping sees it; `state` is the id of the state that it is of.

        What counts as the same row is the key, within one state. So what was refused of a row is
        over when the register has corrected the row or struck it out.
        """
        before: Cells | None = _cells(difference.before)
        after: Cells | None = _cells(difference.after)
        changed = "c" if before is None else "d" if after is None else "u"
        own = {OPERATION: "r" if is_first else changed, TIME: str(ts_ms)}
        cells: dict[str, str] = {}
        absent = []
        for column in self._declared:
            if column in own:
                cells[column] = own[column]
                continue
            side, place = self._sides[column]
            values = before if side == BEFORE else after
            value = None if values is None else values[place]
            cells[column] = value or ""
            if value is None:
                absent.append(column)
        line = difference.line or difference.place
        row = Row(line, cells, frozenset(absent))
        digest = digest_of(state.encode() + difference.key)
        return Record(str(difference.place), (row,), digest=digest)


def _cells(text: str | None) -> list[str | None] | None:
    found: list[str | None] | None = None if text is None else json.loads(text)
    return found
