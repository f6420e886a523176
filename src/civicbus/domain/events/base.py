"""What all events have in common: a header, and rules that an event which exists has kept.

Most rules are stated as data on the class, so that the guard can hold whole blocks of records to
them without building an event of each.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.events.header import Header
from civicbus.domain.events.rules import InvalidEventError, check_texts
from civicbus.domain.vocabulary import Change, Role


@dataclass(frozen=True, slots=True)
class Event:
    """An act as a source recorded it. Each kind of act is a class of its own.

    `family` names the topic; it is empty for the kinds that stand in the topic of what they change.
    `roles` must each be filled by somebody concerned, and one of `any_role` if there are any;
    `ranges` bounds numbers, both ends included; `texts` must not be empty; with
    `ends_with_reason` an ENDED event says why in `end_reason`; with `names_target` it must name
    the event that it speaks of.

    Raises:
        InvalidEventError: on building one that breaks a rule.
    """

    family: ClassVar[str] = ""
    roles: ClassVar[tuple[Role, ...]] = ()
    any_role: ClassVar[tuple[Role, ...]] = ()
    ranges: ClassVar[Mapping[str, tuple[int, int]]] = {}
    texts: ClassVar[tuple[str, ...]] = ()
    ends_with_reason: ClassVar[bool] = False
    names_target: ClassVar[bool] = False

    header: Header

    def __post_init__(self) -> None:
        check_texts(self, but=Header)
        for role in self.roles:
            _need_role(self.header, role)
        if self.any_role:
            _need_role(self.header, *self.any_role)
        for name, (lowest, highest) in self.ranges.items():
            value = getattr(self, name)
            if value is not None and not lowest <= value <= highest:
                rule = f"must lie between {lowest} and {highest}"
                raise InvalidEventError("range", name, rule)
        for name in self.texts:
            if getattr(self, name) == "":
                raise InvalidEventError("rule", name, "must say something")
        if self.ends_with_reason and self._ends_without_reason():
            raise InvalidEventError("rule", "end_reason", "what has ended needs a reason")
        if self.names_target and self.header.target_event_id is None:
            raise InvalidEventError(
                "rule", "header.target_event_id", "must name the event that it speaks of"
            )
        self.check()

    def check(self) -> None:
        """What holds for this kind of act alone and no table can say."""

    def _ends_without_reason(self) -> bool:
        return self.header.change is Change.ENDED and getattr(self, "end_reason", None) is None


def _need_role(header: Header, *roles: Role) -> None:
    if not any(concerned.role in roles for concerned in header.concerned):
        wanted = " or ".join(roles)
        raise InvalidEventError("rule", "header.concerned", f"needs a person in the role {wanted}")


def event_id(source: str, *parts: str) -> str:
    """The id of the event that a source's entry gives rise to: the same entry, the same id.

    Use the parts that name the entry in its register (record, category, row), never the facts in
    it, so that a connector that runs twice publishes the same event twice and not two events.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "civicbus:" + "/".join((source, *parts))))
