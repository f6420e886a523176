"""What an event of each type must say, and events that say no more.

Written by hand, from what each act is, and not read off the classes: so the tests miss a rule that
is lost there.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import (
    AddressProtection,
    Annulment,
    Birth,
    Business,
    CapacityRuling,
    Concerned,
    Contribution,
    Conviction,
    Death,
    Disability,
    Dispute,
    DivorceFiling,
    Document,
    Education,
    Employment,
    Event,
    FalseIdentity,
    Guardianship,
    Header,
    HouseholdRegistration,
    IdentityAttribute,
    IdentityLink,
    InsuranceTransfer,
    Licence,
    LicenceSuspension,
    MissingDeclaration,
    NoticeDelivered,
    Parentage,
    Pension,
    PensionSuspension,
    PersonName,
    Policy,
    PolicyTransfer,
    RangeVoid,
    Refusal,
    Registration,
    Residence,
    RestorationRefusal,
    Separation,
    SharedNumber,
    SignOfLife,
    Stillbirth,
    UnbornChild,
    Unemployment,
    Union,
    event_id,
)
from civicbus.domain.record_codes import (
    AttributeKind,
    BusinessEnd,
    Capacity,
    DisputeBy,
    DocumentEnd,
    DocumentKind,
    EducationKind,
    GuardianshipKind,
    HouseholdEnd,
    InsuranceKind,
    LicenceEnd,
    LinkKind,
    NameKind,
    ParentageEnd,
    ParentageKind,
    PensionEnd,
    PensionKind,
    PolicyEnd,
    SignKind,
)
from civicbus.domain.vocabulary import AnnulmentReason, RegistrationEnd, Role, UnionEnd, UnionKind

CHILD, PERSON = (Role.CHILD,), (Role.PERSON,)
PARTNER, DECEASED = (Role.PARTNER,), (Role.DECEASED,)
MOTHER, WARD, GUARDIAN = (Role.MOTHER,), (Role.WARD,), (Role.GUARDIAN,)
HOLDER, INSURED, BENEFICIARY = (Role.HOLDER,), (Role.INSURED,), (Role.BENEFICIARY,)
PARENT = (Role.MOTHER, Role.FATHER, Role.PARENT)
PARTY = (Role.HOLDER, Role.INSURED, Role.BENEFICIARY)


@dataclass(frozen=True)
class Least:
    """`roles`: of each group somebody must be concerned. `says`: the fields without a default."""

    roles: tuple[tuple[Role, ...], ...] = ()
    says: dict[str, Any] = field(default_factory=dict)


LEAST: dict[type[Event], Least] = {
    Birth: Least((CHILD,)),
    Stillbirth: Least((MOTHER,)),
    Death: Least((DECEASED,)),
    NoticeDelivered: Least((DECEASED,)),
    Union: Least((PARTNER,), {"kind": UnionKind.MARRIAGE}),
    Separation: Least((PARTNER,)),
    DivorceFiling: Least((PARTNER,)),
    RestorationRefusal: Least((PARTNER,)),
    Registration: Least((PERSON,)),
    PersonName: Least((PERSON,), {"kind": NameKind.OFFICIAL, "full": "王小明"}),
    IdentityAttribute: Least(
        (PERSON,), {"attribute": AttributeKind.NATIONALITY, "value": "CN"}
    ),
    IdentityLink: Least((PERSON, (Role.FORMER,)), {"kind": LinkKind.NUMBER_UPGRADED}),
    SharedNumber: Least((PERSON,)),
    FalseIdentity: Least((PERSON,)),
    SignOfLife: Least((PERSON,), {"kind": SignKind.IN_PERSON}),
    Document: Least((HOLDER,), {"kind": DocumentKind.PASSPORT, "number": "E00000000"}),
    HouseholdRegistration: Least((PERSON,)),
    Residence: Least((PERSON,)),
    AddressProtection: Least((PERSON,)),
    Parentage: Least((CHILD, PARENT), {"kind": ParentageKind.ADOPTION}),
    Guardianship: Least((WARD, GUARDIAN), {"kind": GuardianshipKind.GUARDIANSHIP}),
    UnbornChild: Least((MOTHER,)),
    Employment: Least(((Role.EMPLOYEE,),), {"employer": "91350100M000100Y43"}),
    Unemployment: Least((PERSON,)),
    Contribution: Least(
        (INSURED,),
        {
            "insurance": InsuranceKind.PENSION,
            "first_month": PartialDate(2023, 1),
            "last_month": PartialDate(2023, 12),
        },
    ),
    InsuranceTransfer: Least(
        (INSURED,),
        {"insurance": InsuranceKind.PENSION, "from_region": "3501", "to_region": "1101"},
    ),
    Pension: Least((BENEFICIARY,), {"kind": PensionKind.OLD_AGE, "payer": "3501"}),
    PensionSuspension: Least((BENEFICIARY,), {"kind": PensionKind.OLD_AGE, "payer": "3501"}),
    Disability: Least((PERSON,), {"category": "1"}),
    Policy: Least((PARTY,), {"insurer": "insurer", "number": "P-1"}),
    PolicyTransfer: Least(
        (PARTY,), {"insurer": "insurer", "number": "P-1", "to_insurer": "another"}
    ),
    Licence: Least((HOLDER,), {"licence_kind": "driver", "issuer": "3501", "number": "L-1"}),
    LicenceSuspension: Least((HOLDER,), {"issuer": "3501", "number": "L-1"}),
    Education: Least(
        (PERSON,), {"kind": EducationKind.DEGREE, "institution": "a university"}
    ),
    Business: Least(((Role.BUSINESS,),), {"name": "a company"}),
    MissingDeclaration: Least((PERSON,)),
    CapacityRuling: Least((PERSON,), {"capacity": Capacity.LIMITED}),
    Conviction: Least((PERSON,)),
    Annulment: Least(says={"reason": AnnulmentReason.WRONG_PERSON}),
    RangeVoid: Least(
        says={"first_number": "0100", "last_number": "0199", "reason": AnnulmentReason.WRONG_PERSON}
    ),
    Dispute: Least(says={"by": DisputeBy.SUBJECT}),
    Refusal: Least(says={"reason": "date"}),
}  # fmt: skip
# The types of each one's fields, for those who make up values.
HINTS = {kind: typing.get_type_hints(kind) for kind in LEAST}
# What must not be empty, since it is by what the thing is known.
NOT_EMPTY: dict[type[Event], tuple[str, ...]] = {
    PersonName: ("full",),
    IdentityAttribute: ("value",),
    Document: ("number",),
    Employment: ("employer",),
    InsuranceTransfer: ("from_region", "to_region"),
    Pension: ("payer",),
    PensionSuspension: ("payer",),
    Disability: ("category",),
    Policy: ("insurer", "number"),
    PolicyTransfer: ("insurer", "number", "to_insurer"),
    Licence: ("licence_kind", "issuer", "number"),
    LicenceSuspension: ("issuer", "number"),
    Education: ("institution",),
    Business: ("name",),
    RangeVoid: ("first_number", "last_number"),
    Refusal: ("reason",),
}
# What ends for a reason that proofs tell apart.
REASONS: dict[type[Event], type[StrEnum]] = {
    Union: UnionEnd,
    Registration: RegistrationEnd,
    Document: DocumentEnd,
    HouseholdRegistration: HouseholdEnd,
    Parentage: ParentageEnd,
    Pension: PensionEnd,
    Policy: PolicyEnd,
    Licence: LicenceEnd,
    Business: BusinessEnd,
}
RANGES: dict[tuple[type[Event], str], tuple[int, int]] = {(Death, "age_years"): (0, 150)}
# What speaks of another event must say of which.
NAMING: tuple[type[Event], ...] = (NoticeDelivered, Annulment, Dispute)

ANYBODY = Concerned(Role.PERSON, (), "a" * 26)
HEADER = Header(
    event_id=event_id("registry", "deed", "1"),
    source="registry",
    concerned=(ANYBODY,),
    registered_at=datetime(2024, 3, 4, 9, tzinfo=UTC),
    occurred=PartialDate(2024, 3, 1),
)
TARGET = event_id("registry", "deed", "2")


def in_role(*roles: Role) -> tuple[Concerned, ...]:
    """One person in each of these roles."""
    return tuple(replace(ANYBODY, role=role) for role in roles)


def header_of(kind: type[Event], **changes: Any) -> Header:
    """The least header that events of a type may have, but for what is said otherwise."""
    roles = [group[0] for group in LEAST[kind].roles] or [Role.PERSON]
    target = TARGET if kind in NAMING else None
    header: Header = replace(HEADER, concerned=in_role(*roles), target_event_id=target)
    changed: Header = replace(header, **changes)
    return changed


def least(kind: type[Event], header: Header | None = None, /, **says: Any) -> Event:
    """The least event of a type, but for what is said otherwise."""
    return kind(header or header_of(kind), **(LEAST[kind].says | says))


def entry(
    kind: type[Event],
    name: str,
    *concerned: Concerned,
    on: PartialDate,
    source: str = "registry",
    about: Event | None = None,
    **says: Any,
) -> Event:
    """An event called so about these people, which says no more than it must and what is given."""
    header = replace(
        HEADER,
        event_id=event_id("registry", "test", name),
        source=source,
        concerned=concerned,
        occurred=on,
        target_event_id=None if about is None else about.header.event_id,
    )
    return least(kind, header, **says)
