"""Employment, registered unemployment, social insurance, pensions, disability.

An employer is a text and never a person concerned: a record under its key for each of its
employees would be one partition's whole load.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.dates import PartialDate
from civicbus.domain.events.base import Event
from civicbus.domain.events.rules import InvalidEventError
from civicbus.domain.record_codes import InsuranceKind, PensionEnd, PensionKind
from civicbus.domain.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Employment(Event):
    """The EMPLOYEE's employment. `employer` is its credit code (GB 32100) where it has one."""

    family: ClassVar[str] = "employment"
    roles: ClassVar[tuple[Role, ...]] = (Role.EMPLOYEE,)
    texts: ClassVar[tuple[str, ...]] = ("employer",)

    employer: str
    employer_name: str | None = None


@dataclass(frozen=True, slots=True)
class Unemployment(Event):
    """The PERSON is registered as unemployed, until this ends."""

    family: ClassVar[str] = "employment"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)


@dataclass(frozen=True, slots=True)
class Contribution(Event):
    """Contributions for the INSURED, from `first_month` to `last_month`, both included.

    What counts is the months paid for, whenever it was posted. A posting that was reversed is
    annulled.
    """

    family: ClassVar[str] = "contribution"
    roles: ClassVar[tuple[Role, ...]] = (Role.INSURED,)

    insurance: InsuranceKind
    first_month: PartialDate
    last_month: PartialDate
    region: str | None = None
    employer: str | None = None

    def check(self) -> None:
        for name in ("first_month", "last_month"):
            month = getattr(self, name)
            if month.month is None or month.day is not None:
                raise InvalidEventError("rule", name, "must be a year and a month, and no day")
        if self.first_month.earliest > self.last_month.earliest:
            raise InvalidEventError("rule", "last_month", "lies before the first month")


@dataclass(frozen=True, slots=True)
class InsuranceTransfer(Event):
    """The INSURED's account in a branch was moved to another region, with its months."""

    family: ClassVar[str] = "contribution"
    roles: ClassVar[tuple[Role, ...]] = (Role.INSURED,)
    texts: ClassVar[tuple[str, ...]] = ("from_region", "to_region")

    insurance: InsuranceKind
    from_region: str
    to_region: str


@dataclass(frozen=True, slots=True)
class Pension(Event):
    """A pension awarded to the BENEFICIARY; with `end_reason`, its end."""

    family: ClassVar[str] = "pension"
    roles: ClassVar[tuple[Role, ...]] = (Role.BENEFICIARY,)
    texts: ClassVar[tuple[str, ...]] = ("payer",)
    ends_with_reason: ClassVar[bool] = True

    kind: PensionKind
    payer: str
    region: str | None = None
    end_reason: PensionEnd | None = None


@dataclass(frozen=True, slots=True)
class PensionSuspension(Event):
    """A pension of this kind and payer is not paid out, until this ends."""

    family: ClassVar[str] = "pension"
    roles: ClassVar[tuple[Role, ...]] = (Role.BENEFICIARY,)
    texts: ClassVar[tuple[str, ...]] = ("payer",)

    kind: PensionKind
    payer: str


@dataclass(frozen=True, slots=True)
class Disability(Event):
    """The PERSON's disability as assessed: category and grade (GB/T 26341), until a date."""

    family: ClassVar[str] = "disability"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)
    texts: ClassVar[tuple[str, ...]] = ("category",)

    category: str
    grade: str | None = None
    valid_until: PartialDate | None = None
