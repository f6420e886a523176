"""The market regulator's journal: businesses, their licences and permits.

A business that is entered gets its business licence with the entry and loses it with the end. The
licence of an individual business is its operator's too. Who represents a company is not told: the
bus has no event for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, known
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, iso_date, refuse
from civicbus.domain.events import (
    Annulment,
    Basis,
    Business,
    Concerned,
    Header,
    Licence,
    LicenceSuspension,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import BusinessEnd, LicenceEnd
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

SOURCE = "city-market-regulator"
ISSUER = "合成市市场监督管理局"
BUSINESS_LICENCE = "营业执照"
LICENCE = "licence"

ENDS = {
    "DEREGISTERED": (BusinessEnd.DEREGISTERED, LicenceEnd.SURRENDERED),
    "MERGED": (BusinessEnd.MERGED, LicenceEnd.SURRENDERED),
    "REVOKED": (BusinessEnd.REVOKED, LicenceEnd.REVOKED),
}
ENTRIES = Entries(SOURCE)


def events(record: Record) -> Iterator[Outcome]:
    """The events that an entry is: the business and its licence, or one of them."""
    (row,) = record.rows
    yield from code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """The business, by its credit code."""
    return identifier(record.rows[0], "business", "cn-uscc")


def registered(row: Row) -> Iterator[Outcome]:
    """A business was entered, and got its licence."""
    yield _business(row, Change.CREATED)
    yield _licence(row, Change.CREATED)


def corrected(row: Row) -> Iterator[Outcome]:
    """The entry of the business with another name or site."""
    yield _business(row, Change.CORRECTED)


def ended(row: Row) -> Iterator[Outcome]:
    """The business left the register, and its licence holds no more."""
    business, licence = code(row, "kind", ENDS)
    if business is BusinessEnd.MERGED and not row["successor"]:
        raise refuse(row, "successor", "id_format", "give the credit code of the successor")
    yield _business(row, Change.ENDED, business)
    yield _licence(row, Change.ENDED, licence)


def annulled(row: Row) -> Iterator[Outcome]:
    """The registration was obtained by fraud and is withdrawn, with its licence (article 40)."""
    reason = AnnulmentReason.FORMAL_CORRECTION
    for family, part in (("business", "entry"), ("licence", LICENCE)):
        target = ENTRIES.meant(row, part)
        holders = _holders(row) if part == LICENCE else (_concerned(row, Role.BUSINESS),)
        header = _header(row, holders, part=f"{part} annulled", target=target)
        yield Filed(family, Annulment(header, reason))


def permit(row: Row) -> Iterator[Outcome]:
    """A permit, such as one to trade in food, was issued."""
    yield _permit(row, Change.CREATED)


def permit_revoked(row: Row) -> Iterator[Outcome]:
    """The permit was revoked."""
    yield _permit(row, Change.ENDED, LicenceEnd.REVOKED)


def permit_suspended(row: Row) -> Iterator[Outcome]:
    """The permit gives no right for the time being."""
    yield _suspension(row, Change.CREATED)


def permit_resumed(row: Row) -> Iterator[Outcome]:
    """The permit gives its right again."""
    yield _suspension(row, Change.ENDED)


KINDS: dict[str, Callable[[Row], Iterator[Outcome]]] = {
    "REGISTERED": registered,
    "CORRECTED": corrected,
    **dict.fromkeys(ENDS, ended),
    "ANNULLED": annulled,
    "PERMIT": permit,
    "PERMIT_REVOKED": permit_revoked,
    "PERMIT_SUSPENDED": permit_suspended,
    "PERMIT_RESUMED": permit_resumed,
}


def _business(row: Row, change: Change, reason: BusinessEnd | None = None) -> Business:
    header = _header(row, (_concerned(row, Role.BUSINESS),), change)
    site, successor = row["site"] or None, row["successor"] or None
    return Business(header, row["name"], site, successor, reason)


def _licence(row: Row, change: Change, reason: LicenceEnd | None = None) -> Licence:
    header = _header(row, _holders(row), change, LICENCE)
    return Licence(header, BUSINESS_LICENCE, ISSUER, row["number"], end_reason=reason)


def _permit(row: Row, change: Change, reason: LicenceEnd | None = None) -> Licence:
    header = _header(row, _holders(row), change)
    until = iso_date(row, "valid_until")
    return Licence(header, row["permit"], ISSUER, row["number"], until, reason)


def _suspension(row: Row, change: Change) -> LicenceSuspension:
    header = _header(row, _holders(row), change)
    return LicenceSuspension(header, ISSUER, row["number"])


def _holders(row: Row) -> tuple[Concerned, ...]:
    operator = known(row, Role.HOLDER, "operator", "cn-rid")
    return (_concerned(row, Role.HOLDER), *operator)


def _concerned(row: Row, role: Role) -> Concerned:
    found = identifier(row, "business", "cn-uscc")
    if found is None:
        raise refuse(row, "business", "id_format", "the credit code is missing; complete the entry")
    return Concerned(role, (found,))


def _header(
    row: Row,
    concerned: tuple[Concerned, ...],
    change: Change = Change.CREATED,
    part: str | None = None,
    target: str | None = None,
) -> Header:
    basis = Basis(BasisKind.DEED, row["number"] or row["entry"], ISSUER)
    return ENTRIES.header(row, *concerned, change=change, target=target, basis=basis, part=part)
