"""The dossier of a person: everything the bus has received that concerns them, unjudged.

It is what the store holds under one person key, for the families a proof asked for. Meaning is
given to it by `resolve`, each time a question is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from civicbus.domain.events import Event


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it arrived: in which family's topic, and when the bus recorded it."""

    family: str
    event: Event
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record under this person's key was refused by the guard; what it said is not known."""

    family: str
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class SourceState:
    """How far a source is known in the partition that the person belongs to.

    `missing` is how many of its records the source counted there and the bus did not see.
    """

    complete_through: datetime
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Dossier:
    """A person's entries, and the state of each source, by family and source name.

    `person_key` is the key asked for. A dossier that was united from several holds what stands
    under `other_keys` too.
    """

    person_key: str
    entries: tuple[Entry, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    sources: Mapping[tuple[str, str], SourceState] = field(default_factory=dict)
    other_keys: tuple[str, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Every key under which the person's records stand."""
        return frozenset((self.person_key, *self.other_keys))


def unite(dossiers: Iterable[Dossier]) -> Dossier:
    """The dossiers of one person's several keys as one; the first gives the key asked for.

    The keys lie in different partitions, and each source is known in each of them up to another
    moment. What is known of all of them is what is known of the one furthest behind.

    Raises:
        ValueError: if there are none.
    """
    dossiers = list(dossiers)
    if not dossiers:
        raise ValueError("no dossiers to unite")
    if len(dossiers) == 1:
        return dossiers[0]
    names = {name for dossier in dossiers for name in dossier.sources}
    known_everywhere = [
        name for name in sorted(names) if all(name in dossier.sources for dossier in dossiers)
    ]
    return Dossier(
        person_key=dossiers[0].person_key,
        entries=tuple(entry for dossier in dossiers for entry in dossier.entries),
        quarantined=tuple(mark for dossier in dossiers for mark in dossier.quarantined),
        sources={
            name: _furthest_behind([dossier.sources[name] for dossier in dossiers])
            for name in known_everywhere
        },
        other_keys=tuple(dossier.person_key for dossier in dossiers[1:]),
    )


def _furthest_behind(states: list[SourceState]) -> SourceState:
    return SourceState(
        min(state.complete_through for state in states), sum(state.missing for state in states)
    )
