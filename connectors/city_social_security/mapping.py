"""Claims for funeral benefit: a relative says that an insured person has died."""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.connect.entries import Entries, needed
from civicbus.connect.mapping import Outcome, Record, identifier
from civicbus.domain.events import Death
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, LegalState, Role

SOURCE = "city-social-security"
SCHEME = "cn-rid"
CLAIMS = Entries(
    SOURCE,
    "claim",
    registered_at="claimed_at",
    date="date_of_death",
    basis=BasisKind.DECLARATION,
    legal_state=LegalState.NOTIFIED,
)


def events(record: Record) -> Iterator[Outcome]:
    """The notice of a death that a claim is."""
    (row,) = record.rows
    insured = needed(row, Role.DECEASED, "person", SCHEME, "claim")
    yield Death(CLAIMS.header(row, insured))


def subject(record: Record) -> Identifier | None:
    """The insured person."""
    return identifier(record.rows[0], "person", SCHEME)
