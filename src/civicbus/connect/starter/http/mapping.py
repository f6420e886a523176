"""A register of licences: one CloudEvent, one entry, one event about the holder.

A column is a value by the names that lead to it: in the event's `data`, or under `ce` in its
attributes.

An entry that changes another one refers to it. A correction that finds another holder concerns the
one who was entered by mistake too: else the licence would stay in that person's dossier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, known, needed
from civicbus.connect.mapping import Outcome, Record, Row, code, identifier, iso_date
from civicbus.domain.events import Annulment, Header, Licence
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import LicenceEnd
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role

SOURCE = "starter-register"
SCHEME = "cn-rid"  # civicbus.domain.identifiers lists the schemes; any-id has no rule of its own
ISSUER = "Licensing office"
ENTRIES = Entries(SOURCE, refers_to="refersTo", registered_at="registeredAt")


def events(record: Record) -> Iterator[Outcome]:
    """The event that an entry is; what cannot be mapped is refused with its place and a remedy."""
    (row,) = record.rows
    yield code(row, "ce.type", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """Whose record it is, also where the rest of the row is of no use."""
    return identifier(record.rows[0], "holder.number", SCHEME)


def granted(row: Row) -> Outcome:
    """The licence was granted."""
    return _licence(row, Change.CREATED)


def corrected(row: Row) -> Outcome:
    """The entry that it refers to was wrong: the whole of it is stated anew."""
    return _licence(row, Change.CORRECTED, ENTRIES.meant(row))


def revoked(row: Row) -> Outcome:
    """The licence holds no longer."""
    return _licence(row, Change.ENDED, ENTRIES.meant(row), LicenceEnd.REVOKED)


def withdrawn(row: Row) -> Outcome:
    """The entry that it refers to should never have been made."""
    header = _header(row, Change.CREATED, ENTRIES.meant(row))
    return Annulment(header, AnnulmentReason.NEVER_HAPPENED)


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "licence.granted.v1": granted,
    "licence.corrected.v1": corrected,
    "licence.revoked.v1": revoked,
    "licence.withdrawn.v1": withdrawn,
}


def _licence(
    row: Row, change: Change, target: str | None = None, end: LicenceEnd | None = None
) -> Licence:
    return Licence(
        _header(row, change, target),
        licence_kind=row["licence.kind"],
        issuer=ISSUER,
        number=row["licence.number"],
        valid_until=iso_date(row, "licence.validUntil"),
        end_reason=end,
    )


def _header(row: Row, change: Change, target: str | None) -> Header:
    holder = needed(row, Role.HOLDER, "holder.number", SCHEME)
    wrong = known(row, Role.WRONGLY_NAMED, "holder.enteredByMistake", SCHEME)
    return ENTRIES.header(row, holder, *wrong, change=change, target=target)
