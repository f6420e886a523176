"""What every entry has, of whatever register: a number, a status, the office that made it.

A number identifies within its register only. The service's own rule is that an entry is disclosed
if it is expressly not blocked; so here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from civicbus.connect.mapping import Row, code, iso_date, refuse, start_of_day, whole_day
from civicbus.domain.events import Basis, Concerned, Header, IdentityLink, event_id
from civicbus.domain.identifiers import Identifier, InvalidIdentifierError
from civicbus.domain.record_codes import LinkKind
from civicbus.domain.vocabulary import BasisKind, Cause, Change, Role

SOURCE = "uk-lev"
SCHEME = "uk-reg"

FLAG = {"true": True, "false": False}

# The entry that replaced this one. Version 0 of the service does not tell it.
NEXT = "data.nextRegistration.id"
NEXT_MADE = "data.nextRegistration.date"

# Corrections under section 29 of the Births and Deaths Registration Act 1953. Each has been made:
# the entry says what is right.
CORRECTIONS = {
    "None": Cause.GENUINE,
    "Typographical": Cause.CORRECTION,
    "Simple clerical": Cause.CORRECTION,
    "Complex clerical": Cause.CORRECTION,
    "Error of fact": Cause.CORRECTION,
    "Coroner's clerical": Cause.CORRECTION,
    "Coroner's error of fact": Cause.CORRECTION,
}


def number(row: Row, register: str, column: str = "data.id", party: str = "") -> Identifier:
    """The person known by an entry of a register; of a union, the `party` `/1` or `/2`.

    Raises:
        RefusedError: `id_format`, if it is no number of the service.
    """
    try:
        found = Identifier.of(SCHEME, f"{register}/{row[column]}{party}")
    except InvalidIdentifierError as error:
        raise refuse(row, column, "id_format", f"{error}; correct it in the register") from None
    if found.value != f"{register}/{row[column]}{party}":
        raise refuse(row, column, "id_format", "write the number with nothing around or inside it")
    return found


def subject_number(row: Row, register: str) -> Identifier:
    """The number of the one person whom an entry is about.

    Raises:
        RefusedError: `id_format`.
    """
    check_index(row)
    return number(row, register)


def revision(row: Row, register: str, previous: str) -> tuple[Change, str | None]:
    """What an entry does to the act that it records, and the event that it names in doing so.

    One that was made again restates the act of the entry which it replaced: there were not two
    births, and nobody dies twice.
    """
    if not row[previous]:
        return Change.CREATED, None
    return Change.CORRECTED, event_id(SOURCE, number(row, register, previous).value)


def links(row: Row, register: str, previous: str) -> Iterator[IdentityLink]:
    """That the numbers of entries which replaced one another are one person's.

    Both entries tell, and each is heard: the other one may be blocked, and say nothing of itself.
    """
    own = number(row, register)
    if row[previous]:
        yield _link(row, own, number(row, register, previous), registered(row), "previous")
    if row[NEXT]:
        made = iso_date(row, NEXT_MADE)
        since = registered(row) if made is None else start_of_day(whole_day(row, NEXT_MADE, made))
        yield _link(row, number(row, register, NEXT), own, since, "next")


def _link(
    row: Row, current: Identifier, former: Identifier, since: datetime, told_as: str
) -> IdentityLink:
    if current == former:
        raise refuse(row, "data.id", "id_format", "replaces itself; correct it in the register")
    header = Header(
        event_id=event_id(SOURCE, current.value, former.value, told_as),
        source=SOURCE,
        concerned=(Concerned(Role.PERSON, (current,)), Concerned(Role.FORMER, (former,))),
        registered_at=since,
    )
    return IdentityLink(header, LinkKind.NUMBER_REPLACED)


def check_index(row: Row) -> None:
    """Refuse an entry that the register's index has under another number.

    Raises:
        RefusedError: `id_format`.
    """
    if row["id"] != row["data.id"]:
        raise refuse(row, "id", "id_format", "differs from data.id; correct the register's index")


def check_disclosed(row: Row, blocked: str) -> None:
    """Refuse an entry that its register may not disclose.

    Raises:
        RefusedError: `blocked`, or `code` if the flag is missing.
    """
    if code(row, blocked, FLAG):
        raise refuse(
            row, blocked, "blocked", "may not be disclosed; ask the General Register Office"
        )


def registered(row: Row) -> datetime:
    """When the entry was made."""
    return start_of_day(whole_day(row, "data.date", iso_date(row, "data.date")))


def deed(row: Row, *office: str) -> Basis:
    """The entry itself as the document, and the office that made it."""
    authority = ", ".join(row[column] for column in office if row[column])
    return Basis(BasisKind.DEED, row["data.id"], authority or None)


def is_in_doubt(row: Row, notes: Mapping[str, bool]) -> bool:
    """True if the note in the margin may be about the event itself; the service has no wording."""
    return code(row, "data.status.marginalNote", notes)
