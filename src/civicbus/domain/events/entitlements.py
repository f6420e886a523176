"""Policies, licences, education, businesses: what a person or a business was granted or agreed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.dates import PartialDate
from civicbus.domain.events.base import Event
from civicbus.domain.record_codes import BusinessEnd, EducationKind, LicenceEnd, PolicyEnd
from civicbus.domain.vocabulary import Role

PARTIES = (Role.HOLDER, Role.INSURED, Role.BENEFICIARY)


@dataclass(frozen=True, slots=True)
class Policy(Event):
    """An insurance contract, known by `insurer` and `number`; with `end_reason`, its end.

    The parties are the HOLDER, the INSURED and each BENEFICIARY. A lost document changes nothing.
    """

    family: ClassVar[str] = "insurance"
    any_role: ClassVar[tuple[Role, ...]] = PARTIES
    texts: ClassVar[tuple[str, ...]] = ("insurer", "number")
    ends_with_reason: ClassVar[bool] = True

    insurer: str
    number: str
    product: str | None = None
    valid_until: PartialDate | None = None
    end_reason: PolicyEnd | None = None


@dataclass(frozen=True, slots=True)
class PolicyTransfer(Event):
    """A policy went over to another insurer, who may know it by another number."""

    family: ClassVar[str] = "insurance"
    any_role: ClassVar[tuple[Role, ...]] = PARTIES
    texts: ClassVar[tuple[str, ...]] = ("insurer", "number", "to_insurer")

    insurer: str
    number: str
    to_insurer: str
    to_number: str | None = None


@dataclass(frozen=True, slots=True)
class Licence(Event):
    """A licence, permit or practising certificate, known by `issuer` and `number`."""

    family: ClassVar[str] = "licence"
    roles: ClassVar[tuple[Role, ...]] = (Role.HOLDER,)
    texts: ClassVar[tuple[str, ...]] = ("licence_kind", "issuer", "number")
    ends_with_reason: ClassVar[bool] = True

    licence_kind: str
    issuer: str
    number: str
    valid_until: PartialDate | None = None
    end_reason: LicenceEnd | None = None


@dataclass(frozen=True, slots=True)
class LicenceSuspension(Event):
    """The licence known by `issuer` and `number` gives no right, until this ends."""

    family: ClassVar[str] = "licence"
    roles: ClassVar[tuple[Role, ...]] = (Role.HOLDER,)
    texts: ClassVar[tuple[str, ...]] = ("issuer", "number")

    issuer: str
    number: str


@dataclass(frozen=True, slots=True)
class Education(Event):
    """A step of the PERSON's education; `level` as coded (GB/T 4658)."""

    family: ClassVar[str] = "education"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)
    texts: ClassVar[tuple[str, ...]] = ("institution",)

    kind: EducationKind
    institution: str
    level: str | None = None
    subject: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Business(Event):
    """The BUSINESS in its register, under the key of its credit code (GB 32100).

    `successor` is the credit code of the business into which it was merged.
    """

    family: ClassVar[str] = "business"
    roles: ClassVar[tuple[Role, ...]] = (Role.BUSINESS,)
    texts: ClassVar[tuple[str, ...]] = ("name",)
    ends_with_reason: ClassVar[bool] = True

    name: str
    site: str | None = None
    successor: str | None = None
    end_reason: BusinessEnd | None = None
