"""Events: what a source has recorded, as it recorded it.

Rule 1: an event that is not allowed cannot be built; the constructors refuse it with the reason
under which the bus quarantines it. Rule 2: a change is a new event that names the one it changes;
nothing is edited or deleted. Rule 3: an annulment is a record type of its own, so that a reader
who does not know it cannot take it for a fact (`schemas/annulment.avsc`).

The shapes follow Norway's person events (change kind plus the event it changes), the Dutch
register (effective and recorded dates, elements under investigation) and OpenCRVS (notified is not
registered). Each class here has a schema of the same name under `schemas/`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from civicbus.domain.dates import PartialDate
from civicbus.domain.event_rules import (
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
    check_texts,
    check_time,
    check_uuid,
    day_of,
)
from civicbus.domain.header import Basis, Concerned, Header, Investigation
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    Change,
    RegistrationEnd,
    Role,
    Sex,
    UnionEnd,
    UnionKind,
)

__all__ = [
    "CLOCK_TOLERANCE",
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
    "Annulment",
    "Basis",
    "Birth",
    "Concerned",
    "Death",
    "Event",
    "Header",
    "InvalidEventError",
    "Investigation",
    "MissingDeclaration",
    "Refusal",
    "Registration",
    "SourceWatermark",
    "Union",
    "check_source",
    "check_time",
    "check_uuid",
    "day_of",
    "event_id",
]


@dataclass(frozen=True, slots=True)
class Birth:
    """A live birth: `occurred` is the birth date; the child and the parents are concerned."""

    family: ClassVar[str] = "birth"
    header: Header
    sex: Sex = Sex.NOT_KNOWN
    place: str | None = None
    country: str | None = None

    def __post_init__(self) -> None:
        check_texts(self, but=Header)
        need_role(self.header, Role.CHILD)


@dataclass(frozen=True, slots=True)
class Death:
    """A death: `occurred` is its date. `age_years` is the age as the record states it."""

    family: ClassVar[str] = "death"
    header: Header
    place: str | None = None
    country: str | None = None
    age_years: int | None = None

    def __post_init__(self) -> None:
        check_texts(self, but=Header)
        need_role(self.header, Role.DECEASED)
        if self.age_years is not None and not 0 <= self.age_years <= 150:
            raise InvalidEventError("range", "age_years", "must lie between 0 and 150")
        for concerned in self.header.concerned:
            if concerned.role is Role.DECEASED and _starts_after(
                concerned.birth_date, self.header.occurred
            ):
                raise InvalidEventError(
                    "rule", "header.concerned.birth_date", "lies after the death"
                )


@dataclass(frozen=True, slots=True)
class Union:
    """A marriage or partnership: its start, or, when `end_reason` is given, its end.

    `deceased_person_key` names the partner whose death ended it, where that partner has a key.
    """

    family: ClassVar[str] = "union"
    header: Header
    kind: UnionKind
    end_reason: UnionEnd | None = None
    deceased_person_key: str | None = None
    place: str | None = None

    def __post_init__(self) -> None:
        check_texts(self, but=Header)
        need_role(self.header, Role.PARTNER)
        if (self.header.change is Change.ENDED) and self.end_reason is None:
            raise InvalidEventError("rule", "end_reason", "an ended union needs a reason")


@dataclass(frozen=True, slots=True)
class Registration:
    """That a source keeps a record of this person; with `end_reason`, that it no longer does."""

    family: ClassVar[str] = "identity"
    header: Header
    end_reason: RegistrationEnd | None = None

    def __post_init__(self) -> None:
        need_role(self.header, Role.PERSON)
        if (self.header.change is Change.ENDED) and self.end_reason is None:
            raise InvalidEventError("rule", "end_reason", "an ended registration needs a reason")


@dataclass(frozen=True, slots=True)
class MissingDeclaration:
    """A court's declaration that a person is missing (China's Civil Code, article 40)."""

    family: ClassVar[str] = "court"
    header: Header

    def __post_init__(self) -> None:
        need_role(self.header, Role.PERSON)


@dataclass(frozen=True, slots=True)
class Annulment:
    """Withdraws the event that it names, as if it had never been recorded.

    Naming the CREATED event withdraws the act with all its corrections; naming a correction
    withdraws that correction alone. Published in the topic of the event it withdraws.
    """

    header: Header
    reason: AnnulmentReason

    def __post_init__(self) -> None:
        if self.header.target_event_id is None:
            raise InvalidEventError(
                "rule", "header.target_event_id", "an annulment must name the event it withdraws"
            )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row about this person could not be mapped, so what the source holds is not known here.

    Published in each topic that the row could have changed: an answer that rests on that topic
    is `unknown: quarantined` until the refusal is annulled.
    """

    header: Header
    reason: str

    def __post_init__(self) -> None:
        check_texts(self, but=Header)
        if not self.reason:
            raise InvalidEventError("rule", "reason", "a refusal needs a reason")


@dataclass(frozen=True, slots=True)
class SourceWatermark:
    """A source's word, in every partition it writes: "my register is complete up to here".

    `complete_through` is on the axis of `registered_at`. `sequence` is the highest source sequence
    published. `partition_records` counts the records that this source has in this partition before
    this one; a reader who counted fewer has lost some, and the source is `gapped` for it.
    """

    source: str
    complete_through: datetime
    sequence: int
    partition_records: int
    environment: str = "development"

    def __post_init__(self) -> None:
        check_source(self.source, "source")
        check_time(self.complete_through, "complete_through")
        for name in ("sequence", "partition_records"):
            if getattr(self, name) < 0:
                raise InvalidEventError("range", name, "must not be negative")


Event = Birth | Death | Union | Registration | MissingDeclaration | Annulment | Refusal
EVENT_TYPES: tuple[type, ...] = (
    Birth, Death, Union, Registration, MissingDeclaration, Annulment, Refusal,
)  # fmt: skip


def event_id(source: str, *parts: str) -> str:
    """The id of the event that a source's entry gives rise to: the same entry, the same id.

    Use the parts that name the entry in its register (record, category, row), never the facts in
    it, so that a connector that runs twice publishes the same event twice and not two events.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "civicbus:" + "/".join((source, *parts))))


def need_role(header: Header, role: Role) -> None:
    if not any(concerned.role is role for concerned in header.concerned):
        raise InvalidEventError("rule", "header.concerned", f"needs a person in the role {role}")


def _starts_after(birth: PartialDate | None, death: PartialDate) -> bool:
    """True if every day that the birth date may stand for is after every day of the death."""
    return birth is not None and birth.earliest > death.latest
