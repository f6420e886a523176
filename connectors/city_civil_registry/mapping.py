"""The household register's journal: one row, one entry, one event.

An entry is never changed. A later one corrects, annuls or ends the entry that it refers to.
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
    Birth,
    Concerned,
    Death,
    Header,
    Registration,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    BasisKind,
    Change,
    RegistrationEnd,
    Role,
    Sex,
)

SOURCE = "city-civil-registry"
SCHEME = "cn-rid"
SEXES = {"男": Sex.MALE, "女": Sex.FEMALE, "": Sex.NOT_KNOWN}


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """Whom the entry is about."""
    return identifier(record.rows[0], "person", SCHEME)


def registered(row: Row) -> Outcome:
    """The person's record in the register was opened."""
    return Registration(_header(row, Role.PERSON))


def moved_out(row: Row) -> Outcome:
    """The person left the country; the register no longer keeps the record up to date."""
    header = _header(row, Role.PERSON, Change.ENDED)
    return Registration(header, RegistrationEnd.EMIGRATION)


def birth(row: Row) -> Outcome:
    """A birth with the parents as far as the register knows their numbers."""
    parents = [
        Concerned(role, (found,))
        for role, column in ((Role.MOTHER, "mother"), (Role.FATHER, "father"))
        if (found := identifier(row, column, SCHEME)) is not None
    ]
    header = _header(row, Role.CHILD, others=parents)
    return Birth(header, code(row, "sex", SEXES), row["place"] or None)


def death(row: Row) -> Outcome:
    """A death."""
    return Death(_header(row, Role.DECEASED), row["place"] or None)


def death_corrected(row: Row) -> Outcome:
    """The entry of a death with other content."""
    return Death(_header(row, Role.DECEASED, Change.CORRECTED), row["place"] or None)


def death_annulled(row: Row) -> Outcome:
    """The death entered was somebody else's."""
    header = _header(row, Role.DECEASED, target=_entry_meant(row))
    return Filed("death", Annulment(header, AnnulmentReason.WRONG_PERSON))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "REGISTERED": registered,
    "MOVED_OUT": moved_out,
    "BIRTH": birth,
    "DEATH": death,
    "DEATH_CORRECTED": death_corrected,
    "DEATH_ANNULLED": death_annulled,
}


def _header(
    row: Row,
    role: Role,
    change: Change = Change.CREATED,
    others: list[Concerned] | None = None,
    target: str | None = None,
) -> Header:
    person = identifier(row, "person", SCHEME)
    if person is None:
        raise refuse(row, "person", "id_format", "the number is missing; complete the entry")
    if change is not Change.CREATED:
        target = _entry_meant(row)
    return Header(
        event_id=_event_of(row["entry"]),
        source=SOURCE,
        concerned=(Concerned(role, (person,)), *(others or ())),
        registered_at=timestamp(row, "registered_at"),
        occurred=iso_date(row, "date") or UNKNOWN_DATE,
        change=change,
        target_event_id=target,
        basis=Basis(BasisKind.DEED, row["entry"]),
        source_sequence=_number(row),
    )


def _entry_meant(row: Row) -> str:
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
