"""Rules for proofs that turn on whether something is in force on a day: a job, a licence, a policy.

A proof of this shape says in its case which facts would answer the question; the rules here sort
them by what is known of their periods. That something is in force today rests on silence too: its
end would have been registered. So both a `yes` and a `no` need sources that are heard of.

One fact that certainly holds is enough for a `yes`, whatever is wrong with others. A `no` says that
none of them holds, so a doubt about any of them is a doubt about it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import Any

from civicbus.domain.events import Birth, Business, Registration
from civicbus.domain.proofs import absence
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.timing import counts_from, happened, period_of
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, no, unknown, yes
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth
from civicbus.domain.vocabulary import Role


class StateCase(Case, ABC):
    """Understands which facts would answer the question, and which of them hold on the day."""

    @property
    @abstractmethod
    def candidates(self) -> list[Fact[Any]]:
        """The facts that would answer the question if they held, whoever told of them."""

    @property
    def silence(self) -> Silence:
        """What has to be silent for an answer, in the families that the proof rests on.

        Of an end since that which holds began; where nothing holds, of any beginning since the
        person was born or the business founded.
        """
        starts = [counts_from(fact.content.header).earliest for fact in self.holding]
        return Silence(self.scope.rests_on, max(starts, default=self.existed_from))

    @property
    def existed_from(self) -> date:
        """The first day on which anything can have begun for this person or business."""
        births = [happened(fact.content.header) for fact in self.of(Birth, Role.CHILD)]
        foundings = [counts_from(f.content.header) for f in self.of(Business, Role.BUSINESS)]
        return min((when.earliest for when in (*births, *foundings)), default=date.min)

    def thing(self, _fact: Fact[Any]) -> object:
        """What a fact is about: of one thing that began once, two sources cannot say two ends.

        `None` where that cannot be told.
        """
        return None

    def holds(self, fact: Fact[Any]) -> Truth:
        """Does it hold on the day, by its period and whatever else ends or suspends it?"""
        period = period_of(fact)
        return None if period is None else period.holds_on(self.day)

    @cached_property
    def settled(self) -> list[Fact[Any]]:
        """The candidates that are entered by whoever decides."""
        return [fact for fact in self.candidates if self.decides(fact.content)]

    @cached_property
    def told(self) -> list[Fact[Any]]:
        """Those that were only reported."""
        return [fact for fact in self.candidates if fact not in self.settled]

    @cached_property
    def holding(self) -> list[Fact[Any]]:
        """The settled ones that certainly hold on the day, and about which there is no doubt."""
        return [
            fact for fact in self.settled if self.holds(fact) is True and not self.is_doubtful(fact)
        ]

    def is_doubtful(self, fact: Fact[Any]) -> bool:
        """True if nothing may rest on a fact: somebody doubts it, or something is missing."""
        return (
            self.is_contested(fact)
            or fact in self.contradictory
            or fact in self.unlinked
            or bool(self.investigated([fact], *self.scope.families))
        )

    def is_contested(self, fact: Fact[Any]) -> bool:
        """True if somebody's word against a fact counts; a court's act may stand all the same."""
        return fact.doubted

    @cached_property
    def contradictory(self) -> list[Fact[Any]]:
        """The settled ones whose dates contradict themselves, or what another source says."""
        ends_first = [fact for fact in self.settled if period_of(fact) is None]
        others = (
            fact
            for pair in combinations(self.settled, 2)
            if self._contradict(*pair)
            for fact in pair
        )
        return [*ends_first, *(fact for fact in others if fact not in ends_first)]

    def _contradict(self, one: Fact[Any], other: Fact[Any]) -> bool:
        """True if two sources tell of one thing, and it holds by one and not by the other."""
        thing = self.thing(one)
        if one.source == other.source or thing is None or thing != self.thing(other):
            return False
        starts = [counts_from(fact.content.header) for fact in (one, other)]
        return starts[0].meets(starts[1]) and {self.holds(one), self.holds(other)} == {True, False}

    @cached_property
    def unlinked(self) -> list[Fact[Any]]:
        """Facts that may change one another: something that one of them names has not arrived.

        Then the source's last word on any of its facts of that kind may be missing.
        """
        kinds = {type(fact.content) for fact in self.candidates}
        held = [fact for fact in self.facts.held if type(fact.content) in kinds]
        broken = {fact.source for fact in held if fact.pending}
        by_source = [[fact for fact in held if fact.source == source] for source in sorted(broken)]
        return [fact for facts in by_source if len(facts) > 1 for fact in facts]

    @property
    def known_here(self) -> list[Fact[Any]]:
        """What shows that there is such a person: a birth, a record, or any fact of the kind."""
        return [
            *self.of(Birth, Role.CHILD),
            *self.of(Registration, Role.PERSON),
            *self.candidates,
        ]


def contested(case: StateCase) -> Verdict | None:
    """Somebody says that one of the facts is wrong, or it contradicts itself or another one."""
    if case.holding:
        return None
    found = [fact for fact in case.settled if case.is_contested(fact)]
    if found:
        return disputed("contested", found)
    return disputed("conflicting_dates", case.contradictory) if case.contradictory else None


def under_investigation(case: StateCase) -> Verdict | None:
    """The register marks one of the facts as in doubt."""
    if case.holding:
        return None
    doubts = case.investigated(case.settled, *case.scope.families)
    return unknown("under_investigation", doubts) if doubts else None


def undetermined(case: StateCase) -> Verdict | None:
    """Nothing certainly holds on the day, and something may."""
    if case.holding:
        return None
    possible = [fact for fact in case.settled if case.holds(fact) is None]
    return unknown("undetermined_date", possible) if possible else None


def reported_only(case: StateCase) -> Verdict | None:
    """What would answer was told, and nobody who decides has entered it."""
    if case.holding:
        return None
    found = [fact for fact in case.told if case.holds(fact) is not False]
    return unknown("notified_only", found) if found else None


def not_on_record(case: StateCase) -> Verdict | None:
    """Nobody knows of such a person: the number may be a slip of the pen."""
    if case.known_here:
        return None
    return doubt_about(case) or unknown("no_such_record")


def doubt_about(case: StateCase) -> Verdict | None:
    """The sources are not heard of well enough for any answer, or a record is missing."""
    if case.unlinked and not case.holding:
        return unknown("gapped", case.unlinked)
    return absence.doubt_about(case, case.silence, case.settled)


def in_force(case: StateCase) -> Verdict | None:
    """It holds on the day."""
    return yes("in_force", case.holding) if case.holding else None


def ended(case: StateCase) -> Verdict | None:
    """It held before the day, and does no more."""
    over = [fact for fact in case.settled if _began_by(fact, case.day)]
    return no("ended", over) if over else None


def none_registered(case: StateCase) -> Verdict:
    """Nothing of the kind is registered that would have begun by the day."""
    return no("none_registered", [*case.known_here[:1], *case.settled])


def _began_by(fact: Fact[Any], day: date) -> bool:
    return counts_from(fact.content.header).happened_by(day) is True


def valid_until(fact: Fact[Any], day: date) -> Truth:
    """Is the day within what a document says of its own validity, its last day included?

    Where it does not say how long, every day is.
    """
    last = fact.content.valid_until
    if last is None or day <= last.earliest:
        return True
    return False if last.latest < day else None


DOUBTS: tuple[Rule, ...] = (
    contested,
    under_investigation,
    undetermined,
    reported_only,
    not_on_record,
    doubt_about,
)
RULES: tuple[Rule, ...] = (*DOUBTS, in_force, ended, none_registered)
