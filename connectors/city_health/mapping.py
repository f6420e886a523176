"""Hospitals' notices: something was reported, nothing is registered by it.

A newborn has no number yet, so the notice of a birth is about the mother's child.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.mapping import (
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
from civicbus.domain.events import Basis, Birth, Concerned, Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, LegalState, Role

SOURCE = "city-health"
SCHEME = "cn-rid"


def events(record: Record) -> Iterator[Outcome]:
    """The event that a notice is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """Whom the notice is about: the mother, or the deceased."""
    return identifier(record.rows[0], "person", SCHEME)


def birth(row: Row) -> Outcome:
    """A woman has given birth."""
    child = Concerned(Role.CHILD, birth_date=iso_date(row, "date"))
    header = _header(row, child, Concerned(Role.MOTHER, _person(row)))
    return Birth(header, place=row["hospital"] or None)


def death(row: Row) -> Outcome:
    """A patient has died."""
    return Death(_header(row, Concerned(Role.DECEASED, _person(row))), row["hospital"] or None)


KINDS: dict[str, Callable[[Row], Outcome]] = {"BIRTH": birth, "DEATH": death}


def _person(row: Row) -> tuple[Identifier]:
    found = identifier(row, "person", SCHEME)
    if found is None:
        raise refuse(row, "person", "id_format", "the number is missing; complete the notice")
    return (found,)


def _header(row: Row, *concerned: Concerned) -> Header:
    return Header(
        event_id=event_id(SOURCE, "notice", row["notice"]),
        source=SOURCE,
        concerned=concerned,
        registered_at=timestamp(row, "noticed_at"),
        occurred=iso_date(row, "date") or UNKNOWN_DATE,
        legal_state=LegalState.NOTIFIED,
        basis=Basis(BasisKind.DECLARATION, row["notice"], row["hospital"] or None),
        source_sequence=_number(row),
    )


def _number(row: Row) -> int:
    found = number(row, "notice", highest=999_999_999)
    if not found:
        raise refuse(row, "notice", "number", "number the notice from 1 on")
    return found
