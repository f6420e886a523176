"""A village priest's book of families, to hold the proof of kinship against.

It shares nothing with `civicbus.domain`. The priest writes down who was born to whom, who took in
which child and gave it back, who owned up to a child and who turned out never to be its father. To
answer a question he reads the book from its first line to the day asked about, and keeps for each
child a slip with the parents' names. A slip has room for two; where one is blank, somebody whom he
does not know of may belong there, so he shakes his head at nobody but those who took the child in,
or owned up to it, after that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# Four generations, thirty years apart: whoever is a parent is of the one before.
GENERATIONS = (("anna", "alan", "ava"), ("bea", "bob", "bill"), ("cara", "carl"), ("dora", "dan"))
BORN = {name: 1900 + 30 * place for place, names in enumerate(GENERATIONS) for name in names}
ELDERS = {
    name: GENERATIONS[place - 1] if place else ()
    for place, names in enumerate(GENERATIONS)
    for name in names
}


@dataclass(frozen=True)
class Line:
    """What happened in a year to a child: `who` are the parents of whom it tells."""

    year: int
    kind: str  # birth, recognised, denied, adopted, given_back
    child: str
    who: tuple[str, ...] = ()


@dataclass
class Slip:
    """A child's slip: those who are parents now, and those who are known to be none."""

    born: bool = False
    parents: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)  # the parents whom an adoption displaced


@dataclass(frozen=True)
class Book:
    lines: tuple[Line, ...]

    def slip(self, child: str, year: int) -> Slip:
        """The child's slip at the end of a year."""
        slip = Slip()
        denied = {w for e in self.lines if e.kind == "denied" and e.child == child for w in e.who}
        for line in sorted(self.lines, key=lambda line: line.year):
            if line.child == child and line.year <= year:
                self._read(line, slip)
        slip.parents -= denied  # never were, whenever that was found
        slip.struck |= denied
        return slip

    def _read(self, line: Line, slip: Slip) -> None:
        match line.kind:
            case "birth":
                slip.born = True
                slip.parents |= set(line.who)
            case "recognised":
                slip.parents |= set(line.who)
            case "adopted":
                slip.before = slip.parents
                slip.struck |= slip.parents
                slip.parents = set(line.who)
            case "given_back":
                slip.struck = (slip.struck | slip.parents) - slip.before
                slip.parents = slip.before

    def parent(self, child: str, who: str, year: int) -> str:
        slip = self.slip(child, year)
        if who in slip.parents:
            return "yes"
        if not slip.born or len(slip.parents) > 1 or who in slip.struck | self._later(child, year):
            return "no"
        return "unknown"

    def _later(self, child: str, year: int) -> set[str]:
        """Those who took the child in or owned up to it later: nobody does so with their own."""
        kinds = ("recognised", "adopted")
        found = [line for line in self.lines if line.child == child and line.year > year]
        return {name for line in found if line.kind in kinds for name in line.who}

    def grandparent(self, child: str, who: str, year: int) -> str:
        return _one_of(
            [self.parent(parent, who, year) for parent in self.slip(child, year).parents],
            full=self._is_full(child, year),
        )

    def sibling(self, one: str, other: str, year: int) -> str:
        parents = self.slip(one, year).parents | self.slip(other, year).parents
        return _one_of(
            [
                _both(self.parent(one, parent, year), self.parent(other, parent, year))
                for parent in sorted(parents)
            ],
            full=self._is_full(one, year) or self._is_full(other, year),
        )

    def _is_full(self, child: str, year: int) -> bool:
        slip = self.slip(child, year)
        return not slip.born or len(slip.parents) > 1

    def relation(self, relation: str, person: str, relative: str, year: int) -> str:
        """Is the relative that of the person?"""
        match relation:
            case "parent":
                return self.parent(person, relative, year)
            case "child":
                return self.parent(relative, person, year)
            case "grandparent":
                return self.grandparent(person, relative, year)
            case "grandchild":
                return self.grandparent(relative, person, year)
            case _:
                return self.sibling(person, relative, year)


def _both(one: str, other: str) -> str:
    if "no" in (one, other):
        return "no"
    return "unknown" if "unknown" in (one, other) else "yes"


def _one_of(ways: list[str], *, full: bool) -> str:
    if "yes" in ways:
        return "yes"
    return "no" if full and "unknown" not in ways else "unknown"
