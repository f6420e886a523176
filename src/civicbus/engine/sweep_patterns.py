"""Answers of a sweep as patterns: what the proof said of one person, said of those alike.

A pattern holds as long as the question, the declarations of authority and what is known of the
sources stay the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities
from civicbus.engine.raw import RawSource
from civicbus.wire.likeness import Alike, Likeness
from civicbus.wire.ports import Swept

CONTEXTS_MAX = 64

# Beside the likeness counts whether the number that was asked with is unusual.
Key = tuple[Likeness, bool]


@dataclass(frozen=True, slots=True)
class Pattern:
    """An answer without its evidence, and which acts of a person are the evidence, in order."""

    outcome: str
    text: str
    basis: tuple[int, ...]

    @classmethod
    def of(cls, answer: Answer, ids: Sequence[str]) -> Pattern | None:
        """The pattern of an answer about a person with these acts; `None` if it rests on others."""
        places = {own_id: place for place, own_id in enumerate(ids)}
        brief = answer.in_brief()
        basis = brief.pop("basis")
        assert isinstance(basis, list)
        if not places.keys() >= set(basis):
            return None
        return cls(answer.outcome.value, in_brief(brief), tuple(places[own_id] for own_id in basis))

    def about(self, ids: Sequence[str]) -> Swept:
        """The answer about somebody alike. The evidence stands last, as in any brief answer."""
        basis = ",".join([f'"{ids[place]}"' for place in self.basis])
        return Swept(self.outcome, f'{self.text[:-1]},"basis":[{basis}]}}')


class Found:
    """Understands which answers are known under one question and one state of the sources."""

    def __init__(self) -> None:
        self._patterns: dict[Key, Pattern | None] = {}

    def answer(self, question: Question, alike: Alike) -> Swept | None:
        """The answer about a person, if it is known from somebody alike."""
        pattern = self._patterns.get((alike.likeness, bool(question.person.warnings)))
        return None if pattern is None else pattern.about(alike.ids)

    def learn(self, answer: Answer, alike: Alike) -> None:
        """Take the answer about a person for all who are alike."""
        key = alike.likeness, bool(answer.question.person.warnings)
        if key not in self._patterns:
            self._patterns[key] = Pattern.of(answer, alike.ids)


class Patterns:
    """Understands what is known under which circumstances; the oldest are forgotten."""

    def __init__(self) -> None:
        self._authorities: Authorities | None = None
        self._found: dict[object, Found] = {}

    def under(
        self, authorities: Authorities, question: Question, sources: tuple[RawSource, ...]
    ) -> Found:
        """What is known for the day and the moment of a question and this state of the sources."""
        if authorities is not self._authorities:
            self._authorities = authorities
            self._found.clear()
        context = question.valid_at, question.known_at, sources
        if context not in self._found:
            while len(self._found) >= CONTEXTS_MAX:
                del self._found[next(iter(self._found))]
            self._found[context] = Found()
        return self._found[context]


def is_plain(question: Question) -> bool:
    """True if a question says no more of a person than the number."""
    return question.name is None and question.birth_date is None and not question.claims


def in_brief(brief: Mapping[str, object]) -> str:
    """A brief answer as it stands in a line."""
    return json.dumps(brief, ensure_ascii=False, separators=(",", ":"))
