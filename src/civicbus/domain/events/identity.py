"""Identity: the record of a person, names, attributes, numbers, documents, signs of life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.events.base import Event
from civicbus.domain.events.rules import InvalidEventError
from civicbus.domain.record_codes import (
    AttributeKind,
    DocumentEnd,
    DocumentKind,
    LinkKind,
    NameKind,
    SignKind,
)
from civicbus.domain.vocabulary import Change, RegistrationEnd, Role


@dataclass(frozen=True, slots=True)
class Registration(Event):
    """That a source keeps a record of this person; with `end_reason`, that it no longer does."""

    family: ClassVar[str] = "identity"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)
    ends_with_reason: ClassVar[bool] = True

    end_reason: RegistrationEnd | None = None


@dataclass(frozen=True, slots=True)
class PersonName(Event):
    """A name from the day on which it counts, until another of its kind does.

    `full` is the name exactly as the register writes it; the parts are given where it has them.
    """

    family: ClassVar[str] = "identity"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)
    texts: ClassVar[tuple[str, ...]] = ("full",)

    kind: NameKind
    full: str
    family_name: str | None = None
    given_names: str | None = None


@dataclass(frozen=True, slots=True)
class IdentityAttribute(Event):
    """An attribute of identity from the day on which it counts, until another of its kind does."""

    family: ClassVar[str] = "identity"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)
    texts: ClassVar[tuple[str, ...]] = ("value",)

    attribute: AttributeKind
    value: str


@dataclass(frozen=True, slots=True)
class IdentityLink(Event):
    """Two numbers are one person's: the PERSON's today, and the FORMER one.

    Published under both. Nobody stops being the same person, so a link never ends: one that was
    wrong is annulled, and the dossiers are apart again with all that belongs to each.
    """

    family: ClassVar[str] = "identity"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON, Role.FORMER)

    kind: LinkKind

    def check(self) -> None:
        if self.header.change is Change.ENDED:
            raise InvalidEventError("rule", "header.change", "a wrong link is annulled, not ended")


@dataclass(frozen=True, slots=True)
class SharedNumber(Event):
    """The PERSON's number was given to more than one person; the end is that it no longer is."""

    family: ClassVar[str] = "identity"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)


@dataclass(frozen=True, slots=True)
class FalseIdentity(Event):
    """The PERSON's identity was found to be false; RIGHTFUL is whose it really is, if known."""

    family: ClassVar[str] = "identity"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)


@dataclass(frozen=True, slots=True)
class SignOfLife(Event):
    """An office saw the PERSON living on the day `occurred`."""

    family: ClassVar[str] = "identity"
    roles: ClassVar[tuple[Role, ...]] = (Role.PERSON,)

    kind: SignKind


@dataclass(frozen=True, slots=True)
class Document(Event):
    """A document issued to the HOLDER; with `end_reason`, that it can no longer be used.

    No right is lost or gained with a document.
    """

    family: ClassVar[str] = "identity"
    roles: ClassVar[tuple[Role, ...]] = (Role.HOLDER,)
    texts: ClassVar[tuple[str, ...]] = ("number",)
    ends_with_reason: ClassVar[bool] = True

    kind: DocumentKind
    number: str
    issuer: str | None = None
    end_reason: DocumentEnd | None = None
