"""Birth, stillbirth, death, and the notice of a death to the one who is said to have died.

What counts as each: United Nations, Principles and Recommendations for a Vital Statistics System.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.dates import PartialDate
from civicbus.domain.events.base import Event
from civicbus.domain.events.rules import InvalidEventError
from civicbus.domain.vocabulary import Role, Sex


@dataclass(frozen=True, slots=True)
class Birth(Event):
    """A live birth: `occurred` is the birth date; the child and the parents are concerned."""

    family: ClassVar[str] = "birth"
    roles: ClassVar[tuple[Role, ...]] = (Role.CHILD,)

    sex: Sex = Sex.NOT_KNOWN
    place: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Stillbirth(Event):
    """A foetal death. It makes no person: only the mother, and a parent named, are concerned."""

    family: ClassVar[str] = "birth"
    roles: ClassVar[tuple[Role, ...]] = (Role.MOTHER,)

    place: str | None = None


@dataclass(frozen=True, slots=True)
class Death(Event):
    """A death: `occurred` is its date. `age_years` is the age as the record states it."""

    family: ClassVar[str] = "death"
    roles: ClassVar[tuple[Role, ...]] = (Role.DECEASED,)
    ranges: ClassVar[Mapping[str, tuple[int, int]]] = {"age_years": (0, 150)}

    place: str | None = None
    country: str | None = None
    age_years: int | None = None

    def check(self) -> None:
        for concerned in self.header.in_role(Role.DECEASED):
            if _starts_after(concerned.birth_date, self.header.occurred):
                raise InvalidEventError(
                    "rule", "header.concerned.birth_date", "lies after the death"
                )


@dataclass(frozen=True, slots=True)
class NoticeDelivered(Event):
    """The person was told over another channel that the death which it names was entered.

    On the day `occurred` and, if all is well, in vain. Somebody other than the source of the death
    says so; `deceased.py` says what rests on it.
    """

    family: ClassVar[str] = "death"
    roles: ClassVar[tuple[Role, ...]] = (Role.DECEASED,)
    names_target: ClassVar[bool] = True


def _starts_after(birth: PartialDate | None, death: PartialDate) -> bool:
    """True if every day that the birth date may stand for is after every day of the death."""
    return birth is not None and birth.earliest > death.latest
