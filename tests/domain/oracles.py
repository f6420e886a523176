"""A clerk's reading of what a source writes about deaths, to hold `resolve` and `alive` against.

It shares nothing with `civicbus.domain`. `Registry` replays a well-behaved registry the way a clerk
would keep cards: each step changes a card, and undoing a step puts the old card back. A hospital
may object to a card, or dispute it, and take that back. `oracle_of_the_letter` is another reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

EARLY, LATE = "early", "late"  # a day of death before the day asked about, and one after it
OTHER_DAY = {EARLY: LATE, LATE: EARLY}

REPORT, CORRECT, ANNUL, REINSTATE = "report", "correct", "annul", "reinstate"
DISPUTE, CLOSE = "dispute", "close"


@dataclass(frozen=True)
class Step:
    """What a source writes; its place in the sequence is its time. `names` is a place too."""

    kind: str
    source: str
    day: str = EARLY
    names: int | None = None


def outcome_of(days: set[str]) -> str:
    """What follows for a day between the two when these deaths stand, and no others."""
    if days == {EARLY, LATE}:
        return "disputed"
    return "no" if EARLY in days else "yes"


@dataclass(frozen=True)
class Card:
    """One death as a registry keeps it: the day if it stands, and the cards before this one.

    `latest` is the step that made the card; `entry` the one that opened it; `withdrawal` the
    annulment under which it does not stand.
    """

    entry: int
    latest: int
    day: str
    withdrawal: int | None = None
    before: Card | None = None


@dataclass(frozen=True)
class Complaint:
    """A dispute in the clerk's tray: about which card, and which of its steps; and its closing."""

    step: int
    card: int
    about: int
    closed: int | None = None


@dataclass(frozen=True)
class Registry:
    """All cards of one well-behaved registry, and a hospital that may object to them."""

    steps: tuple[Step, ...] = ()
    cards: tuple[Card, ...] = ()
    objections: frozenset[int] = frozenset()
    complaints: tuple[Complaint, ...] = ()

    def outcome(self) -> str:
        if self.objections or any(self._is_open(complaint) for complaint in self.complaints):
            return "disputed"
        return outcome_of({card.day for card in self.cards if card.withdrawal is None})

    def _is_open(self, complaint: Complaint) -> bool:
        """A complaint about a card that was withdrawn has been heard; one about that has not."""
        if complaint.closed is not None:
            return False
        withdrawn = self.cards[complaint.card].withdrawal is not None
        return not withdrawn or self.steps[complaint.about].kind == ANNUL

    def continuations(self) -> Iterator[Registry]:
        """The registry after each step that it, or the hospital, may sensibly take next."""
        for day in (EARLY, LATE):
            yield self._reported(day)
        for place in range(len(self.cards)):
            yield from self._continued(place, narrowly=False)
        yield from self._heard()

    def narrow_continuations(self) -> Iterator[Registry]:
        """The same for one card, in fewer words.

        Left out is what shorter sequences show to make no difference: a second card, whose state
        the first has no part in; a correction that leaves the day as it was; and by which of
        several names a step speaks of the same card.
        """
        if not self.cards:
            yield self._reported(EARLY)
            return
        yield from self._continued(0, narrowly=True)
        yield from self._heard()

    def shape(self) -> object:
        """What the clerk can tell of the past: where it is the same, so is everything to come."""
        complaints = sorted(
            (c.card, self.steps[c.about].kind == ANNUL, c.closed is not None)
            for c in self.complaints
        )
        return (*map(self._shape, self.cards), len(self.objections), *complaints)

    def _shape(self, card: Card | None) -> object:
        if card is None:
            return None
        latest = self.steps[card.latest].kind, card.latest == card.entry
        return card.day, card.withdrawal is not None, latest, self._shape(card.before)

    def _reported(self, day: str) -> Registry:
        now = len(self.steps)
        return self._with(Step(REPORT, "registry", day), cards=(*self.cards, Card(now, now, day)))

    def _continued(self, place: int, *, narrowly: bool) -> Iterator[Registry]:
        now, card = len(self.steps), self.cards[place]
        for step, after in self._on_card(card, now, narrowly=narrowly):
            cards = (*self.cards[:place], after, *self.cards[place + 1 :])
            yield self._with(step, cards=cards)
        if card.withdrawal is None:
            objection = Step(ANNUL, "hospital", names=card.entry)
            yield self._with(objection, objections=self.objections | {now})
        for about in [card.latest] if narrowly else sorted({card.entry, card.latest}):
            complaint = Complaint(now, place, about)
            told = Step(DISPUTE, "hospital", names=about)
            yield self._with(told, complaints=(*self.complaints, complaint))

    def _heard(self) -> Iterator[Registry]:
        """The hospital takes something back; the registry closes a dispute, or opens it again."""
        now = len(self.steps)
        for objection in sorted(self.objections):
            taken_back = Step(ANNUL, "hospital", names=objection)
            yield self._with(taken_back, objections=self.objections - {objection})
        for place, complaint in enumerate(self.complaints):
            others = (*self.complaints[:place], *self.complaints[place + 1 :])
            taken_back = Step(ANNUL, "hospital", names=complaint.step)
            yield self._with(taken_back, complaints=others)
            if complaint.closed is None:
                step, closed = Step(CLOSE, "registry", names=complaint.step), now
            else:
                step, closed = Step(ANNUL, "registry", names=complaint.closed), None
            yield self._with(step, complaints=(*others, replace(complaint, closed=closed)))

    def _on_card(self, card: Card, now: int, *, narrowly: bool) -> Iterator[tuple[Step, Card]]:
        days = [OTHER_DAY[card.day]] if narrowly else [EARLY, LATE]
        if card.withdrawal is None:
            withdrawn = replace(card, latest=now, withdrawal=now, before=card)
            yield Step(ANNUL, "registry", names=card.entry), withdrawn
            for day, names in product(days, sorted({card.entry, card.latest})):
                # The step that made the card may be the annulment of another one: then no name.
                is_last = names == max(card.entry, card.latest)
                if self.steps[names].kind != ANNUL and (is_last or not narrowly):
                    corrected = Card(card.entry, now, day, before=card)
                    yield Step(CORRECT, "registry", day, names), corrected
        else:
            named = [card.withdrawal] if narrowly else [card.entry, card.withdrawal]
            for day, names in product(days, named):
                reinstated = Card(card.entry, now, day, before=card)
                yield Step(REINSTATE, "registry", day, names), reinstated
        if card.before is not None:
            yield Step(ANNUL, "registry", names=card.latest), card.before

    def _with(self, step: Step, **after: object) -> Registry:
        return replace(self, steps=(*self.steps, step), **after)  # type: ignore[arg-type]


def registries(length: int) -> Iterator[Registry]:
    """Every registry after so many steps."""
    if length == 0:
        yield Registry()
        return
    for registry in registries(length - 1):
        yield from registry.continuations()


def distinct(registries: Iterable[Registry], spread: int) -> list[Registry]:
    """Of registries whose pasts the clerk cannot tell apart the first few."""
    found: dict[object, list[Registry]] = {}
    for registry in registries:
        alike = found.setdefault(registry.shape(), [])
        if len(alike) < spread:
            alike.append(registry)
    return [registry for alike in found.values() for registry in alike]
