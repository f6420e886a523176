"""The header: what every event says about itself, whatever it is about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.events.rules import (
    CLOCK_TOLERANCE,
    EFFECT_AHEAD,
    MAX_CONCERNED,
    InvalidEventError,
    check_listed,
    check_source,
    check_texts,
    check_time,
    check_uuid,
    day_of,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, Cause, Change, LegalState, Role


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

    def stands_under(self, key: str) -> bool:
        """True if the event is published under this person key."""
        return any(c.person_key == key for c in self.concerned)

    def concerns(self, keys: Collection[str]) -> bool:
        """True if the act concerns the person with one of these keys, in whatever role.

        Whoever was named by mistake is told so, and not concerned.
        """
        return any(
            c.person_key in keys and c.role is not Role.WRONGLY_NAMED for c in self.concerned
        )

    def has_role(self, keys: Collection[str], *roles: Role) -> bool:
        """True if the person with one of these keys is concerned in one of these roles."""
        return any(c.person_key in keys and c.role in roles for c in self.concerned)

    def in_role(self, *roles: Role) -> tuple[Concerned, ...]:
        """Whoever is concerned in one of these roles."""
        return tuple(c for c in self.concerned if c.role in roles)
