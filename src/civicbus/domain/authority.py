"""Authorities: which source's silence means something, for whom, and for how long.

Each connector declares in its `connector.toml` for which family of facts its system is the
authority, which persons it covers (by identifier scheme), which period and places it holds
completely, how fresh its word must be, and how long acts take to reach it. Absence proves nothing
outside that declaration.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from civicbus.domain.periods import Span
from civicbus.domain.vocabulary import LegalState

COURT = "court"


def may_state(state: LegalState, families: Collection[str]) -> bool:
    """True if a source that publishes these families may give an act this force.

    What a court declares overrides every register, so only those that publish its topic may.
    """
    return state is not LegalState.DECLARED or COURT in families


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a source holds completely: acts of this period, in these places.

    `since` is the first day and `until` the last, both included; `None` is without bound. `places`
    are area codes, each with all that lies in it; none means everywhere.
    """

    since: date | None = None
    until: date | None = None
    places: tuple[str, ...] = ()

    def reaches(self, place: str | None) -> bool:
        """True if it holds the acts of a place; of `None`, those of every place."""
        if not self.places:
            return True
        return place is not None and place.startswith(self.places)

    @property
    def span(self) -> Span:
        """The days whose acts it holds."""
        return self.since or date.min, self.until


@dataclass(frozen=True, slots=True)
class Authority:
    """One source's declaration for one family.

    `fresh_for`: how old its watermark may be for a conclusion from absence. `settles_after`: how
    long after the day in question an act may still reach the register in the ordinary course; a
    conclusion from absence waits that long. `coverage`: what it holds completely; with none given,
    everything. `takes_in`: other families whose acts about this one it enters itself, as a civil
    registry that enters the divorces of the courts. `department`: who keeps it; two sources of one
    department are not independent of each other.
    """

    source: str
    family: str
    schemes: frozenset[str]
    fresh_for: timedelta
    settles_after: timedelta = timedelta(0)
    coverage: tuple[Coverage, ...] = (Coverage(),)
    takes_in: frozenset[str] = frozenset()
    department: str = ""

    def covers(self, schemes: Collection[str]) -> bool:
        """True if a person known by one of these schemes falls under the declaration."""
        return not self.schemes.isdisjoint(schemes)

    def spans(self, place: str | None) -> list[Span]:
        """The days that it holds completely for a place, or for every place."""
        return [coverage.span for coverage in self.coverage if coverage.reaches(place)]


@dataclass(frozen=True, slots=True)
class Authorities:
    """Every declaration in force in a deployment."""

    declared: tuple[Authority, ...] = ()

    def over(self, family: str, schemes: Collection[str]) -> list[Authority]:
        """The authorities for a family of facts about persons known by these schemes."""
        return [
            authority
            for authority in self.declared
            if authority.family == family and authority.covers(schemes)
        ]

    def departments(self) -> Mapping[str, str]:
        """The department of each source, where one is declared; else the source stands alone."""
        return {a.source: a.department or a.source for a in self.declared}
