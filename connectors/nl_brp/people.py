"""Who a person list is about, and the relatives that it names.

A person's current citizen service number (BSN) decides their key; the A-number stands beside it, or
in its place where there is none. A relative is named by what the stack knows of them, else by name
and birth date; nobody is ever matched by these.
"""

from __future__ import annotations

from collections.abc import Iterable

from civicbus.connect.mapping import Record, RefusedError, Row, identifier
from civicbus.domain.events import Concerned
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role

from .history import UNKNOWN, Entry

CHILD = "09"
NAME = ("02.10", "02.30", "02.40")  # given names, prefix, family name


def person_of(record: Record) -> tuple[Identifier, ...]:
    """The numbers of the person whose list it is, the one that decides the key first.

    Raises:
        RefusedError: `id_format`, if a number is wrong or there is none.
    """
    row = record.rows[0]
    found = _numbers(row, "01")
    if not found:
        raise RefusedError(
            row.line, "01.01.20", "id_format", "neither BSN nor A-number; complete the list"
        )
    return found


def subject_of(record: Record) -> Identifier | None:
    """The person whose list it is, by the first number that is right."""
    row = record.rows[0]
    for column, scheme in (("01.01.20", "nl-bsn"), ("01.01.10", "nl-anr")):
        try:
            found = identifier(row, column, scheme)
        except RefusedError:
            continue
        if found is not None:
            return found
    return None


def relative(entry: Entry, stack: Iterable[Entry], role: Role) -> Concerned:
    """The relative whom a row names, by the best number that the stack has for the same person.

    A stack can name several people: an adoption replaces the parent. So a number is taken from
    another row only if that one agrees in A-number or, where one has none, in birth date and sex.
    """
    same = [entry, *(other for other in stack if same_person(entry, other))]
    for column, scheme in (("01.20", "nl-bsn"), ("01.10", "nl-anr")):
        if any(other[column] for other in same):
            identifiers: tuple[Identifier, ...] = (_first(same, column, scheme),)
            if scheme == "nl-bsn" and any(other["01.10"] for other in same):
                identifiers += (_first(same, "01.10", "nl-anr"),)
            return Concerned(role, identifiers)
    name = " ".join(entry[element] for element in NAME if entry[element] not in UNKNOWN)
    return Concerned(role, (), name=name or None, birth_date=entry.when("03.10"))


def same_person(one: Entry, other: Entry) -> bool:
    """True if two rows of a stack agree in A-number or, where one has none, in birth date and sex.

    The rows of a child (09) have no sex; there the given names have to agree.
    """
    if one["01.10"] and other["01.10"]:
        return one["01.10"] == other["01.10"]
    further = "02.10" if one.category == CHILD else "04.10"
    born = one["03.10"]
    complete = len(born) == 8 and not born.endswith("00")
    return complete and all(one[element] == other[element] for element in ("03.10", further))


def _first(entries: Iterable[Entry], element: str, scheme: str) -> Identifier:
    entry = next(entry for entry in entries if entry[element])
    found = identifier(entry.row, f"{entry.category}.{element}", scheme)
    assert found is not None
    return found


def _numbers(row: Row, category: str) -> tuple[Identifier, ...]:
    found = (
        identifier(row, f"{category}.01.20", "nl-bsn"),
        identifier(row, f"{category}.01.10", "nl-anr"),
    )
    return tuple(number for number in found if number is not None)
