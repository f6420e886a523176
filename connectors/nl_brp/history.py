"""Categories of a person list as stacks of rows, and what the register held on each day.

Rule 1: the first row of a stack is what the register holds now; each row under it is what it held
before. `NN.H` says what the next row holds: `NN` a new stack, `NN+50` an older row of the same one.
Rule 2: on a day the register held the uppermost of the rows that it had recorded by then (86.10).
The file's order alone would not do: an older row can be put right after a newer one was written.
From when a row counts (85.10) is no date of the fact: a partner's new number makes a newer row too.
Rule 3: a row without content says that the fact was removed. 84.10 `O` says that a row was wrong:
another one stands above it.

Source: Logisch Ontwerp GBA (LO3), categories 01 to 08.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from civicbus.connect.mapping import (
    Record,
    RefusedError,
    RefusedRow,
    Row,
    compact_date,
    refuse,
    whole_day,
)
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.events import Basis, Investigation
from civicbus.domain.vocabulary import BasisKind

UNKNOWN = (".", "")  # the register writes a full stop for a name or a code that it does not know
HISTORICAL = 50  # added to a category's number for its older rows
MARK = re.compile(r"([0-9]{2})([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of one category. `rank` counts the rows of its stack in the order of recording."""

    row: Row
    category: str
    rank: int = 0

    def __getitem__(self, element: str) -> str:
        return self.row[f"{self.category}.{element}"]

    def refuse(self, element: str, reason: str, remedy: str) -> RefusedError:
        """The error that refuses an element of this row."""
        return refuse(self.row, f"{self.category}.{element}", reason, remedy)

    def when(self, element: str) -> PartialDate | None:
        """A date of this row; `None` where the element is empty."""
        return compact_date(self.row, f"{self.category}.{element}")

    def recorded(self) -> date:
        """The day on which the row was recorded."""
        return whole_day(self.row, f"{self.category}.86.10", self.when("86.10"))

    def has(self, *elements: str) -> bool:
        """True if one of these elements says something."""
        return any(self[element] not in UNKNOWN for element in elements)

    def was_wrong(self) -> bool:
        """True if the register has marked the row as incorrect."""
        if self["84.10"] not in ("", "O"):
            raise self.refuse("84.10", "code", "not in the code list; known: '', 'O'")
        return self["84.10"] == "O"

    def basis(self) -> Basis | None:
        """The document: a Dutch deed (group 81), or another one in the register's words (82)."""
        if self.has("81.20"):
            return Basis(BasisKind.DEED, self["81.20"], self["81.10"] or None)
        return self.document()

    def document(self) -> Basis | None:
        """The document of group 82, for categories that rest on no deed."""
        if self.has("82.30"):
            return Basis(BasisKind.CERTIFICATE, self["82.30"], self["82.10"] or None)
        return None

    def marks(self, meanings: Mapping[str, str]) -> tuple[Investigation, ...]:
        """The element under investigation, if it is one that an event of ours carries.

        `meanings` gives, by group and element (`0000` for the whole category, `0800` for a group),
        the name of the element in the event.
        """
        if not self["83.10"]:
            return ()
        match = MARK.fullmatch(self["83.10"])
        own = int(self.category)
        if match is None or int(match[1]) not in (own, own + HISTORICAL):
            raise self.refuse("83.10", "code", "write category, group and element of this category")
        if match[2] not in meanings:
            return ()
        since = self.when("83.20") or UNKNOWN_DATE
        return (Investigation(meanings[match[2]], since, self.when("83.30")),)


@dataclass(frozen=True, slots=True)
class Stack:
    """The rows of one fact, the newest first. `number` counts the stacks from the oldest."""

    number: int
    entries: tuple[Entry, ...]

    def held(self) -> Iterator[tuple[date, tuple[Entry, ...]]]:
        """For each day on which a row was recorded, the rows that had been recorded by then."""
        for day in self.days():
            yield day, self.by(day)

    def days(self) -> list[date]:
        """The days on which a row was recorded."""
        return sorted({entry.recorded() for entry in self.entries})

    def by(self, day: date) -> tuple[Entry, ...]:
        """The rows that had been recorded by the end of a day."""
        return tuple(entry for entry in self.entries if entry.recorded() <= day)


def stacks(record: Record, category: str) -> list[Stack]:
    """The stacks of a category, the newest first; none if the list does not have the category.

    Raises:
        RefusedError: `marker`, if the rows are not what the `H` elements announce.
    """
    found = _walk(record, category)
    if not any(_says_something(entry) for entries in found for entry in entries):
        return []
    return [Stack(len(found) - place, _ranked(entries)) for place, entries in enumerate(found)]


def only_stack(record: Record, category: str) -> Stack | None:
    """The stack of a category of which a person list has one at most.

    Raises:
        RefusedError: as `stacks`, or `marker` if there are several.
    """
    found = stacks(record, category)
    if len(found) > 1:
        raise found[0].entries[-1].refuse("H", "marker", "this category has one stack only")
    return found[0] if found else None


def loose_ends(record: Record, categories: Iterable[str]) -> Iterator[RefusedRow]:
    """Older rows that are announced and missing: told, no more, for what holds now stands above."""
    for category in categories:
        last = Entry(record.rows[-1], category)
        if last["H"] == _older(category):
            yield last.refuse("H", "marker", "announces an older row that is missing").row()


def _walk(record: Record, category: str) -> list[list[Entry]]:
    found: list[list[Entry]] = []
    announced, announcing = category, Entry(record.rows[0], category)
    for row in record.rows:
        entry = Entry(row, category)
        if announced == "" and _says_something(entry):
            raise entry.refuse("H", "marker", "no row announces this one; correct the row above")
        if announced == category:
            found.append([entry])
        elif announced == _older(category):
            found[-1].append(entry)
        elif announced != "":
            remedy = f"announces neither {category} nor {_older(category)}; correct it"
            raise announcing.refuse("H", "code", remedy)
        announced, announcing = entry["H"], entry
    if announced not in ("", _older(category)):
        raise announcing.refuse("H", "marker", "announces a row that is missing; restore it")
    return found


def _older(category: str) -> str:
    return f"{int(category) + HISTORICAL:02d}"


def _says_something(entry: Entry) -> bool:
    prefix = f"{entry.category}."
    return any(
        cell not in UNKNOWN for column, cell in entry.row.cells.items() if column.startswith(prefix)
    )


def _ranked(entries: list[Entry]) -> tuple[Entry, ...]:
    """The entries with their rank; of two recorded on one day the lower one was there first."""
    places = range(len(entries))
    order = sorted(places, key=lambda place: (entries[place].recorded(), -place))
    ranks = {place: rank for rank, place in enumerate(order, start=1)}
    return tuple(
        Entry(entry.row, entry.category, ranks[place]) for place, entry in enumerate(entries)
    )
