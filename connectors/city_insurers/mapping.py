"""The policy platform's journal: contracts of all insurers, and the papers that were issued.

A contract and its paper are two events, since they have two fates: a paper that is lost, or issued
again, changes nothing about the contract. A contract that lapsed and was taken up again is another
entry with the same number; a lapse that was a mistake is annulled, and so is a contract that was
entered for the wrong person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, known, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, iso_date
from civicbus.domain.events import (
    Annulment,
    Basis,
    Concerned,
    Document,
    Header,
    Policy,
    PolicyTransfer,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import DocumentEnd, DocumentKind, PolicyEnd
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Change, Role

SOURCE = "city-insurers"
SCHEME = "cn-rid"
PAPER = "paper"

ENDS = {
    "LAPSED": PolicyEnd.LAPSED,
    "SURRENDERED": PolicyEnd.SURRENDERED,
    "MATURED": PolicyEnd.MATURED,
    "CLAIMED": PolicyEnd.CLAIMED,
    "TERMINATED": PolicyEnd.TERMINATED,
}
ENTRIES = Entries(SOURCE)


def events(record: Record) -> Iterator[Outcome]:
    """The events that an entry is: a contract issued comes with its paper."""
    (row,) = record.rows
    yield from code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """The holder; in old entries by a number of 15 digits."""
    return identifier(record.rows[0], "holder", SCHEME)


def issued(row: Row) -> Iterator[Outcome]:
    """A contract began, and its paper was handed over."""
    yield _policy(row, Change.CREATED)
    yield _paper(row, Change.CREATED)


def revived(row: Row) -> Iterator[Outcome]:
    """A contract that had lapsed was taken up again, under the same number."""
    yield _policy(row, Change.CREATED)


def corrected(row: Row) -> Iterator[Outcome]:
    """The entry with another product or term."""
    yield _policy(row, Change.CORRECTED)


def ended(row: Row) -> Iterator[Outcome]:
    """The contract ended."""
    yield _policy(row, Change.ENDED, code(row, "kind", ENDS))


def transferred(row: Row) -> Iterator[Outcome]:
    """The contract went over to another insurer (Insurance Law, article 92)."""
    yield PolicyTransfer(
        _header(row), row["insurer"], row["policy"], row["to_insurer"], row["to_policy"] or None
    )


def paper_lost(row: Row) -> Iterator[Outcome]:
    """The holder says that the paper is lost."""
    yield _paper(row, Change.ENDED, DocumentEnd.LOST)


def annulled(row: Row) -> Iterator[Outcome]:
    """The entry that this one refers to was a mistake."""
    header = _header(row, target=ENTRIES.meant(row))
    yield Filed("insurance", Annulment(header, AnnulmentReason.FORMAL_CORRECTION))


KINDS: dict[str, Callable[[Row], Iterator[Outcome]]] = {
    "ISSUED": issued,
    "REVIVED": revived,
    "CORRECTED": corrected,
    **dict.fromkeys(ENDS, ended),
    "TRANSFERRED": transferred,
    "PAPER_LOST": paper_lost,
    "ANNULLED": annulled,
}


def _policy(row: Row, change: Change, reason: PolicyEnd | None = None) -> Policy:
    target = None if change is Change.CREATED else ENTRIES.meant(row)
    return Policy(
        _header(row, change, target),
        row["insurer"],
        row["policy"],
        row["product"] or None,
        iso_date(row, "valid_until"),
        reason,
    )


def _paper(row: Row, change: Change, reason: DocumentEnd | None = None) -> Document:
    target = None if change is Change.CREATED else ENTRIES.meant(row, PAPER)
    header = _header_of(row, (_holder(row),), change, target, PAPER)
    return Document(header, DocumentKind.POLICY, row["policy"], row["insurer"], reason)


def _holder(row: Row) -> Concerned:
    return needed(row, Role.HOLDER, "holder", SCHEME)


def _header(row: Row, change: Change = Change.CREATED, target: str | None = None) -> Header:
    holder = _holder(row)
    insured = known(row, Role.INSURED, "insured", SCHEME)
    beneficiary = known(row, Role.BENEFICIARY, "beneficiary", SCHEME)
    return _header_of(row, (holder, *insured, *beneficiary), change, target)


def _header_of(
    row: Row,
    concerned: tuple[Concerned, ...],
    change: Change,
    target: str | None,
    part: str | None = None,
) -> Header:
    basis = Basis(BasisKind.DEED, row["policy"] or None, row["insurer"] or None)
    return ENTRIES.header(row, *concerned, change=change, target=target, basis=basis, part=part)
