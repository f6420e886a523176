"""What the conformance suite says: a finding, the outcome of a check, the report on a connector.

A finding names the line, the field and the remedy, never a value: it may be about a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Standing(StrEnum):
    """How a check stands; only FAILS and NOT_REACHED keep a connector from conforming."""

    HOLDS = "holds"
    WARNING = "warning"
    CANNOT_BE_TOLD = "cannot_be_told"
    FAILS = "fails"
    NOT_REACHED = "not_reached"


IN_WEIGHT = (Standing.HOLDS, Standing.WARNING, Standing.CANNOT_BE_TOLD, Standing.FAILS)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, and what to do; `line` is 0 where no line is meant."""

    told: str
    file: str = ""
    line: int = 0
    field: str = ""
    standing: Standing = Standing.FAILS

    @property
    def place(self) -> str:
        """The file, the line and the field, as far as they are known."""
        line = f"line {self.line}" if self.line else ""
        return ": ".join(part for part in (self.file, line, self.field) if part)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one check: its name, what it promises if it holds, and what was found."""

    name: str
    promise: str
    standing: Standing
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, name: str, promise: str, findings: Iterable[Finding]) -> Outcome:
        """The outcome that the findings make; without any the check holds."""
        found = tuple(findings)
        worst = max((finding.standing for finding in found), key=IN_WEIGHT.index, default=None)
        return cls(name, promise, worst or Standing.HOLDS, found)


@dataclass(frozen=True, slots=True)
class Report:
    """What the suite says of a connector; `source` is empty where no declaration could be read."""

    folder: Path
    source: str
    outcomes: tuple[Outcome, ...]

    @property
    def conforms(self) -> bool:
        """True if nothing fails and every check could be made."""
        return not self.missing

    @property
    def missing(self) -> tuple[Outcome, ...]:
        """The checks that keep the connector from conforming."""
        bad = (Standing.FAILS, Standing.NOT_REACHED)
        return tuple(outcome for outcome in self.outcomes if outcome.standing in bad)
