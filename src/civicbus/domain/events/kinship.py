"""Parents other than by the entry of the birth, guardians, and children not yet born."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.events.base import Event
from civicbus.domain.events.rules import InvalidEventError
from civicbus.domain.record_codes import GuardianshipKind, ParentageEnd, ParentageKind
from civicbus.domain.vocabulary import Role

PARENTS = (Role.MOTHER, Role.FATHER, Role.PARENT)


@dataclass(frozen=True, slots=True)
class Parentage(Event):
    """Somebody is, or with DENIAL never was, the CHILD's parent."""

    family: ClassVar[str] = "kinship"
    roles: ClassVar[tuple[Role, ...]] = (Role.CHILD,)
    any_role: ClassVar[tuple[Role, ...]] = PARENTS
    ends_with_reason: ClassVar[bool] = True

    kind: ParentageKind
    end_reason: ParentageEnd | None = None


@dataclass(frozen=True, slots=True)
class Guardianship(Event):
    """Who has authority over the WARD: each GUARDIAN, or for the time being nobody."""

    family: ClassVar[str] = "kinship"
    roles: ClassVar[tuple[Role, ...]] = (Role.WARD,)

    kind: GuardianshipKind

    def check(self) -> None:
        nobody = self.kind is GuardianshipKind.NOBODY
        if nobody is bool(self.header.in_role(Role.GUARDIAN)):
            raise InvalidEventError(
                "rule", "header.concerned", "a guardian is named, unless nobody has authority"
            )


@dataclass(frozen=True, slots=True)
class UnbornChild(Event):
    """A child is expected (Civil Code, article 16); it ends with the birth, or without one."""

    family: ClassVar[str] = "kinship"
    roles: ClassVar[tuple[Role, ...]] = (Role.MOTHER,)
