"""What every entry has, of whatever register: a number, a status, the office that made it.

A number identifies within its register only. The service's own rule is that an entry is disclosed
if it is expressly not blocked; so here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from civicbus.connect.mapping import Row, code, iso_date, refuse, start_of_day, whole_day
from civicbus.domain.events import Basis
from civicbus.domain.identifiers import Identifier, InvalidIdentifierError
from civicbus.domain.vocabulary import BasisKind, Cause

SOURCE = "uk-lev"
SCHEME = "uk-reg"

FLAG = {"true": True, "false": False}

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


def numbers(row: Row, register: str, previous: str) -> tuple[Identifier, ...]:
    """The person's numbers: the entry's own, and that of the entry which it replaced, if any."""
    check_index(row)
    own = number(row, register)
    if not row[previous]:
        return (own,)
    return own, number(row, register, previous)


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
