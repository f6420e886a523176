"""The rules about what sources write of deaths, read out: a second oracle beside the clerk's cards.

Any sequence of steps, sensible or not, is read straight from the sentences of the rules in
`resolve`: asking again at every turn and remembering nothing. It shares nothing with
`civicbus.domain`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from tests.domain.oracles import (
    ANNUL,
    CLOSE,
    CORRECT,
    DISPUTE,
    EARLY,
    LATE,
    OTHER_DAY,
    REINSTATE,
    REPORT,
    Step,
    outcome_of,
)

ENTRIES = (REPORT, CORRECT, REINSTATE)


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
        reports = self.of_kind(REPORT)
        if any(self.disputed(report) for report in reports):
            return "disputed"
        return outcome_of({self.day(report) for report in reports if not self.void(report)})

    def of_kind(self, *kinds: str) -> list[int]:
        return [place for place in self.places if self.steps[place].kind in kinds]

    def named(self, place: int) -> int:
        named = self.steps[place].names
        assert named is not None
        return named

    def subject(self, place: int) -> int:
        """What a step speaks of: an annulment is passed over to what it annulled."""
        named = self.named(place)
        return self.subject(named) if self.steps[named].kind == ANNUL else named

    def root(self, place: int) -> int:
        """The report or the dispute that a step, by way of others, is about."""
        alone = self.steps[place].kind in (REPORT, DISPUTE)
        return place if alone else self.root(self.subject(place))

    def same_source(self, place: int, other: int) -> bool:
        return self.steps[place].source == self.steps[other].source

    def void(self, place: int) -> bool:
        """Some annulment of the step, by its own source, stands and has not been lifted."""
        return any(
            self.named(annulment) == place
            and self.same_source(annulment, place)
            and not self.void(annulment)
            and not self.lifted(annulment, place)
            for annulment in self.of_kind(ANNUL)
        )

    def lifted(self, annulment: int, place: int) -> bool:
        """A standing reinstatement by the annulment's source names it, or restores it later."""
        for step in self.of_kind(REINSTATE):
            if not self.same_source(step, annulment):
                continue
            named = self.named(step)
            by_annulment = self.steps[named].kind == ANNUL and self.named(named) == place
            restores = named == place or by_annulment
            if restores and (named == annulment or step > annulment) and not self.void(step):
                return True
        return False

    def entries(self, report: int) -> list[int]:
        """The report and its corrections and reinstatements."""
        return [place for place in self.of_kind(*ENTRIES) if self.root(place) == report]

    def annulments(self, report: int) -> list[int]:
        """The annulments of any entry, and the annulments of those."""
        return [place for place in self.of_kind(ANNUL) if self.root(place) == report]

    def disputed(self, report: int) -> bool:
        own = [place for place in self.entries(report) if self.same_source(place, report)]
        strange = [place for place in self.entries(report) if place not in own]
        standing = [place for place in own if not self.void(place)]
        return (
            any(not self.void(place) for place in strange)
            or any(
                not self.void(place) and not self.same_source(place, self.named(place))
                for place in self.annulments(report)
            )
            or any(self.unclear(place) for place in standing)
            or (self.void(report) and self.goes_on(report, standing))
            or any(self.open(dispute, report) for dispute in self.of_kind(DISPUTE))
        )

    def open(self, dispute: int, report: int) -> bool:
        """The dispute is about the report, stands, and nobody who may has closed it.

        Of a report that is void it is the annulment that has to be disputed.
        """
        about = self.named(dispute)
        if self.root(about) != report or self.void(dispute):
            return False
        if self.void(report) and self.steps[about].kind != ANNUL:
            return False
        return not any(
            self.named(closing) == dispute
            and self.same_source(closing, about)
            and not self.void(closing)
            for closing in self.of_kind(CLOSE)
        )

    def unclear(self, place: int) -> bool:
        """A correction of an annulment; a reinstatement of an annulment of an annulment."""
        step = self.steps[place]
        if step.names is None or self.steps[step.names].kind != ANNUL:
            return False
        beneath = self.steps[self.named(step.names)]
        return step.kind == CORRECT or beneath.kind == ANNUL

    def goes_on(self, report: int, standing: list[int]) -> bool:
        """The source has restated the death after an annulment of it that stands."""
        withdrawals = [
            place
            for place in self.of_kind(ANNUL)
            if self.named(place) == report
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


def may_name(steps: Sequence[Step], names: int) -> tuple[str, ...]:
    """The kinds of step that may name one: a death is corrected, and a dispute is closed."""
    kind = steps[names].kind
    if kind == ANNUL:
        return may_name(steps, _subject(steps, names)) if _is_of_death(steps, names) else (ANNUL,)
    if kind == DISPUTE:
        return (ANNUL, CLOSE)
    return (ANNUL,) if kind == CLOSE else (ANNUL, CORRECT, REINSTATE, DISPUTE)


def _subject(steps: Sequence[Step], place: int) -> int:
    named = steps[place].names
    assert named is not None
    return _subject(steps, named) if steps[named].kind == ANNUL else named


def _is_of_death(steps: Sequence[Step], annulment: int) -> bool:
    return steps[_subject(steps, annulment)].kind in ENTRIES


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
                for kind in may_name(before, names):
                    days = (EARLY, LATE) if kind in ENTRIES else (EARLY,)
                    for day in days:
                        yield [*before, Step(kind, source, day, names)]


def chains(length: int, source: str) -> Iterator[list[Step]]:
    """Every sequence of one source in which each step names the one just before it.

    The deepest that a given number of steps can build on one another: nothing in the rules reaches
    past what a step names and what is named in turn. Each entry says the other day than the last.
    """
    if length == 1:
        yield [Step(REPORT, source, EARLY)]
        return
    for before in chains(length - 1, source):
        last = next(step for step in reversed(before) if step.kind in ENTRIES)
        for kind in may_name(before, length - 2):
            day = OTHER_DAY[last.day] if kind in ENTRIES else EARLY
            yield [*before, Step(kind, source, day, length - 2)]


def stars(length: int, sources: Sequence[str]) -> Iterator[list[Step]]:
    """Every sequence in which each step names the report, or what disputes it: as broad as can be.

    Each entry says the other day than the last.
    """
    if length == 1:
        yield [Step(REPORT, sources[0], EARLY)]
        return
    for before in stars(length - 1, sources):
        last = next(step for step in reversed(before) if step.kind in ENTRIES)
        dispute = next((p for p in range(len(before)) if before[p].kind == DISPUTE), None)
        for source, names in product(sources, [0] if dispute is None else [0, dispute]):
            for kind in may_name(before, names):
                day = OTHER_DAY[last.day] if kind in ENTRIES else EARLY
                yield [*before, Step(kind, source, day, names)]
