"""The household books' journal: who joins and leaves a household, and whose numbers are one.

A person's place in a book is an entry of its own: leaving ends it and changes nothing else. Who is
entered keeps the head that the book had at the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.mapping import (
    Filed,
    Outcome,
    Record,
    Row,
    code,
    identifier,
    iso_date,
    number,
    refuse,
)
from civicbus.connect.timestamps import timestamp
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import (
    Annulment,
    Basis,
    Concerned,
    Header,
    HouseholdRegistration,
    IdentityLink,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import HouseholdEnd, LinkKind
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

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
    return IdentityLink(_header(row, _numbers(row), Change.CREATED), code(row, "kind", LINKS))


def entry_annulled(row: Row) -> Outcome:
    """The entry in the book should never have been made."""
    reason = AnnulmentReason.FORMAL_CORRECTION
    return Filed("household", Annulment(_header(row, _members(row), target=_meant(row)), reason))


def link_annulled(row: Row) -> Outcome:
    """The numbers are two people's after all."""
    reason = AnnulmentReason.WRONG_PERSON
    return Filed("identity", Annulment(_header(row, _numbers(row), target=_meant(row)), reason))


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
        _header(row, _members(row), change),
        row["household"],
        row["place"] or None,
        row["address"] or None,
        row["relation"] or None,
        reason,
    )


def _members(row: Row) -> tuple[Concerned, ...]:
    head = identifier(row, "head", SCHEME)
    person = Concerned(Role.PERSON, (_needed(row, "person"),))
    return (person,) if head is None else (person, Concerned(Role.HEAD, (head,)))


def _numbers(row: Row) -> tuple[Concerned, ...]:
    return (
        Concerned(Role.PERSON, (_needed(row, "person"),)),
        Concerned(Role.FORMER, (_needed(row, "former"),)),
    )


def _needed(row: Row, column: str) -> Identifier:
    found = identifier(row, column, SCHEME)
    if found is None:
        raise refuse(row, column, "id_format", "the number is missing; complete the entry")
    return found


def _header(
    row: Row,
    concerned: tuple[Concerned, ...],
    change: Change = Change.CREATED,
    target: str | None = None,
) -> Header:
    if change is not Change.CREATED:
        target = _meant(row)
    return Header(
        event_id=_event_of(row["entry"]),
        source=SOURCE,
        concerned=concerned,
        registered_at=timestamp(row, "registered_at"),
        occurred=iso_date(row, "date") or UNKNOWN_DATE,
        change=change,
        target_event_id=target,
        basis=Basis(BasisKind.DEED, row["entry"]),
        source_sequence=_number(row),
    )


def _meant(row: Row) -> str:
    if not row["refers_to"]:
        raise refuse(row, "refers_to", "number", "name the entry that this one changes")
    return _event_of(row["refers_to"])


def _event_of(entry: str) -> str:
    return event_id(SOURCE, "entry", entry)


def _number(row: Row) -> int:
    found = number(row, "entry", highest=999_999_999)
    if not found:
        raise refuse(row, "entry", "number", "number the entry from 1 on")
    return found
