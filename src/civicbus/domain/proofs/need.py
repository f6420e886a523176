"""What a proof asks its runner for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Need:
    """The facts of one person in some families of topics, as known at a moment."""

    person_key: str
    families: tuple[str, ...]
    known_at: datetime
