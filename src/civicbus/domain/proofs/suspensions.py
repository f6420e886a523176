"""Rules for what can be suspended for a while: a licence, a pension.

A suspension is an act of its own, with its own days and its own register. It takes nothing away for
good: when it ends, what it suspended goes on as before.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.timing import period_of
from civicbus.domain.proofs.verdict import Verdict, disputed, no, unknown
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of, any_of, negation


class SuspensionCase(StateCase):
    """Understands, beside the facts in question, what suspends them on the day."""

    @property
    @abstractmethod
    def suspensions(self) -> list[Fact[Any]]:
        """Every suspension of something of the person's, whoever told of it."""

    @abstractmethod
    def suspends(self, suspension: Fact[Any], fact: Fact[Any]) -> bool:
        """True if the suspension is of this fact."""

    def of_fact(self, fact: Fact[Any]) -> list[Fact[Any]]:
        """The suspensions of a fact that hold on the day, or may."""
        return [
            suspension
            for suspension in self.suspensions
            if self.suspends(suspension, fact) and self._holds(suspension) is not False
        ]

    def counted(self, fact: Fact[Any]) -> list[Fact[Any]]:
        """Of these the ones that are entered by whoever decides, and that nobody doubts."""
        return [found for found in self.of_fact(fact) if not self._is_doubtful(found)]

    def doubtful(self, fact: Fact[Any]) -> list[Fact[Any]]:
        """Those that nothing may rest on: contested, only reported, or being looked into."""
        return [found for found in self.of_fact(fact) if self._is_doubtful(found)]

    def apart_from_suspensions(self, fact: Fact[Any]) -> Truth:
        """Does it hold on the day, whatever suspends it?"""
        return super().holds(fact)

    def holds(self, fact: Fact[Any]) -> Truth:
        """Does it hold on the day, and is it not suspended?"""
        suspended = any_of(*(self._holds(found) for found in self.counted(fact)))
        return all_of(self.apart_from_suspensions(fact), negation(suspended))

    def is_doubtful(self, fact: Fact[Any]) -> bool:
        return super().is_doubtful(fact) or bool(self.doubtful(fact))

    def _holds(self, suspension: Fact[Any]) -> Truth:
        period = period_of(suspension)
        return None if period is None else period.holds_on(self.day)

    def _is_doubtful(self, suspension: Fact[Any]) -> bool:
        return (
            suspension.doubted
            or suspension.pending
            or not self.decides(suspension.content)
            or bool(self.investigated([suspension], *self.scope.families))
        )


def suspension_in_doubt(case: SuspensionCase) -> Verdict | None:
    """It would hold but for a suspension that nobody can rely on."""
    if case.holding:
        return None
    clouded = [
        fact
        for fact in case.settled
        if case.apart_from_suspensions(fact) is not False and case.doubtful(fact)
    ]
    basis = [found for fact in clouded for found in (fact, *case.doubtful(fact))]
    if any(found.doubted for found in basis):
        return disputed("contested", basis)
    if case.investigated(basis, *case.scope.families):
        return unknown("under_investigation", basis)
    return unknown("notified_only", basis) if basis else None


def suspended(case: SuspensionCase) -> Verdict | None:
    """It would hold on the day, and is suspended."""
    held = [fact for fact in case.settled if case.apart_from_suspensions(fact) is True]
    basis = [found for fact in held for found in (fact, *case.counted(fact))]
    return no("suspended", basis) if held else None
