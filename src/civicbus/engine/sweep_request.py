"""How workers hand each other the questions of a sweep, and the answers.

Questions go as one JSON object, answers as one line each in the same order: the outcome and the
brief answer, which the worker that was asked passes on without reading it; or, behind a `!`, why
there is none.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from civicbus.domain.answer import Question, iso
from civicbus.domain.claims import as_json, read_claims
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs import PROOFS
from civicbus.wire.ports import Swept, Unanswered

NO_ANSWER = "!"
NOTHING_MORE: Mapping[str, Any] = {}

Result = Swept | Unanswered


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """One question about many people: the proof, and for each of them the whole question.

    All questions are about the same day and by the same knowledge.
    """

    proof: str
    questions: Sequence[Question]

    def to_json(self) -> bytes:
        """The form in which it is sent to another worker."""
        first = self.questions[0]
        request = {
            "proof": self.proof,
            "valid_at": first.valid_at.isoformat(),
            "known_at": iso(first.known_at),
            "people": [_person(question) for question in self.questions],
        }
        return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_plain(cls, plain: Any, secret: bytes) -> SweepRequest:
        """The request that another worker sent, to which the deployment has the same secret.

        Raises:
            KeyError, TypeError, ValueError: if the JSON values are none.
        """
        kind = PROOFS[plain["proof"]]
        times = date.fromisoformat(plain["valid_at"]), datetime.fromisoformat(plain["known_at"])

        def question(person: str, key: str, said: Mapping[str, Any] = NOTHING_MORE) -> Question:
            scheme, _, number = person.partition(":")
            born = said.get("birth_date")
            given = said.get("claims")
            return Question(
                Identifier(scheme, number),
                key,
                *times,
                read_claims(kind.claims, given, lambda of: person_key(of, secret)) if given else (),
                said.get("name"),
                None if born is None else date.fromisoformat(born),
            )

        return cls(kind.name, [question(*person) for person in plain["people"]])


SweepOwn = Callable[[SweepRequest], Awaitable[list[Result]]]


def _person(question: Question) -> list[Any]:
    """The number, the key and, where there is more, what else the question says."""
    born = question.birth_date
    said = {
        "name": question.name,
        "birth_date": None if born is None else born.isoformat(),
        "claims": as_json(question.claims) or None,
    }
    more = {name: value for name, value in said.items() if value is not None}
    return [str(question.person), question.person_key, *([more] if more else [])]


def results_to_lines(results: Sequence[Result]) -> bytes:
    """What is sent back."""
    return "\n".join(
        f"{result.outcome} {result.text}"
        if isinstance(result, Swept)
        else f"{NO_ANSWER} {result.reason or ''}"
        for result in results
    ).encode()


def results_from_lines(data: bytes, count: int) -> list[Result]:
    """The results that another worker sent.

    Raises:
        ValueError: if they are not as many as was asked about.
    """
    lines = data.decode().split("\n")
    if len(lines) != count:
        raise ValueError("not an answer to each question")
    found: list[Result] = []
    for line in lines:
        word, _, rest = line.partition(" ")
        found.append(Unanswered(rest or None) if word == NO_ANSWER else Swept(word, rest))
    return found
