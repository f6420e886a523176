"""Answers: one of four outcomes, why, from what, and how far the sources were known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from civicbus.domain.claims import Claims, Party, Value, as_json
from civicbus.domain.events import Event
from civicbus.domain.identifiers import Identifier

Detail = str | int | bool | tuple[str, ...] | None


class Outcome(StrEnum):
    """What a proof can come to. `unknown` is an answer, not an error."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: about whom, for which day, and as known at which moment.

    `claims` are what the proof takes beside that. `name` and `birth_date` tell two people apart who
    were given one number; nobody is identified by them alone.
    """

    person: Identifier
    person_key: str
    valid_at: date
    known_at: datetime
    claims: Claims = field(default=(), repr=False)
    name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)

    def claim(self, name: str) -> Value | None:
        """What is claimed under a name, if anything is."""
        return dict(self.claims).get(name)

    def text(self, name: str) -> str | None:
        """The text or code claimed under a name."""
        value = self.claim(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """The number claimed under a name."""
        value = self.claim(name)
        return value if isinstance(value, int) else None

    def party(self, name: str) -> Party | None:
        """The other person named under a name."""
        value = self.claim(name)
        return value if isinstance(value, Party) else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """An event that an answer rests on, with no more of its content than the answer discloses."""

    event_id: str
    source: str
    record: str
    change: str
    occurred: str
    registered_at: datetime
    legal_state: str

    @classmethod
    def of(cls, event: Event) -> Evidence:
        """The evidence that an event is."""
        header = event.header
        return cls(
            header.event_id, header.source, type(event).__name__, header.change.value,
            str(header.occurred), header.registered_at, header.legal_state.value,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question, complete enough to be checked and, later, explained again.

    `known_through` gives for each source that the answer rests on the time up to which it was
    known, or `None` for one that has never been heard of. `sentence` says why in plain words, and
    `would_change` what would lead to another answer, by language. `details` are values that the
    proof discloses beside its outcome; `flags` are codes of what a caseworker should look at.
    """

    question: Question
    proof: str
    outcome: Outcome
    reason: str
    basis: tuple[Evidence, ...]
    known_through: Mapping[str, datetime | None] = field(default_factory=dict)
    sentence: Mapping[str, str] = field(default_factory=dict)
    would_change: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Detail] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The answer as the API and `--json` give it."""
        question = self.question
        return {
            "person": str(question.person),
            "proof": self.proof,
            "claims": as_json(question.claims),
            "outcome": self.outcome.value,
            "reason": self.reason,
            "details": {name: _plain(value) for name, value in self.details.items()},
            "flags": list(self.flags),
            "valid_at": question.valid_at.isoformat(),
            "known_at": iso(question.known_at),
            "known_through": _through(self.known_through),
            "basis": [
                {
                    "event_id": evidence.event_id,
                    "source": evidence.source,
                    "record": evidence.record,
                    "change": evidence.change,
                    "occurred": evidence.occurred,
                    "registered_at": iso(evidence.registered_at),
                    "legal_state": evidence.legal_state,
                }
                for evidence in self.basis
            ],
            "sentence": dict(self.sentence),
            "would_change": dict(self.would_change),
        }

    def in_brief(self) -> dict[str, object]:
        """The answer as a sweep gives it: without the person, without words, evidence by its id."""
        return {
            "proof": self.proof,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "details": {name: _plain(value) for name, value in self.details.items()},
            "flags": list(self.flags),
            "valid_at": self.question.valid_at.isoformat(),
            "known_at": iso(self.question.known_at),
            "known_through": _through(self.known_through),
            "basis": [evidence.event_id for evidence in self.basis],
        }


def _plain(value: Detail) -> object:
    return list(value) if isinstance(value, tuple) else value


def _through(known: Mapping[str, datetime | None]) -> dict[str, str | None]:
    return {
        source: None if through is None else iso(through)
        for source, through in sorted(known.items())
    }


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    text = moment.isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
