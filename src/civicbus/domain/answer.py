"""Answers: one of four outcomes, why, from what, and how far the sources were known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from civicbus.domain.events import Event
from civicbus.domain.identifiers import Identifier


class Outcome(StrEnum):
    """What a proof can come to. `unknown` is an answer, not an error."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: about whom, for which day, and as known at which moment."""

    person: Identifier
    person_key: str
    valid_at: date
    known_at: datetime


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
    known, or `None` for one that has never been heard of. `sentence` says why in plain words, by
    language.
    """

    question: Question
    proof: str
    outcome: Outcome
    reason: str
    basis: tuple[Evidence, ...]
    known_through: Mapping[str, datetime | None] = field(default_factory=dict)
    sentence: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """The answer as the API and `--json` give it."""
        return {
            "person": str(self.question.person),
            "proof": self.proof,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "valid_at": self.question.valid_at.isoformat(),
            "known_at": iso(self.question.known_at),
            "known_through": {
                source: None if through is None else iso(through)
                for source, through in sorted(self.known_through.items())
            },
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
        }


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    text = moment.isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
