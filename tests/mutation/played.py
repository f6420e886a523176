"""The questions of the stories, by the function of the domain that they reach.

Most mistakes change an answer, and an answer takes milliseconds.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.domain.scenario import Asked, Scenario, read_scenarios
from tests.domain.scenario_checks import check_answer, check_evidence

ORIGINAL = "__mutmut_orig"
# Questions that are as different as can be find nearly all that any question finds.
FEW = 100


@dataclass(frozen=True)
class Question:
    """One question of a story, and how long the answer took, in seconds."""

    story: Scenario
    asked: Asked
    took: float

    @property
    def kind(self) -> tuple[str, str, str]:
        return self.asked.proof, self.asked.outcome, self.asked.reason

    def check(self, *, thoroughly: bool = False) -> None:
        """Answer it, and compare; thoroughly in another order of arrival, with repetitions, too."""
        story, asked = self.story, self.asked
        answer = story.answer(asked, story.events)
        check_answer(story, asked, answer)
        if thoroughly:
            again = story.answer(asked, [*story.events[::-1], *story.events])
            assert again.to_json() == answer.to_json()
        check_evidence(story, asked, answer)


def reaching() -> Mapping[str, Sequence[Question]]:
    """For each function, by its mutated name, the questions that reach it, the quickest first."""
    found: dict[str, list[Question]] = defaultdict(list)
    for story in read_scenarios():
        for asked in story.asked:
            functions, took = _reached_by(story, asked)
            for function in functions:
                found[function].append(Question(story, asked, took))
    return {name: sorted(own, key=lambda q: q.took) for name, own in found.items()}


def chosen(questions: Iterable[Question], number: int) -> list[Question]:
    """Some of them: of each proof, outcome and reason about as many."""
    seen: Counter[tuple[str, str, str]] = Counter()
    ranked = []
    for place, question in enumerate(questions):
        ranked.append((seen[question.kind], place, question))
        seen[question.kind] += 1
    return [question for _, _, question in sorted(ranked, key=lambda r: r[:2])[:number]]


def _reached_by(story: Scenario, asked: Asked) -> tuple[set[str], float]:
    reached: set[str] = set()

    def note(frame: Any, event: str, _: object) -> None:
        name = frame.f_code.co_name
        if event == "call" and name.endswith(ORIGINAL):
            reached.add(f"{frame.f_globals['__name__']}.{name.removesuffix(ORIGINAL)}")

    started = time.perf_counter()
    sys.setprofile(note)
    story.answer(asked, story.events)
    sys.setprofile(None)
    return reached, time.perf_counter() - started
