"""Hospitals' notices and certificates: something was reported, nothing is registered by it.

A newborn has no number yet, so the notice of a birth is about the mother's child. A notice that was
wrong is corrected or withdrawn by a later one that refers to it.
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
from civicbus.domain.events import Annulment, Basis, Birth, Concerned, Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, LegalState, Role

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
    return Birth(_header(row, _born(row)), place=row["hospital"] or None)


def birth_corrected(row: Row) -> Outcome:
    """The notice of a birth with another date or place."""
    return Birth(_header(row, _born(row), Change.CORRECTED), place=row["hospital"] or None)


def birth_withdrawn(row: Row) -> Outcome:
    """There was no such birth, or it was another woman's."""
    header = _header(row, _born(row), target=_meant(row))
    return Filed("birth", Annulment(header, AnnulmentReason.WRONG_PERSON))


def death(row: Row) -> Outcome:
    """A patient has died."""
    return Death(_header(row, _dead(row)), row["hospital"] or None)


def death_corrected(row: Row) -> Outcome:
    """The notice of a death with another date or place."""
    return Death(_header(row, _dead(row), Change.CORRECTED), row["hospital"] or None)


def death_withdrawn(row: Row) -> Outcome:
    """It was another patient who died."""
    header = _header(row, _dead(row), target=_meant(row))
    return Filed("death", Annulment(header, AnnulmentReason.WRONG_PERSON))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "BIRTH": birth,
    "BIRTH_CORRECTED": birth_corrected,
    "BIRTH_WITHDRAWN": birth_withdrawn,
    "DEATH": death,
    "DEATH_CORRECTED": death_corrected,
    "DEATH_WITHDRAWN": death_withdrawn,
}


def _born(row: Row) -> tuple[Concerned, ...]:
    child = Concerned(Role.CHILD, birth_date=iso_date(row, "date"))
    return child, Concerned(Role.MOTHER, _person(row))


def _dead(row: Row) -> tuple[Concerned, ...]:
    return (Concerned(Role.DECEASED, _person(row)),)


def _person(row: Row) -> tuple[Identifier]:
    found = identifier(row, "person", SCHEME)
    if found is None:
        raise refuse(row, "person", "id_format", "the number is missing; complete the notice")
    return (found,)


def _header(
    row: Row,
    concerned: tuple[Concerned, ...],
    change: Change = Change.CREATED,
    target: str | None = None,
) -> Header:
    kind = BasisKind.CERTIFICATE if row["certificate"] else BasisKind.DECLARATION
    if change is not Change.CREATED:
        target = _meant(row)
    return Header(
        event_id=_event_of(row["notice"]),
        source=SOURCE,
        concerned=concerned,
        registered_at=timestamp(row, "noticed_at"),
        occurred=iso_date(row, "date") or UNKNOWN_DATE,
        change=change,
        target_event_id=target,
        legal_state=LegalState.NOTIFIED,
        basis=Basis(kind, row["certificate"] or row["notice"], row["hospital"] or None),
        source_sequence=_number(row),
    )


def _meant(row: Row) -> str:
    if not row["refers_to"]:
        raise refuse(row, "refers_to", "number", "name the notice that this one changes")
    return _event_of(row["refers_to"])


def _event_of(notice: str) -> str:
    return event_id(SOURCE, "notice", notice)


def _number(row: Row) -> int:
    found = number(row, "notice", highest=999_999_999)
    if not found:
        raise refuse(row, "notice", "number", "number the notice from 1 on")
    return found
