"""The adoption register's journal: one row, one entry, one event about a child and its parents."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, known, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, refuse
from civicbus.domain.events import Annulment, Header, Parentage
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import ParentageEnd, ParentageKind
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role

SOURCE = "city-adoptions"
SCHEME = "cn-rid"
ENTRIES = Entries(SOURCE)


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """The child."""
    return identifier(record.rows[0], "child", SCHEME)


def adopted(row: Row) -> Outcome:
    """A child was adopted, by a couple or by one person."""
    return Parentage(_header(row), ParentageKind.ADOPTION)


def corrected(row: Row) -> Outcome:
    """The entry of an adoption with another date."""
    return Parentage(_header(row, Change.CORRECTED, ENTRIES.meant(row)), ParentageKind.ADOPTION)


def dissolved(row: Row) -> Outcome:
    """The adoption was dissolved."""
    header = _header(row, Change.ENDED, ENTRIES.meant(row))
    return Parentage(header, ParentageKind.ADOPTION, ParentageEnd.ADOPTION_DISSOLVED)


def annulled(row: Row) -> Outcome:
    """The adoption was void (Civil Code, article 1113): it never was."""
    header = _header(row, target=ENTRIES.meant(row))
    return Filed("kinship", Annulment(header, AnnulmentReason.COURT_RULING))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "ADOPTED": adopted,
    "CORRECTED": corrected,
    "DISSOLVED": dissolved,
    "ANNULLED": annulled,
}


def _header(row: Row, change: Change = Change.CREATED, target: str | None = None) -> Header:
    child = needed(row, Role.CHILD, "child", SCHEME)
    mother = known(row, Role.MOTHER, "mother", SCHEME)
    parents = mother + known(row, Role.FATHER, "father", SCHEME)
    if not parents:
        raise refuse(row, "mother", "id_format", "name the mother or the father")
    return ENTRIES.header(row, child, *parents, change=change, target=target)
