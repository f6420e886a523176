"""The rows of one category of a person list as its `H` elements chain them, for the oracles.

Written apart from the connector, from the description of the columns alone.
"""

from __future__ import annotations

from tests.connectors.register_of_persons import PersonList

Row = dict[str, str]


def stacks_of(of: PersonList, category: str) -> list[list[Row]]:
    """The stacks of a category: elements without the category's number, the newest row first.

    A row that no other announces is left out: nobody knows to which stack it belongs.
    """
    found: list[list[Row]] = []
    announced = category
    for row in of.rows:
        own = {name[3:]: cell for name, cell in row.items() if name.startswith(category + ".")}
        if announced == category:
            found.append([own])
        elif announced:
            found[-1].append(own)
        announced = own["H"]
    return [stack for stack in found if any(says(row) for row in stack)]


def says(row: Row) -> bool:
    """True if a row has a value of any kind."""
    return any(cell not in ("", ".") for name, cell in row.items() if name != "H")


def right(stack: list[Row]) -> list[Row]:
    """The rows that are not marked as wrong, but for the uppermost, which stands as it is."""
    return [row for place, row in enumerate(stack) if place == 0 or row["84.10"] != "O"]


def by_number(lists: list[PersonList]) -> dict[str, PersonList]:
    """The lists by the current citizen service number."""
    return {of.rows[0]["01.01.20"]: of for of in lists}


def born(of: PersonList) -> str:
    """The birth date as the register holds it now."""
    return of.rows[0]["01.03.10"]


def died(of: PersonList) -> str:
    """The date of death; empty if there is none."""
    return of.rows[0]["06.08.10"]


def is_whole(day: str) -> bool:
    """True of a date of which every part is known."""
    return len(day) == 8 and not day.endswith("00")
