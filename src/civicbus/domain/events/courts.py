"""What courts declare about a person, and criminal records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.dates import PartialDate
from civicbus.domain.events.base import Event
from civicbus.domain.record_codes import Capacity
from civicbus.domain.vocabulary import Role


@dataclass(frozen=True, slots=True)
class MissingDeclaration(Event):
    """A court's declaration that a person is missing (China's Civil Code, article 40)."""

    family: ClassVar[str] = "court"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)


@dataclass(frozen=True, slots=True)
class CapacityRuling(Event):
    """A court's ruling on a person's capacity, until another one or its end (article 24)."""

    family: ClassVar[str] = "court"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)

    capacity: Capacity


@dataclass(frozen=True, slots=True)
class Conviction(Event):
    """A final criminal judgment. One that was quashed is annulled.

    Its end is that the sentence was served, which leaves the record. From `sealed_from` the record
    is sealed (China's Criminal Procedure Law, article 286): only where a law says so may it count.
    """

    family: ClassVar[str] = "criminal"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)

    category: str | None = None
    sealed_from: PartialDate | None = None
