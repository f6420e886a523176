"""What a rule of a proof comes to, and the two small things that most rules do with facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from civicbus.domain.answer import Detail, Outcome
from civicbus.domain.events import Event
from civicbus.domain.resolve import Fact


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says, and the events that it says it from.

    `details` are values that the answer discloses, `flags` codes of what a caseworker should see.
    """

    outcome: Outcome
    reason: str
    basis: tuple[Event, ...] = ()
    details: Mapping[str, Detail] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


Rule = Callable[[Any], Verdict | None]


def first_to_speak(rules: Iterable[Rule], case: object) -> Verdict | None:
    """The verdict of the first rule that has something to say."""
    return next((verdict for rule in rules if (verdict := rule(case)) is not None), None)


def evidence(facts: Iterable[Fact[Any]]) -> tuple[Event, ...]:
    """The events behind some facts, with the open disputes about them."""
    return tuple(event for fact in facts for event in (*fact.evidence, *fact.disputes))


def unknown(reason: str, facts: Iterable[Fact[Any]] = ()) -> Verdict:
    """The register cannot tell, for this reason."""
    return Verdict(Outcome.UNKNOWN, reason, evidence(facts))


def disputed(reason: str, facts: Iterable[Fact[Any]]) -> Verdict:
    """Words that count contradict each other; all of them are in evidence."""
    return Verdict(Outcome.DISPUTED, reason, evidence(facts))


def yes(reason: str, facts: Iterable[Fact[Any]] = (), **more: Any) -> Verdict:
    """It is so."""
    return Verdict(Outcome.YES, reason, evidence(facts), **more)


def no(reason: str, facts: Iterable[Fact[Any]] = (), **more: Any) -> Verdict:
    """It is not so."""
    return Verdict(Outcome.NO, reason, evidence(facts), **more)
