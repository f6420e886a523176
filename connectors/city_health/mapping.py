"""Hospitals' notices and certificates: something was reported, nothing is registered by it.

A newborn has no number yet, so the notice of a birth is about the mother's child. A notice that was
wrong is corrected or withdrawn by a later one that refers to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, iso_date
from civicbus.domain.events import Annulment, Basis, Birth, Concerned, Death, Header
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, LegalState, Role

SOURCE = "city-health"
SCHEME = "cn-rid"
NOTICES = Entries(SOURCE, "notice", registered_at="noticed_at", legal_state=LegalState.NOTIFIED)


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
    header = _header(row, _born(row), target=NOTICES.meant(row))
    return Filed("birth", Annulment(header, AnnulmentReason.WRONG_PERSON))


def death(row: Row) -> Outcome:
    """A patient has died."""
    return Death(_header(row, _dead(row)), row["hospital"] or None)


def death_corrected(row: Row) -> Outcome:
    """The notice of a death with another date or place."""
    return Death(_header(row, _dead(row), Change.CORRECTED), row["hospital"] or None)


def death_withdrawn(row: Row) -> Outcome:
    """It was another patient who died."""
    header = _header(row, _dead(row), target=NOTICES.meant(row))
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
    return child, needed(row, Role.MOTHER, "person", SCHEME, "notice")


def _dead(row: Row) -> tuple[Concerned, ...]:
    return (needed(row, Role.DECEASED, "person", SCHEME, "notice"),)


def _header(
    row: Row,
    concerned: tuple[Concerned, ...],
    change: Change = Change.CREATED,
    target: str | None = None,
) -> Header:
    kind = BasisKind.CERTIFICATE if row["certificate"] else BasisKind.DECLARATION
    basis = Basis(kind, row["certificate"] or row["notice"], row["hospital"] or None)
    return NOTICES.header(row, *concerned, change=change, target=target, basis=basis)
