"""The dossier of a person: everything the bus has received that concerns them, unjudged.

It is what the store holds under one person key, for the families a proof asked for. Meaning is
given to it by `resolve`, each time a question is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    """A person's entries, and the state of each source, by family and source name."""

    person_key: str
    entries: tuple[Entry, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    sources: Mapping[tuple[str, str], SourceState] = field(default_factory=dict)
