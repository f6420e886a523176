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

import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    BasisKind,
    Cause,
    Change,
    LegalState,
    RegistrationEnd,
    Role,
    Sex,
    UnionEnd,
    UnionKind,
)

MAX_TEXT = 1_000
MAX_CONCERNED = 64
MAX_LISTED = 64  # identifiers of a person, elements under investigation
UUID_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SOURCE_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
EARLIEST_TIME = datetime(1850, 1, 1, tzinfo=UTC)
LATEST_TIME = datetime(9998, 12, 31, tzinfo=UTC)
# Registers write local dates; the day may already be tomorrow somewhere.
CLOCK_TOLERANCE = timedelta(days=1)
# A departure may be announced before it counts; years ahead, it is a slip of the pen.
EFFECT_AHEAD = timedelta(days=365)

# Text that could change how a line is read or shown: control characters, NUL, overrides of the
# writing direction, lone surrogates. Tab and line breaks occur in addresses and are allowed.
FORBIDDEN_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class InvalidEventError(ValueError):
    """An event that must not exist. `reason` is the quarantine reason, `field` where it lies.

    The text names the rule, never the value: it may be about a person.
    """

    def __init__(self, reason: str, field: str, rule: str) -> None:
        self.reason = reason
        self.field = field
        super().__init__(f"{field}: {rule}")


@dataclass(frozen=True, slots=True)
class Basis:
    """The document behind an entry: its kind, its number, who issued it."""

    kind: BasisKind
    number: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class Investigation:
    """A mark of the register: this element is in doubt. `element` is `family` or `family.field`."""

    element: str
    since: PartialDate = UNKNOWN_DATE
    until: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person whom an act concerns. Without an identifier: name and birth date, no key."""

    role: Role
    identifiers: tuple[Identifier, ...] = ()
    person_key: str | None = None
    name: str | None = field(default=None, repr=False)
    birth_date: PartialDate | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Header:
    """What every event says about itself.

    `occurred` is when it happened in the world, `effective_from` from when it counts in law (where
    that differs), `registered_at` when the source wrote it down. `source_sequence` is the source's
    own running number. `environment` keeps test data out of a live deployment.

    Raises:
        InvalidEventError: with reason `uuid`, `text`, `size`, `collection`, `range` or `rule`.
    """

    event_id: str
    source: str
    concerned: tuple[Concerned, ...]
    registered_at: datetime
    occurred: PartialDate = UNKNOWN_DATE
    change: Change = Change.CREATED
    target_event_id: str | None = None
    effective_from: PartialDate | None = None
    legal_state: LegalState = LegalState.REGISTERED
    basis: Basis | None = None
    cause: Cause = Cause.GENUINE
    under_investigation: tuple[Investigation, ...] = ()
    source_sequence: int = 0
    environment: str = "development"

    def __post_init__(self) -> None:
        check_uuid(self.event_id, "header.event_id")
        if self.target_event_id is not None:
            check_uuid(self.target_event_id, "header.target_event_id")
        check_source(self.source, "header.source")
        if self.source_sequence < 0:
            raise InvalidEventError("range", "header.source_sequence", "must not be negative")
        if not 1 <= len(self.concerned) <= MAX_CONCERNED:
            raise InvalidEventError(
                "collection", "header.concerned", f"1 to {MAX_CONCERNED} persons are needed"
            )
        check_listed(self.under_investigation, "header.under_investigation")
        for concerned in self.concerned:
            check_listed(concerned.identifiers, "header.concerned.identifiers")
        check_time(self.registered_at, "header.registered_at")
        check_texts(self)
        if self.target_event_id == self.event_id:
            raise InvalidEventError("rule", "header.target_event_id", "an event changes itself")
        if self.change is not Change.CREATED and self.target_event_id is None:
            raise InvalidEventError(
                "rule", "header.target_event_id", f"{self.change} must name the event it changes"
            )
        if self.occurred.earliest > day_of(self.registered_at + CLOCK_TOLERANCE):
            raise InvalidEventError("rule", "header.occurred", "lies after it was registered")
        if self.effective_from is not None and self.effective_from.earliest > day_of(
            self.registered_at + EFFECT_AHEAD
        ):
            raise InvalidEventError(
                "rule", "header.effective_from", "lies more than a year after it was registered"
            )

    def keys(self) -> tuple[str, ...]:
        """The person keys under which the event is published, each once, in order."""
        return tuple(dict.fromkeys(c.person_key for c in self.concerned if c.person_key))

    def concerns(self, person_key: str) -> bool:
        """True if the act concerns this person, in whatever role."""
        return any(c.person_key == person_key for c in self.concerned)

    def has_role(self, person_key: str, *roles: Role) -> bool:
        """True if the person is concerned in one of these roles."""
        return any(c.person_key == person_key and c.role in roles for c in self.concerned)


@dataclass(frozen=True, slots=True)
class Birth:
    """A live birth: `occurred` is the birth date; the child and the parents are concerned."""

    family: ClassVar[str] = "birth"
    header: Header
    sex: Sex = Sex.NOT_KNOWN
    place: str | None = None
    country: str | None = None

    def __post_init__(self) -> None:
        check_texts(self)
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
        check_texts(self)
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
        check_texts(self)
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
        check_texts(self)
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


def day_of(moment: datetime) -> date:
    """The UTC day of a moment."""
    return moment.astimezone(UTC).date()


def check_uuid(text: str, where: str) -> None:
    if not UUID_PATTERN.fullmatch(text) or text == str(uuid.UUID(int=0)):
        raise InvalidEventError("uuid", where, "a lower-case UUID other than nil is needed")


def check_source(text: str, where: str) -> None:
    if len(text) > 64 or not SOURCE_PATTERN.fullmatch(text):
        raise InvalidEventError("text", where, "lower-case letters, digits, single hyphens")


def check_listed(items: tuple[object, ...], where: str) -> None:
    if len(items) > MAX_LISTED:
        raise InvalidEventError("collection", where, f"more than {MAX_LISTED} items")


def check_time(moment: datetime, where: str) -> None:
    if moment.tzinfo is None:
        raise InvalidEventError("range", where, "a time zone is needed")
    if not EARLIEST_TIME <= moment <= LATEST_TIME:
        raise InvalidEventError("range", where, "must lie between 1850 and 9998")


def check_texts(value: object, where: str = "") -> None:
    """Refuse text that is too long or that could deceive a reader, however deep it stands."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise InvalidEventError("size", where, f"more than {MAX_TEXT} characters")
        if FORBIDDEN_TEXT.search(value):
            raise InvalidEventError("text", where, "control or direction characters")
    elif isinstance(value, tuple):
        for item in value:
            check_texts(item, where)
    elif not isinstance(value, Header) or not where:
        for name in getattr(value, "__slots__", ()):
            check_texts(getattr(value, name), f"{where}.{name}".lstrip("."))


def need_role(header: Header, role: Role) -> None:
    if not any(concerned.role is role for concerned in header.concerned):
        raise InvalidEventError("rule", "header.concerned", f"needs a person in the role {role}")


def _starts_after(birth: PartialDate | None, death: PartialDate) -> bool:
    """True if every day that the birth date may stand for is after every day of the death."""
    return birth is not None and birth.earliest > death.latest
