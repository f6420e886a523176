"""Events of the scenario files: from the words of a story to what a source publishes."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Any

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import EVENT_TYPES, Concerned, Event, Header, Investigation, Union
from civicbus.domain.events.header import Basis
from civicbus.domain.vocabulary import BasisKind, Cause, Change, LegalState, Role, UnionKind
from tests.domain.scenario_people import WITHOUT_NUMBER, Someone, only, partial_date

# What a record is called in the files: its class in words, but for those that registrars know by
# another one.
KINDS: dict[str, type[Event]] = {
    re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower(): kind for kind in EVENT_TYPES
}
UNIONS = {"marriage": UnionKind.MARRIAGE, "partnership": UnionKind.PARTNERSHIP}
OTHER_NAMES = {
    "missing": "missing declaration",
    "unreadable row": "refusal",
    "household entry": "household registration",
    **dict.fromkeys(UNIONS, "union"),
}
CHANGES = {
    "corrects": Change.CORRECTED,
    "ends": Change.ENDED,
    "reinstates": Change.REINSTATED,
    "annuls": Change.CREATED,  # an annulment is a record type of its own
    "speaks_of": Change.CREATED,  # a dispute and a notice name what they are about
}
WORDS = {
    "name", "is", "by", "on", "registered", "state", "role", "because", "age", "effective",
    "in_doubt", "doubt_since", "doubt_until", "number", "id", "delivered", "deceased", "cause",
    "other", "other_role", "who", "family", "document", "called", "says", *CHANGES,
}  # fmt: skip
FIELDS_BY_WORD = {"because": ("end_reason", "reason"), "age": ("age_years",), "says": ("by",)}
USUALLY = {
    "annulment": "FORMAL_CORRECTION",
    "range void": "FORMAL_CORRECTION",
    "refusal": "date",
    "dispute": "subject",
}


class Storyteller:
    """Understands how one story speaks of its events."""

    def __init__(
        self, where: str, find: Callable[[str], Someone], id_of: Callable[[str], str]
    ) -> None:
        self._where = where
        self._find = find
        self._id_of = id_of

    def event(self, told: Mapping[str, Any]) -> Event:
        """The event that is told."""
        word = "annulment" if "annuls" in told else told["is"]
        name = OTHER_NAMES.get(word, word)
        if name not in KINDS:
            raise ValueError(f"{self._where}: {word}: no kind of event")
        kind = KINDS[name]
        own = {field.name for field in fields(kind)} - {"header"}
        only(told, WORDS | own, f"{self._where}: the event {told.get('name')}")
        values = {key: told[key] for key in own & told.keys() if key not in WORDS}
        if "name" in own:
            values["name"] = told["called"]
        if "number" in own and "document" in told:
            values["number"] = told["document"]
        for said, names in FIELDS_BY_WORD.items():
            for field in own & set(names):
                values[field] = told.get(said, USUALLY.get(name))
        if kind is Union:
            values |= {"kind": UNIONS[word], "deceased_person_key": self._deceased(told)}
        hints = typing.get_type_hints(kind)
        built = {key: converted(value, hints[key]) for key, value in values.items()}
        return kind(self._header(told, kind), **built)

    def _header(self, told: Mapping[str, Any], kind: type[Event]) -> Header:
        (change, target) = next(
            ((change, told[word]) for word, change in CHANGES.items() if word in told),
            (Change.CREATED, None),
        )
        registered = told["registered"]
        if not isinstance(registered, datetime):
            registered = datetime.combine(registered, time.min, UTC)
        effective = told.get("effective")
        document = told.get("document")
        return Header(
            event_id=self._id_of(told.get("id", told["name"])),
            source=told["by"],
            concerned=self._concerned(told, kind),
            registered_at=registered,
            occurred=partial_date(told.get("on", "unknown")),
            change=change,
            target_event_id=None if target is None else self._id_of(target),
            effective_from=None if effective is None else partial_date(effective),
            legal_state=LegalState(told.get("state", "registered").upper()),
            basis=None if document is None else Basis(BasisKind.CERTIFICATE, document),
            cause=Cause(told.get("cause", "genuine").upper()),
            under_investigation=_investigations(told),
            source_sequence=told.get("number", 0) if isinstance(told.get("number"), int) else 0,
        )

    def _concerned(self, told: Mapping[str, Any], kind: type[Event]) -> tuple[Concerned, ...]:
        if "who" in told:
            return tuple(
                self._find(name).as_(Role(role.upper()))
                for role, names in told["who"].items()
                for name in ([names] if isinstance(names, str) else names)
            )
        usual = (*kind.roles, *kind.any_role, Role.PERSON)[0]
        role = Role(told["role"].upper()) if "role" in told else usual
        others_role = Role(told["other_role"].upper()) if "other_role" in told else usual
        nameless = told.get("other") == WITHOUT_NUMBER
        other = self._find(WITHOUT_NUMBER if nameless else "other").as_(others_role)
        person = self._find("person").as_(role)
        return (person, other) if kind is Union or role is not usual else (person,)

    def _deceased(self, told: Mapping[str, Any]) -> str | None:
        """The key of whose death ended a union: `the person`, `the other`, or any name."""
        name = told.get("deceased")
        return None if name is None else self._find(name.removeprefix("the ")).key


def converted(value: Any, hint: Any) -> Any:
    """A value as its field holds it."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (arg for arg in typing.get_args(hint) if arg is not type(None))
    if value is None:
        return None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value.upper().replace(" ", "_"))
    return partial_date(value) if hint is PartialDate else value


def _investigations(told: Mapping[str, Any]) -> tuple[Investigation, ...]:
    since = partial_date(told.get("doubt_since", "unknown"))
    until = partial_date(told["doubt_until"]) if "doubt_until" in told else None
    return tuple(Investigation(element, since, until) for element in told.get("in_doubt", ()))
