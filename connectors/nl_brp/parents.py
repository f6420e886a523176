"""Whom the register held for the parents (categories 02 and 03): spells, each of one parent.

Rule 1: newer rows about the same parent continue a spell; a row that names somebody else, or
nobody, closes it. A row that is marked as wrong was never a spell of its own: the row above it says
what should have stood there. Rule 2: since when somebody is the parent is told by 62.10, and how by
the deed (81.20), whose third sign is its kind. Where there is no Dutch deed, nobody knows how.
Rule 3: a parent whose row cannot be read is left out and told, for the child was born all the same.

Source: Logisch Ontwerp GBA (LO3), categories 02 and 03, and table 39 (kinds of deeds).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from civicbus.connect.mapping import Outcome, Record, RefusedError
from civicbus.domain.events import Concerned, Investigation
from civicbus.domain.record_codes import ParentageKind
from civicbus.domain.vocabulary import Role

from .history import Entry, Stack, only_stack
from .people import NAME, relative, same_person

CATEGORIES = ("02", "03")
NAMING = ("01.10", "01.20", "02.10", "02.40")
ROLES = {"M": Role.FATHER, "V": Role.MOTHER}
UNTOLD = ("", "00000000")

DEEDS = {
    "B": ParentageKind.RECOGNITION,  # at the notification of the birth
    "C": ParentageKind.RECOGNITION,  # after it
    "J": ParentageKind.RECOGNITION,  # before a notary
    "Q": ParentageKind.ADOPTION,
    "V": ParentageKind.COURT_DECLARATION,
}
ADOPTION = "Q"
NEVER_WAS = ("E", "N")  # a denial of parenthood, the annulment of a recognition

# Any doubt about who a parent is, or since when, is one about kinship and none about the birth.
_ELEMENTS = ("0000", "0100", "0110", "0120", "0200", "0210", "0230", "0240", "0300", "0310")
MARKS = dict.fromkeys((*_ELEMENTS, "0400", "0410", "6200", "6210"), "kinship")


@dataclass(frozen=True, slots=True)
class Spell:
    """One parent without a break: the rows that name them, the newest first.

    `places` are these rows and the wrong ones that they replaced, by category and rank. `closed_by`
    is the row that speaks of somebody else, or of nobody.
    """

    stack: Stack
    rows: tuple[Entry, ...]
    places: frozenset[tuple[str, int]]
    closed_by: Entry | None = None

    @property
    def row(self) -> Entry:
        """The newest word on the parent."""
        return self.rows[0]

    @property
    def start(self) -> str:
        """Since when they are the parent (62.10)."""
        return self.row["62.10"]

    @property
    def kind(self) -> ParentageKind:
        """How they became one, by the first deed of a kind that tells."""
        kinds = (DEEDS.get(deed_of(row)) for row in reversed(self.rows))
        return next((kind for kind in kinds if kind is not None), ParentageKind.UNSPECIFIED)

    @property
    def role(self) -> Role:
        """Mother or father, by the sex that the row states."""
        return ROLES.get(self.row["04.10"], Role.PARENT)

    def concerned(self, role: Role) -> Concerned:
        """The parent in a role."""
        return relative(self.row, self.stack.entries, role)

    def is_by_birth(self, born: str) -> bool:
        """True if they are the parent since the birth."""
        return self.start == born and born not in UNTOLD


def deed_of(row: Entry) -> str:
    """The kind of a row's Dutch deed; empty if there is none."""
    return row["81.20"][2:3]


@dataclass(frozen=True, slots=True)
class Parents:
    """The stacks of the parents that can be read, and what is wrong with the others."""

    stacks: tuple[Stack, ...]
    problems: tuple[Outcome, ...] = ()

    def days(self) -> set[date]:
        """The days on which something about a parent was recorded."""
        return {day for stack in self.stacks for day in stack.days()}

    def spells(self, day: date) -> list[Spell]:
        """Every spell that the register held on a day, that of an older one of a stack first."""
        return [spell for stack in self.stacks for spell in _spells(stack, stack.by(day))]

    def now(self, category: str, day: date) -> Spell | None:
        """Whom the register held for the first (02) or second parent (03) on a day."""
        held = [spell for spell in self.spells(day) if spell.row.category == category]
        return held[-1] if held and held[-1].closed_by is None else None

    def by_birth(self, day: date, born: str) -> tuple[Concerned, ...]:
        """The parents whose link dates from the birth, as held on a day."""
        spells = [spell for spell in self.spells(day) if spell.is_by_birth(born)]
        mothers = [spell for spell in spells if spell.role is Role.MOTHER]
        found = []
        for spell in spells:
            # Which of two women gave birth is not written.
            both_mothers = spell.role is Role.MOTHER and len(mothers) > 1
            found.append(spell.concerned(Role.PARENT if both_mothers else spell.role))
        return tuple(found)

    def marks(self, day: date, born: str) -> tuple[Investigation, ...]:
        """What is under investigation of the parents by birth."""
        spells = [spell for spell in self.spells(day) if spell.is_by_birth(born)]
        return tuple(dict.fromkeys(mark for s in spells for mark in s.row.marks(MARKS)))


def parents_of(record: Record) -> Parents:
    """The parents on a person list."""
    found: list[Stack] = []
    problems: list[Outcome] = []
    for category in CATEGORIES:
        try:
            stack = only_stack(record, category)
            if stack is not None:
                _check(stack)
                found.append(stack)
        except RefusedError as error:
            problems.append(error.row())
    return Parents(tuple(found), tuple(problems))


def _check(stack: Stack) -> None:
    for entry in stack.entries:
        relative(entry, stack.entries, Role.PARENT)
        entry.was_wrong()
        entry.recorded()
        entry.marks(MARKS)
        entry.when("62.10")
        entry.when("85.10")


def _spells(stack: Stack, held: tuple[Entry, ...]) -> Iterator[Spell]:
    """The spells of one stack, the older first."""
    rows: tuple[Entry, ...] = ()
    places: set[tuple[str, int]] = set()
    wrong: set[tuple[str, int]] = set()
    for place in reversed(range(len(held))):
        row = held[place]
        own = {(row.category, row.rank)}
        if place and row.was_wrong():
            wrong |= own
            continue
        named = row.has(*NAMING)
        if rows and not (named and _is_same_parent(row, rows[0])):
            yield Spell(stack, rows, frozenset(places), closed_by=row)
            rows, places = (), set()
        if named:
            rows, places = (row, *rows), places | own | wrong
        wrong = set()
    if rows:
        yield Spell(stack, rows, frozenset(places))


def _is_same_parent(one: Entry, other: Entry) -> bool:
    told = (*NAME, "03.10", "04.10")
    return same_person(one, other) or all(one[element] == other[element] for element in told)
