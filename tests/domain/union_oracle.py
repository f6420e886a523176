"""A clerk's book of a few people's marriages, to hold the proofs about unions against.

It shares nothing with `civicbus.domain` and knows no intervals. The clerk writes down what happens,
strikes out what turns out never to have been, and to answer a question reads the book from its
first line to the day asked about, moving people from one card to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

PEOPLE = ("ada", "ben", "cleo")
PAIRS = (("ada", "ben"), ("ada", "cleo"), ("ben", "cleo"))

MARRY, DIVORCE, DIE, DECLARE, REVOKE, REFUSE = (
    "marry", "divorce", "die", "declare", "revoke", "refuse",
)  # fmt: skip
STRIKE, PREDATE, REPLACE = "strike", "predate", "replace"

STEP = 100  # days between what happens
PREDATED = 50  # days by which the date of a wedding is put right


@dataclass(frozen=True)
class Step:
    """What happens on a day; its place in the book is its time. `line` is the one it changes."""

    kind: str
    people: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True)
class Line:
    """What the book says: an act on a day, and the step that wrote it."""

    day: int
    kind: str
    people: tuple[str, ...]
    step: int
    about: int | None = None  # the step of the wedding divorced, of the revocation refused


@dataclass
class Cards:
    """How everybody stands after reading the book up to a day."""

    couples: set[tuple[str, str]] = field(default_factory=set)
    last: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PEOPLE, "never_married"))
    dead: dict[str, str] = field(default_factory=dict)  # with the status at death
    declared: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def of(self, person: str) -> list[tuple[str, str]]:
        return [couple for couple in sorted(self.couples) if person in couple]

    def living(self, person: str) -> bool:
        return person not in self.dead and person not in self.declared

    def status(self, person: str) -> str:
        """The status, `died: ` with the one at death, or `disputed`."""
        if person in self.dead:
            return f"died: {self.dead[person]}"
        if person in self.declared:
            return f"died: {self.declared[person]}"
        return self._among_the_living(person)

    def _among_the_living(self, person: str) -> str:
        couples = self.of(person)
        if any(len(self.of(partner)) > 1 for couple in couples for partner in couple):
            return "disputed"
        return "married" if couples else self.last[person]

    def united(self, one: str, other: str) -> str:
        """`yes`, `no`, or `disputed` if one of the two is married to somebody else as well."""
        couple = (min(one, other), max(one, other))
        if couple not in self.couples:
            return "no"
        return "disputed" if len(self.of(one)) > 1 or len(self.of(other)) > 1 else "yes"

    def read(self, line: Line, book: list[Line]) -> None:
        match line.kind:
            case "marry":
                self.couples.add((line.people[0], line.people[1]))
                for couples in self.waiting.values():  # whoever marries waits for nobody
                    couples[:] = [c for c in couples if not set(c) & set(line.people)]
            case "divorce":
                self.couples.discard((line.people[0], line.people[1]))
                self.last |= dict.fromkeys(line.people, "divorced")
            case "die":
                self._goes(line.people[0], self.dead, "widowed")
                for couples in self.waiting.values():
                    couples[:] = [c for c in couples if line.people[0] not in c]
            case "declare":
                self.waiting[line.people[0]] = self.of(line.people[0])
                self._goes(line.people[0], self.declared, "ended_by_presumption")
                if self.waiting[line.people[0]]:
                    self.last[line.people[0]] = "ended_by_presumption"
                if any(
                    x.kind == REVOKE and x.people == line.people for x in book if x.day > line.day
                ):
                    del self.declared[line.people[0]]  # it is known to have been wrong
            case "revoke":
                self.declared.pop(line.people[0], None)
                refused = any(other.about == line.step for other in book if other.kind == REFUSE)
                revived = self.waiting.pop(line.people[0], [])
                self.couples |= set() if refused else set(revived)

    def _goes(self, person: str, whither: dict[str, str], leaves: str) -> None:
        whither[person] = self._among_the_living(person)
        for couple in self.of(person):
            self.couples.discard(couple)
            self.last |= {partner: leaves for partner in couple if partner != person}


@dataclass(frozen=True)
class Book:
    """The book after some steps of well-behaved people and registers."""

    steps: tuple[Step, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def today(self) -> int:
        """The day on which the next step happens."""
        return len(self.steps) * STEP

    def cards(self, day: int) -> Cards:
        """How everybody stood at the end of a day, by what the book says now."""
        cards = Cards()
        book = sorted(self.lines, key=lambda line: line.day)
        for line in book:
            if line.day <= day:
                cards.read(line, book)
        return cards

    def after(self, steps: int) -> Book:
        """The book as it was after its first so many steps."""
        book = Book()
        for step in self.steps[:steps]:
            book = book.then(step)
        return book

    def then(self, step: Step) -> Book:
        now = len(self.steps)
        lines = list(self.lines)
        if step.kind not in (STRIKE, PREDATE, REPLACE):
            lines.append(Line(now * STEP, step.kind, step.people, now, step.line))
        elif step.kind == STRIKE:
            lines = [x for x in lines if step.line not in (x.step, x.about)]
        elif step.kind == PREDATE:
            lines = [replace(x, day=x.day - PREDATED) if x.step == step.line else x for x in lines]
        else:
            lines = [replace(x, people=step.people) if x.step == step.line else x for x in lines]
        return Book((*self.steps, step), tuple(lines))

    def continuations(self) -> Iterator[Step]:
        """What may happen next."""
        cards = self.cards(self.today)
        weddings = [line for line in self.lines if line.kind == MARRY]
        for pair in PAIRS:
            free = not any(cards.of(person) for person in pair)
            if free and all(cards.living(person) for person in pair):
                yield Step(MARRY, pair)
            if cards.united(*pair) == "yes":
                wedding = [line for line in weddings if line.people == pair][-1]
                yield Step(DIVORCE, pair, wedding.step)
        yield from self._of_lives(cards)
        yield from self._put_right(cards, weddings)

    def _of_lives(self, cards: Cards) -> Iterator[Step]:
        for person in PEOPLE:
            if not cards.living(person):
                if person in cards.declared:
                    yield Step(REVOKE, (person,))
                continue
            yield Step(DIE, (person,))
            waits = any(person in couple for of in cards.waiting.values() for couple in of)
            if not waits:
                yield Step(DECLARE, (person,))
        last = self.steps[-1] if self.steps else None
        if last is not None and last.kind == REVOKE:
            for couple in cards.of(last.people[0]):
                other = next(person for person in couple if person != last.people[0])
                yield Step(REFUSE, (other, last.people[0]), len(self.steps) - 1)

    def _put_right(self, cards: Cards, weddings: list[Line]) -> Iterator[Step]:
        """Strike out a wedding, a death or a divorce; put right the date, or the person."""
        for line in self.lines:
            again = any(w.people == line.people and w.day > line.day for w in weddings)
            if line.kind in (MARRY, DIE) or (line.kind == DIVORCE and not again):
                yield Step(STRIKE, line.people, line.step)
            moved = any(step.line == line.step for step in self.steps)
            if line.kind == MARRY and not moved:
                yield Step(PREDATE, line.people, line.step)
            if line.kind == MARRY and line.step == len(self.steps) - 1:
                (third,) = set(PEOPLE) - set(line.people)
                if cards.living(third) and not cards.of(third):
                    stays = line.people[line.step % 2]
                    yield Step(REPLACE, tuple(sorted((stays, third))), line.step)
