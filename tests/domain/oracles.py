"""Two independent readings of what sources write about deaths, to hold `resolve` against.

Neither shares anything with `civicbus.domain`. `Registry` replays a well-behaved source the way a
clerk would keep a card: each step changes the card, and undoing a step puts the old card back.
`verdict` reads any sequence of steps, sensible or not, straight from the sentences of the rules,
asking again at every turn and remembering nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

EARLY, LATE = "early", "late"  # a day of death before the day asked about, and one after it

REPORT, CORRECT, ANNUL, REINSTATE = "report", "correct", "annul", "reinstate"


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


# --- A clerk's card ---------------------------------------------------------------------------


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
class Registry:
    """All cards of one well-behaved registry, and a hospital that may object to them."""

    steps: tuple[Step, ...] = ()
    cards: tuple[Card, ...] = ()
    objections: frozenset[int] = frozenset()

    def outcome(self) -> str:
        if self.objections:
            return "disputed"
        return outcome_of({card.day for card in self.cards if card.withdrawal is None})

    def continuations(self) -> Iterator[Registry]:
        """The registry after each step that it, or the hospital, may sensibly take next."""
        now = len(self.steps)
        for day in (EARLY, LATE):
            step = Step(REPORT, "registry", day)
            yield self._with(step, [*self.cards, Card(now, now, day)])
        for place, card in enumerate(self.cards):
            for step, after in self._on_card(card, now):
                cards = list(self.cards)
                cards[place] = after
                yield self._with(step, cards)
            if card.withdrawal is None:
                objection = Step(ANNUL, "hospital", names=card.entry)
                yield replace(
                    self._with(objection, list(self.cards)), objections=self.objections | {now}
                )
        for objection_made in self.objections:
            taken_back = Step(ANNUL, "hospital", names=objection_made)
            yield replace(
                self._with(taken_back, list(self.cards)),
                objections=self.objections - {objection_made},
            )

    def _on_card(self, card: Card, now: int) -> Iterator[tuple[Step, Card]]:
        if card.withdrawal is None:
            withdrawn = replace(card, latest=now, withdrawal=now, before=card)
            yield Step(ANNUL, "registry", names=card.entry), withdrawn
            for day, names in product((EARLY, LATE), {card.entry, card.latest}):
                if self.steps[names].kind != ANNUL:
                    corrected = Card(card.entry, now, day, before=card)
                    yield Step(CORRECT, "registry", day, names), corrected
        else:
            for day, names in product((EARLY, LATE), (card.entry, card.withdrawal)):
                reinstated = Card(card.entry, now, day, before=card)
                yield Step(REINSTATE, "registry", day, names), reinstated
        if card.before is not None:
            yield Step(ANNUL, "registry", names=card.latest), card.before

    def _with(self, step: Step, cards: list[Card]) -> Registry:
        return replace(self, steps=(*self.steps, step), cards=tuple(cards))


def registries(length: int) -> Iterator[Registry]:
    """Every registry after so many steps."""
    if length == 0:
        yield Registry()
        return
    for registry in registries(length - 1):
        yield from registry.continuations()


# --- The rules, read out ------------------------------------------------------------------------


def verdict(steps: Sequence[Step]) -> str:
    """What any sequence of steps comes to, for a day between the early and the late one."""
    return _Reading(steps).verdict()


@dataclass(frozen=True)
class _Reading:
    steps: Sequence[Step]
    places: range = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", range(len(self.steps)))

    def verdict(self) -> str:
        reports = [place for place in self.places if self.steps[place].kind == REPORT]
        if any(self.disputed(report) for report in reports):
            return "disputed"
        return outcome_of({self.day(report) for report in reports if not self.void(report)})

    def subject(self, place: int) -> int:
        """What a step speaks of: an annulment is passed over to what it annulled."""
        named = self.steps[place].names
        assert named is not None
        return self.subject(named) if self.steps[named].kind == ANNUL else named

    def report(self, place: int) -> int:
        """The report that a step, by way of others, is about."""
        return place if self.steps[place].kind == REPORT else self.report(self.subject(place))

    def same_source(self, place: int, other: int) -> bool:
        return self.steps[place].source == self.steps[other].source

    def void(self, place: int) -> bool:
        """Some annulment of the step, by its own source, stands and has not been lifted."""
        return any(
            self.steps[annulment].kind == ANNUL
            and self.steps[annulment].names == place
            and self.same_source(annulment, place)
            and not self.void(annulment)
            and not self.lifted(annulment, place)
            for annulment in self.places
        )

    def lifted(self, annulment: int, place: int) -> bool:
        """A standing reinstatement by the annulment's source names it, or restores it later."""
        for step in self.places:
            if self.steps[step].kind != REINSTATE or not self.same_source(step, annulment):
                continue
            named = self.steps[step].names
            assert named is not None
            by_annulment = self.steps[named].kind == ANNUL and self.steps[named].names == place
            restores = named == place or by_annulment
            if restores and (named == annulment or step > annulment) and not self.void(step):
                return True
        return False

    def entries(self, report: int) -> list[int]:
        """The report and its corrections and reinstatements."""
        return [
            place
            for place in self.places
            if self.steps[place].kind != ANNUL and self.report(place) == report
        ]

    def disputed(self, report: int) -> bool:
        own = [place for place in self.entries(report) if self.same_source(place, report)]
        strange = [place for place in self.entries(report) if place not in own]
        standing = [place for place in own if not self.void(place)]
        annulments = [
            place
            for place in self.places
            if self.steps[place].kind == ANNUL and self.report(place) == report
        ]
        return (
            any(not self.void(place) for place in strange)
            or any(
                not self.void(place) and not self.same_source(place, self.steps[place].names or 0)
                for place in annulments
            )
            or any(self.unclear(place) for place in standing)
            or (self.void(report) and self.goes_on(report, standing))
        )

    def unclear(self, place: int) -> bool:
        """A correction of an annulment; a reinstatement of an annulment of an annulment."""
        step = self.steps[place]
        if step.names is None or self.steps[step.names].kind != ANNUL:
            return False
        beneath = self.steps[self.steps[step.names].names or 0]
        return step.kind == CORRECT or beneath.kind == ANNUL

    def goes_on(self, report: int, standing: list[int]) -> bool:
        """The source has restated the death after an annulment of it that stands."""
        withdrawals = [
            place
            for place in self.places
            if self.steps[place].kind == ANNUL
            and self.steps[place].names == report
            and self.same_source(place, report)
            and not self.void(place)
            and not self.lifted(place, report)
        ]
        return any(
            self.steps[place].kind != REPORT and place > withdrawal
            for place in standing
            for withdrawal in withdrawals
        )

    def day(self, report: int) -> str:
        """What the last standing entry says that no standing entry builds upon."""
        standing = [
            place
            for place in self.entries(report)
            if self.same_source(place, report) and not self.void(place)
        ]
        built_upon: set[int] = set()
        for last in standing:
            place = last
            while self.steps[place].kind != REPORT:
                place = self.subject(place)
                built_upon.add(place)
        return self.steps[max(place for place in standing if place not in built_upon)].day


def sequences(length: int, sources: Sequence[str]) -> Iterator[list[Step]]:
    """Every sequence of steps in which each names an earlier one; the first is a report."""
    if length == 1:
        yield [Step(REPORT, sources[0], EARLY)]
        return
    for before in sequences(length - 1, sources):
        for source in sources:
            for day in (EARLY, LATE):
                yield [*before, Step(REPORT, source, day)]
            for names in range(length - 1):
                yield [*before, Step(ANNUL, source, names=names)]
                for kind, day in product((CORRECT, REINSTATE), (EARLY, LATE)):
                    yield [*before, Step(kind, source, day, names)]
