"""Claims: what a question says beside the person and the day, such as whose spouse or how old.

Each proof lists the claims that it takes. They are read in one place, so that the API, the command
line and the tests refuse the same things in the same words. A refusal never repeats the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from civicbus.domain.dates import EARLIEST_YEAR, LATEST_YEAR
from civicbus.domain.events.rules import FORBIDDEN_TEXT
from civicbus.domain.identifiers import Identifier, InvalidIdentifierError

MAX_TEXT = 300
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ClaimKind(StrEnum):
    """What the value of a claim is."""

    PERSON = "person"  # SCHEME:NUMBER
    CODE = "code"  # one of a list
    TEXT = "text"
    NUMBER = "number"
    DAY = "day"  # YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class Party:
    """Another person whom a question names: the number, and the key of their dossier."""

    identifier: Identifier
    person_key: str

    def __str__(self) -> str:
        return str(self.identifier)


Value = Party | str | int | date


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that a proof takes. `means` says in a sentence what it is, in English."""

    name: str
    kind: ClaimKind
    means: str
    required: bool = False
    codes: tuple[str, ...] = ()
    lowest: int = 0
    highest: int = 150

    @property
    def form(self) -> str:
        """How the value is written, in words."""
        match self.kind:
            case ClaimKind.PERSON:
                return "a person's number, SCHEME:NUMBER"
            case ClaimKind.CODE:
                return f"one of {', '.join(self.codes)}"
            case ClaimKind.TEXT:
                return f"a text of at most {MAX_TEXT} characters"
            case ClaimKind.NUMBER:
                return f"a whole number from {self.lowest} to {self.highest}"
            case ClaimKind.DAY:
                return "a day, YYYY-MM-DD"

    def read(self, given: object, key_of: Callable[[Identifier], str]) -> Value:
        """The value, checked.

        Raises:
            InvalidClaimError: naming the rule that it breaks.
        """
        match self.kind:
            case ClaimKind.PERSON:
                return self._party(self._text(given), key_of)
            case ClaimKind.CODE:
                return self._code(self._text(given))
            case ClaimKind.TEXT:
                return self._text(given)
            case ClaimKind.NUMBER:
                return self._number(given)
            case ClaimKind.DAY:
                return self._day(self._text(given))

    def _text(self, given: object) -> str:
        if not isinstance(given, str) or not given.strip():
            raise InvalidClaimError(self.name, "must be a text that says something")
        if len(given) > MAX_TEXT:
            raise InvalidClaimError(self.name, f"must not be longer than {MAX_TEXT} characters")
        if FORBIDDEN_TEXT.search(given):
            raise InvalidClaimError(self.name, "must not hold control or direction characters")
        return given

    def _party(self, text: str, key_of: Callable[[Identifier], str]) -> Party:
        try:
            identifier = Identifier.parse(text)
        except InvalidIdentifierError as error:
            raise InvalidClaimError(self.name, str(error)) from None
        return Party(identifier, key_of(identifier))

    def _code(self, text: str) -> str:
        if text not in self.codes:
            raise InvalidClaimError(self.name, f"must be one of {', '.join(self.codes)}")
        return text

    def _number(self, given: object) -> int:
        if not isinstance(given, int) or isinstance(given, bool):
            raise InvalidClaimError(self.name, "must be a whole number")
        if not self.lowest <= given <= self.highest:
            rule = f"must lie between {self.lowest} and {self.highest}"
            raise InvalidClaimError(self.name, rule)
        return given

    def _day(self, text: str) -> date:
        try:
            day = date.fromisoformat(text) if DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise InvalidClaimError(self.name, "must be a day that exists, written YYYY-MM-DD")
        return day


class InvalidClaimError(ValueError):
    """A claim that the proof does not take, or not so. The text never repeats the value."""

    def __init__(self, name: str, rule: str) -> None:
        self.name = name
        self.rule = rule
        super().__init__(f"{name}: {rule}")


Claims = tuple[tuple[str, Value], ...]

# What any question may say of the person, to tell two people apart who were given one number.
TOLD = (
    Claim("name", ClaimKind.TEXT, "The person's name, as the register writes it."),
    Claim("birth_date", ClaimKind.DAY, "The day on which the person was born."),
)


def read_told(name: object, birth_date: object) -> tuple[str | None, date | None]:
    """The name and the birth date that a question gives, checked; either may be `None`.

    Raises:
        InvalidClaimError: naming the rule that one of them breaks.
    """
    if name is None and birth_date is None:
        return None, None
    name_of, born_on = (
        None if given is None else claim.read(given, _nobody)
        for claim, given in zip(TOLD, (name, birth_date), strict=True)
    )
    assert name_of is None or isinstance(name_of, str)
    assert born_on is None or isinstance(born_on, date)
    return name_of, born_on


def _nobody(_: Identifier) -> str:
    return ""


def as_json(claims: Claims) -> dict[str, str | int]:
    """The claims as plain values: what was read here is read again from them."""
    return {name: value if isinstance(value, int) else str(value) for name, value in claims}


def read_claims(
    taken: Iterable[Claim], given: Mapping[str, object], key_of: Callable[[Identifier], str]
) -> Claims:
    """The claims of a question, checked against those that its proof takes, in their order.

    `key_of` gives a person's key in this deployment.

    Raises:
        InvalidClaimError: for a claim that is unknown, missing or not well formed. The name of an
            unknown one is not repeated: it is the asker's text.
    """
    taken = tuple(taken)
    if not taken and not given:  # most questions
        return ()
    names = [claim.name for claim in taken]
    if any(name not in names for name in given):
        known = f"the claims are {', '.join(names)}" if names else "this proof takes no claims"
        raise InvalidClaimError("claims", known)
    for claim in taken:
        if claim.required and given.get(claim.name) is None:
            raise InvalidClaimError(claim.name, "is missing")
    return tuple(
        (claim.name, claim.read(given[claim.name], key_of))
        for claim in taken
        if given.get(claim.name) is not None
    )
