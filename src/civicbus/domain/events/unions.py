"""Marriages and partnerships, and what is filed about them without changing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.events.base import Event
from civicbus.domain.vocabulary import Role, UnionEnd, UnionKind


@dataclass(frozen=True, slots=True)
class Union(Event):
    """A marriage or partnership: its start, or, when `end_reason` is given, its end.

    `deceased_person_key` names the partner whose death ended it, where that partner has a key. The
    end of a union that a court dissolved counts from `effective_from`, when the judgment took
    effect. A void union is annulled: it never was.
    """

    family: ClassVar[str] = "union"
    roles: ClassVar[tuple[Role, ...]] = (Role.PARTNER,)
    ends_with_reason: ClassVar[bool] = True

    kind: UnionKind
    end_reason: UnionEnd | None = None
    deceased_person_key: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Separation(Event):
    """A judicial separation: the partners stay united. Its end is their reconciliation."""

    family: ClassVar[str] = "union"
    roles: ClassVar[tuple[Role, ...]] = (Role.PARTNER,)


@dataclass(frozen=True, slots=True)
class DivorceFiling(Event):
    """An application for divorce in its cooling-off period (Civil Code, article 1077).

    It changes no status, whether it lapses, is taken back, or leads to a divorce.
    """

    family: ClassVar[str] = "union"
    roles: ClassVar[tuple[Role, ...]] = (Role.PARTNER,)


@dataclass(frozen=True, slots=True)
class RestorationRefusal(Event):
    """A spouse's written word that a marriage shall not revive (Civil Code, article 51).

    It is filed when the declaration of the other's death is revoked. The PARTNER who filed is
    concerned, and the other one as PERSON.
    """

    family: ClassVar[str] = "union"
    roles: ClassVar[tuple[Role, ...]] = (Role.PARTNER,)
