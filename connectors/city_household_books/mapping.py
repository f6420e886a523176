"""The household books' journal: who joins and leaves a household, and whose numbers are one.

A person's place in a book is an entry of its own: leaving ends it and changes nothing else. Who is
entered keeps the head that the book had at the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, known, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, refuse
from civicbus.domain.events import Annulment, Concerned, HouseholdRegistration, IdentityLink
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import HouseholdEnd, LinkKind
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role

SOURCE = "city-household-books"
SCHEME = "cn-rid"

ENDS = {
    "LEFT": HouseholdEnd.MOVED_OUT,
    "DECEASED": HouseholdEnd.DEATH,
    "SETTLED_ABROAD": HouseholdEnd.SETTLED_ABROAD,
    "DUPLICATE": HouseholdEnd.DUPLICATE,
}
LINKS = {
    "NUMBER_UPGRADED": LinkKind.NUMBER_UPGRADED,
    "NUMBER_CORRECTED": LinkKind.NUMBER_CORRECTED,
    "NUMBERS_MERGED": LinkKind.RECORDS_MERGED,
}
ENTRIES = Entries(SOURCE)


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """Whom the entry is about."""
    return identifier(record.rows[0], "person", SCHEME)


def joined(row: Row) -> Outcome:
    """The person was entered in a household's book."""
    return _entry(row, Change.CREATED)


def corrected(row: Row) -> Outcome:
    """The entry with other content."""
    return _entry(row, Change.CORRECTED)


def ended(row: Row) -> Outcome:
    """The person was struck off the book."""
    return _entry(row, Change.ENDED, code(row, "kind", ENDS))


def linked(row: Row) -> Outcome:
    """Two numbers are one person's."""
    return IdentityLink(ENTRIES.header(row, *_numbers(row)), code(row, "kind", LINKS))


def entry_annulled(row: Row) -> Outcome:
    """The entry in the book should never have been made."""
    header = ENTRIES.header(row, *_members(row), target=ENTRIES.meant(row))
    return Filed("household", Annulment(header, AnnulmentReason.FORMAL_CORRECTION))


def link_annulled(row: Row) -> Outcome:
    """The numbers are two people's after all."""
    header = ENTRIES.header(row, *_numbers(row), target=ENTRIES.meant(row))
    return Filed("identity", Annulment(header, AnnulmentReason.WRONG_PERSON))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "JOINED": joined,
    "ENTRY_CORRECTED": corrected,
    **dict.fromkeys(ENDS, ended),
    **dict.fromkeys(LINKS, linked),
    "ENTRY_ANNULLED": entry_annulled,
    "LINK_ANNULLED": link_annulled,
}


def _entry(row: Row, change: Change, reason: HouseholdEnd | None = None) -> HouseholdRegistration:
    if not row["household"]:
        raise refuse(row, "household", "number", "name the household's book")
    return HouseholdRegistration(
        ENTRIES.header(row, *_members(row), change=change),
        row["household"],
        row["place"] or None,
        row["address"] or None,
        row["relation"] or None,
        reason,
    )


def _members(row: Row) -> tuple[Concerned, ...]:
    head = known(row, Role.HEAD, "head", SCHEME)
    return (needed(row, Role.PERSON, "person", SCHEME), *head)


def _numbers(row: Row) -> tuple[Concerned, ...]:
    return (
        needed(row, Role.PERSON, "person", SCHEME),
        needed(row, Role.FORMER, "former", SCHEME),
    )
