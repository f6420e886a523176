"""Authorities: which source's silence means something, for whom, and for how long.

Each connector declares in its `connector.toml` for which family of facts its system is the
authority, which persons it covers (by identifier scheme), how fresh its word must be, and how long
acts take to reach it. Absence proves nothing outside that declaration.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from civicbus.domain.vocabulary import LegalState

COURT = "court"


def may_state(state: LegalState, families: Collection[str]) -> bool:
    """True if a source that publishes these families may give an act this force.

    What a court declares overrides every register, so only those that publish its topic may.
    """
    return state is not LegalState.DECLARED or COURT in families


@dataclass(frozen=True, slots=True)
class Authority:
    """One source's declaration for one family.

    `fresh_for`: how old its watermark may be for a conclusion from absence. `settles_after`: how
    long after the day in question an act may still reach the register in the ordinary course; a
    conclusion from absence waits that long.
    """

    source: str
    family: str
    schemes: frozenset[str]
    fresh_for: timedelta
    settles_after: timedelta = timedelta(0)

    def covers(self, schemes: Collection[str]) -> bool:
        """True if a person known by one of these schemes falls under the declaration."""
        return not self.schemes.isdisjoint(schemes)


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
