"""Events: what a source has recorded, as it recorded it.

Rule 1: an event that is not allowed cannot be built; the constructors refuse it with the reason
under which the bus quarantines it. Rule 2: a change is a new event that names the one it changes;
nothing is edited or deleted. Rule 3: an annulment is a record type of its own, so that a reader
who does not know it cannot take it for a fact (`schemas/annulment.avsc`).

The shapes follow Norway's person events (change kind plus the event it changes), the Dutch
register (effective and recorded dates, elements under investigation) and OpenCRVS (notified is not
registered). Each class here has a schema of the same name under `schemas/`; `domain.families` says
in which topic it stands.
"""

from __future__ import annotations

from civicbus.domain.events.about_events import Annulment, Dispute, RangeVoid, Refusal
from civicbus.domain.events.base import Event, event_id
from civicbus.domain.events.courts import CapacityRuling, Conviction, MissingDeclaration
from civicbus.domain.events.dismissal import Dismissal
from civicbus.domain.events.entitlements import (
    Business,
    Education,
    Licence,
    LicenceSuspension,
    Policy,
    PolicyTransfer,
)
from civicbus.domain.events.header import Basis, Concerned, Header, Investigation
from civicbus.domain.events.household import AddressProtection, HouseholdRegistration, Residence
from civicbus.domain.events.identity import (
    Document,
    FalseIdentity,
    IdentityAttribute,
    IdentityLink,
    PersonName,
    Registration,
    SharedNumber,
    SignOfLife,
)
from civicbus.domain.events.kinship import Guardianship, Parentage, UnbornChild
from civicbus.domain.events.rules import (
    CLOCK_TOLERANCE,
    EARLIEST_TIME,
    EFFECT_AHEAD,
    FORBIDDEN_TEXT,
    LATEST_TIME,
    MAX_CONCERNED,
    MAX_LISTED,
    MAX_TEXT,
    SOURCE_PATTERN,
    UUID_PATTERN,
    InvalidEventError,
    check_source,
    check_time,
    check_uuid,
    day_of,
)
from civicbus.domain.events.unions import DivorceFiling, RestorationRefusal, Separation, Union
from civicbus.domain.events.vital import Birth, Death, NoticeDelivered, Stillbirth
from civicbus.domain.events.watermark import SourceWatermark
from civicbus.domain.events.work import (
    Contribution,
    Disability,
    Employment,
    InsuranceTransfer,
    Pension,
    PensionSuspension,
    Unemployment,
)

ABOUT_EVENTS: tuple[type[Event], ...] = (Annulment, RangeVoid, Dispute, Refusal)
EVENT_TYPES: tuple[type[Event], ...] = (
    Birth, Stillbirth, Death, NoticeDelivered,
    Union, Separation, DivorceFiling, RestorationRefusal,
    Registration, PersonName, IdentityAttribute, IdentityLink, SharedNumber, FalseIdentity,
    SignOfLife, Document,
    HouseholdRegistration, Residence, AddressProtection,
    Parentage, Guardianship, UnbornChild,
    Employment, Unemployment, Contribution, InsuranceTransfer, Pension, PensionSuspension,
    Disability,
    Policy, PolicyTransfer, Licence, LicenceSuspension, Education, Business,
    MissingDeclaration, CapacityRuling, Conviction,
    *ABOUT_EVENTS,
)  # fmt: skip

# What stands among the events and is none: it is about the bus, not about a person.
ControlRecord = SourceWatermark | Dismissal
CONTROL_TYPES: tuple[type[ControlRecord], ...] = (SourceWatermark, Dismissal)

__all__ = [
    "ABOUT_EVENTS",
    "CLOCK_TOLERANCE",
    "CONTROL_TYPES",
    "EARLIEST_TIME",
    "EFFECT_AHEAD",
    "EVENT_TYPES",
    "FORBIDDEN_TEXT",
    "LATEST_TIME",
    "MAX_CONCERNED",
    "MAX_LISTED",
    "MAX_TEXT",
    "SOURCE_PATTERN",
    "UUID_PATTERN",
    "AddressProtection",
    "Annulment",
    "Basis",
    "Birth",
    "Business",
    "CapacityRuling",
    "Concerned",
    "Contribution",
    "ControlRecord",
    "Conviction",
    "Death",
    "Disability",
    "Dismissal",
    "Dispute",
    "DivorceFiling",
    "Document",
    "Education",
    "Employment",
    "Event",
    "FalseIdentity",
    "Guardianship",
    "Header",
    "HouseholdRegistration",
    "IdentityAttribute",
    "IdentityLink",
    "InsuranceTransfer",
    "InvalidEventError",
    "Investigation",
    "Licence",
    "LicenceSuspension",
    "MissingDeclaration",
    "NoticeDelivered",
    "Parentage",
    "Pension",
    "PensionSuspension",
    "PersonName",
    "Policy",
    "PolicyTransfer",
    "RangeVoid",
    "Refusal",
    "Registration",
    "Residence",
    "RestorationRefusal",
    "Separation",
    "SharedNumber",
    "SignOfLife",
    "SourceWatermark",
    "Stillbirth",
    "UnbornChild",
    "Unemployment",
    "Union",
    "check_source",
    "check_time",
    "check_uuid",
    "day_of",
    "event_id",
]
