"""Topic families: which record types stand in which topic, and the number each topic has.

A family is what a source is an authority for, what a subscriber subscribes to and what access is
granted to. Its number stands in the dossier store's keys, so it is never changed and never given
again.
"""

from __future__ import annotations

from dataclasses import dataclass

from civicbus.domain.events import ABOUT_EVENTS, EVENT_TYPES, Event


@dataclass(frozen=True, slots=True)
class Family:
    """A topic of person events: its name in configuration, and its number."""

    name: str
    number: int

    @property
    def topic(self) -> str:
        return f"civic.{self.name}.v1"

    @property
    def own_types(self) -> tuple[type[Event], ...]:
        """The acts that stand in this topic and no other."""
        return tuple(kind for kind in EVENT_TYPES if kind.family == self.name)

    @property
    def record_types(self) -> tuple[type[Event], ...]:
        """What may stand in the topic, the watermarks apart."""
        return (*self.own_types, *ABOUT_EVENTS)


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("birth", 1),
        Family("death", 2),
        Family("union", 3),
        Family("identity", 4),
        Family("household", 5),
        Family("kinship", 6),
        Family("employment", 7),
        Family("contribution", 8),
        Family("pension", 9),
        Family("insurance", 10),
        Family("licence", 11),
        Family("court", 12),
        Family("education", 13),
        Family("disability", 14),
        Family("business", 15),
        Family("criminal", 16),
    )
}
