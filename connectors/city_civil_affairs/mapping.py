"""The marriage register's journal: one row, one entry, one event about two people.

A divorce refers to the entry of the marriage that it ends; one by a court is the court's to tell. A
marriage that was void is annulled. `wrong_partner` is who was entered as a partner by mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, known, needed
from civicbus.connect.mapping import Outcome, Record, Row, code, identifier
from civicbus.domain.events import Annulment, Header, Union
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role, UnionEnd, UnionKind

SOURCE = "city-civil-affairs"
SCHEME = "cn-rid"
ENTRIES = Entries(SOURCE)


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """The partner named first."""
    return identifier(record.rows[0], "partner_1", SCHEME)


def marriage(row: Row) -> Outcome:
    """Two people have married."""
    return Union(_header(row, Change.CREATED, None), UnionKind.MARRIAGE)


def corrected(row: Row) -> Outcome:
    """The entry of a marriage with the right partners, or another date."""
    return Union(_header(row, Change.CORRECTED, ENTRIES.meant(row)), UnionKind.MARRIAGE)


def divorce(row: Row) -> Outcome:
    """They have divorced."""
    header = _header(row, Change.ENDED, ENTRIES.meant(row))
    return Union(header, UnionKind.MARRIAGE, UnionEnd.DISSOLUTION)


def annulled(row: Row) -> Outcome:
    """The marriage was void (Civil Code, article 1051): it never was."""
    return Annulment(_header(row, Change.CREATED, ENTRIES.meant(row)), AnnulmentReason.COURT_RULING)


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "MARRIAGE": marriage,
    "MARRIAGE_CORRECTED": corrected,
    "DIVORCE": divorce,
    "ANNULLED": annulled,
}


def _header(row: Row, change: Change, target: str | None) -> Header:
    couple = [needed(row, Role.PARTNER, column, SCHEME) for column in ("partner_1", "partner_2")]
    wrong = known(row, Role.WRONGLY_NAMED, "wrong_partner", SCHEME)
    return ENTRIES.header(row, *couple, *wrong, change=change, target=target)
