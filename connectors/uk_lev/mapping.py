"""Life event verification: entries of the registers of England and Wales, one record an entry.

There is no person number. A person is known by the entry of the birth, of the death, or by the
place in an entry of a union; nothing joins these but a link that a register states. Read
`README.md` beside this file for what is mapped and what is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.connect.mapping import Outcome, Record, Row, attempt, refuse
from civicbus.domain.identifiers import Identifier

from .births import VERSION_0, VERSION_1, BirthLayout
from .deaths import DeathLayout
from .unions import MARRIAGE, PARTNERSHIP, UnionLayout

Layout = BirthLayout | DeathLayout | UnionLayout

# What an entry could have changed, were it not refused: it may also give the person another number.
LAYOUTS: dict[Layout, tuple[str, ...]] = {
    VERSION_0: ("birth", "identity"),
    VERSION_1: ("birth", "identity"),
    DeathLayout(): ("death", "identity"),
    MARRIAGE: ("union",),
    PARTNERSHIP: ("union",),
}


def events(record: Record) -> Iterator[Outcome]:
    """What an entry says."""
    (row,) = record.rows
    layout = _layout(row)
    yield from attempt(layout.events(row), record.line, LAYOUTS[layout])


def subject(record: Record) -> Identifier | None:
    """Whose entry it is."""
    (row,) = record.rows
    return _layout(row).subject(row)


def _layout(row: Row) -> Layout:
    """The layout of which the record has the column that no other has."""
    found = [layout for layout in LAYOUTS if layout.shown_by in row]
    if len(found) != 1:
        remedy = "has the date of no kind of entry, or of several; write one entry a record"
        raise refuse(row, "data", "code", remedy)
    return found[0]
