"""The courts' judgments: one row, one judgment that has taken effect, one event.

A divorce names the entry of the marriage register that it ends, where the parties had one to show.
A judgment that was set aside on retrial is annulled: it never should have been made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from civicbus.connect.entries import Entries, needed
from civicbus.connect.mapping import Filed, Outcome, Record, Row, code, identifier, refuse
from civicbus.domain.events import (
    Annulment,
    CapacityRuling,
    Death,
    Guardianship,
    Header,
    MissingDeclaration,
    Union,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import Capacity, GuardianshipKind
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    BasisKind,
    Change,
    LegalState,
    Role,
    UnionEnd,
    UnionKind,
)

SOURCE = "city-courts"
MARRIAGE_REGISTER = "city-civil-affairs"
SCHEME = "cn-rid"
CAPACITIES = {"LIMITED": Capacity.LIMITED, "NONE": Capacity.NONE}

COUPLE = (Role.PARTNER, Role.PARTNER)
WARDSHIP = (Role.WARD, Role.GUARDIAN)
# What may be set aside: the topic of its event, and in which roles it concerns whom.
SET_ASIDE: dict[str, tuple[str, tuple[Role, ...]]] = {
    "DIVORCE": ("union", COUPLE),
    "MISSING": ("court", (Role.PERSON,)),
    "DECLARED_DEAD": ("death", (Role.DECEASED,)),
    "CAPACITY": ("court", (Role.PERSON,)),
    "GUARDIAN": ("kinship", WARDSHIP),
}
JUDGMENTS = Entries(
    SOURCE,
    "judgment",
    effective="effective",
    basis=BasisKind.JUDGMENT,
    legal_state=LegalState.DECLARED,
)


def events(record: Record) -> Iterator[Outcome]:
    """The event that a judgment is."""
    (row,) = record.rows
    yield code(row, "kind", KINDS)(row)


def subject(record: Record) -> Identifier | None:
    """Whom the judgment is about."""
    return identifier(record.rows[0], "person", SCHEME)


def divorce(row: Row) -> Outcome:
    """A marriage was dissolved, by a judgment or in mediation."""
    target = row["marriage_entry"]
    header = _header(
        row,
        COUPLE,
        Change.ENDED if target else Change.CREATED,
        event_id(MARRIAGE_REGISTER, "entry", target) if target else None,
    )
    return Union(header, UnionKind.MARRIAGE, UnionEnd.DISSOLUTION)


def marriage_void(row: Row) -> Outcome:
    """The marriage was void, or was annulled (Civil Code, articles 1051 to 1053): it never was."""
    if not row["marriage_entry"]:
        raise refuse(row, "marriage_entry", "number", "name the entry of the marriage register")
    meant = event_id(MARRIAGE_REGISTER, "entry", row["marriage_entry"])
    header = _header(row, COUPLE, target=meant)
    return Filed("union", Annulment(header, AnnulmentReason.COURT_RULING))


def missing(row: Row) -> Outcome:
    """The person was declared missing."""
    return MissingDeclaration(_header(row, (Role.PERSON,)))


def missing_lifted(row: Row) -> Outcome:
    """The declaration that the person is missing was revoked."""
    return MissingDeclaration(_header(row, (Role.PERSON,), Change.ENDED, JUDGMENTS.meant(row)))


def declared_dead(row: Row) -> Outcome:
    """The person was declared dead, with effect from a day."""
    return Death(_header(row, (Role.DECEASED,)))


def death_revoked(row: Row) -> Outcome:
    """The declaration of death was revoked: the person, or news of them, has come back."""
    return Death(_header(row, (Role.DECEASED,), Change.ENDED, JUDGMENTS.meant(row)))


def capacity(row: Row) -> Outcome:
    """An adult was found to have limited capacity, or none."""
    return CapacityRuling(_header(row, (Role.PERSON,)), code(row, "capacity", CAPACITIES))


def capacity_restored(row: Row) -> Outcome:
    """The ruling on the person's capacity was lifted."""
    header = _header(row, (Role.PERSON,), Change.ENDED, JUDGMENTS.meant(row))
    return CapacityRuling(header, code(row, "capacity", CAPACITIES))


def guardian(row: Row) -> Outcome:
    """Somebody was appointed as the person's guardian."""
    return Guardianship(_header(row, WARDSHIP), GuardianshipKind.GUARDIANSHIP)


def guardian_ended(row: Row) -> Outcome:
    """The guardianship ended, or the guardian was removed (Civil Code, article 36)."""
    header = _header(row, WARDSHIP, Change.ENDED, JUDGMENTS.meant(row))
    return Guardianship(header, GuardianshipKind.GUARDIANSHIP)


def set_aside(row: Row) -> Outcome:
    """An earlier judgment was set aside on retrial."""
    family, roles = code(row, "concerning", SET_ASIDE)
    header = _header(row, roles, target=JUDGMENTS.meant(row))
    return Filed(family, Annulment(header, AnnulmentReason.COURT_RULING))


KINDS: dict[str, Callable[[Row], Outcome]] = {
    "DIVORCE": divorce,
    "MARRIAGE_VOID": marriage_void,
    "MISSING": missing,
    "MISSING_LIFTED": missing_lifted,
    "DECLARED_DEAD": declared_dead,
    "DEATH_REVOKED": death_revoked,
    "CAPACITY": capacity,
    "CAPACITY_RESTORED": capacity_restored,
    "GUARDIAN": guardian,
    "GUARDIAN_ENDED": guardian_ended,
    "SET_ASIDE": set_aside,
}


def _header(
    row: Row,
    roles: tuple[Role, ...],
    change: Change = Change.CREATED,
    target: str | None = None,
) -> Header:
    columns = zip(roles, ("person", "other"), strict=False)
    concerned = [needed(row, role, column, SCHEME, "judgment") for role, column in columns]
    return JUDGMENTS.header(row, *concerned, change=change, target=target)
