"""Where people are registered, and where they live; the two are different things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.events.base import Event
from civicbus.domain.record_codes import HouseholdEnd
from civicbus.domain.vocabulary import Role


@dataclass(frozen=True, slots=True)
class HouseholdRegistration(Event):
    """The PERSON's entry in a household register (China: Household Registration Regulations).

    `household` is the household's number, `place` the area's code (GB/T 2260 in China),
    `relation_to_head` as the register codes it (GB/T 4761). A move is two events: the entry at the
    old place ends with MOVED_OUT, and another is created at the new one. The HEAD is concerned
    where the register says who that is.
    """

    family: ClassVar[str] = "household"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)
    ends_with_reason: ClassVar[bool] = True

    household: str | None = None
    place: str | None = None
    address: str | None = None
    relation_to_head: str | None = None
    end_reason: HouseholdEnd | None = None


@dataclass(frozen=True, slots=True)
class Residence(Event):
    """Where the PERSON lives, and the number of the residence permit if there is one."""

    family: ClassVar[str] = "household"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)

    place: str | None = None
    address: str | None = None
    permit: str | None = None


@dataclass(frozen=True, slots=True)
class AddressProtection(Event):
    """The PERSON's address may not be disclosed, until this ends."""

    family: ClassVar[str] = "household"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)
