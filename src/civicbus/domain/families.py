"""Topic families: which record types stand in which topic, and the number each topic has.

The number stands in the dossier store's keys, so it is never changed and never given again.
"""

from __future__ import annotations

from dataclasses import dataclass

from civicbus.domain.events import (
    Annulment,
    Birth,
    Death,
    MissingDeclaration,
    Refusal,
    Registration,
    Union,
)


@dataclass(frozen=True, slots=True)
class Family:
    """A topic of person events: its name in configuration, its number, its own record type."""

    name: str
    number: int
    record_type: type

    @property
    def topic(self) -> str:
        return f"civic.{self.name}.v1"

    @property
    def record_types(self) -> tuple[type, ...]:
        """What may stand in the topic, the watermarks apart."""
        return (self.record_type, Annulment, Refusal)


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("birth", 1, Birth),
        Family("death", 2, Death),
        Family("union", 3, Union),
        Family("identity", 4, Registration),
        Family("court", 12, MissingDeclaration),
    )
}
