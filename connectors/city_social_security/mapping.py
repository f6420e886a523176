"""Claims for funeral benefit: a relative says that an insured person has died."""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.connect.mapping import Outcome, Record, Row, identifier, iso_date, number, refuse
from civicbus.connect.timestamps import timestamp
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import Basis, Concerned, Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, LegalState, Role

SOURCE = "city-social-security"
SCHEME = "cn-rid"


def events(record: Record) -> Iterator[Outcome]:
    """The notice of a death that a claim is."""
    (row,) = record.rows
    insured = subject(record)
    if insured is None:
        raise refuse(row, "person", "id_format", "the number is missing; complete the claim")
    yield Death(
        Header(
            event_id=event_id(SOURCE, "claim", row["claim"]),
            source=SOURCE,
            concerned=(Concerned(Role.DECEASED, (insured,)),),
            registered_at=timestamp(row, "claimed_at"),
            occurred=iso_date(row, "date_of_death") or UNKNOWN_DATE,
            legal_state=LegalState.NOTIFIED,
            basis=Basis(BasisKind.DECLARATION, row["claim"]),
            source_sequence=_number(row),
        )
    )


def subject(record: Record) -> Identifier | None:
    """The insured person."""
    return identifier(record.rows[0], "person", SCHEME)


def _number(row: Row) -> int:
    found = number(row, "claim", highest=999_999_999)
    if not found:
        raise refuse(row, "claim", "number", "number the claim from 1 on")
    return found
