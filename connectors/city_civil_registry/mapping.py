"""The household register's journal: one row, one entry, one event.

An entry is never changed. A later one corrects, annuls or ends the entry that it refers to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, known, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier
from civicbus.domain.events import Annulment, Birth, Concerned, Death, Header, Registration
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, Change, RegistrationEnd, Role, Sex

SOURCE = "city-civil-registry"
SCHEME = "cn-rid"
SEXES = {"男": Sex.MALE, "女": Sex.FEMALE, "": Sex.NOT_KNOWN}
ENTRIES = Entries(SOURCE)


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
    mother = known(row, Role.MOTHER, "mother", SCHEME)
    father = known(row, Role.FATHER, "father", SCHEME)
    header = _header(row, Role.CHILD, others=mother + father)
    return Birth(header, code(row, "sex", SEXES), row["place"] or None)


def death(row: Row) -> Outcome:
    """A death."""
    return Death(_header(row, Role.DECEASED), row["place"] or None)


def death_corrected(row: Row) -> Outcome:
    """The entry of a death with other content."""
    return Death(_header(row, Role.DECEASED, Change.CORRECTED), row["place"] or None)


def death_annulled(row: Row) -> Outcome:
    """The death entered was somebody else's."""
    header = _header(row, Role.DECEASED, target=ENTRIES.meant(row))
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
    others: tuple[Concerned, ...] = (),
    target: str | None = None,
) -> Header:
    person = needed(row, role, "person", SCHEME)
    return ENTRIES.header(row, person, *others, change=change, target=target)
