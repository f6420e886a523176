"""What an answer tells in words: why it is so, and what would change it."""

from __future__ import annotations

from dataclasses import replace

from civicbus.domain.proofs import PROOFS, run
from civicbus.domain.proofs.words import Explanation
from tests.domain.scenario import read_scenarios

TOLD = Explanation("So on {day}.", "{day}如此。", "A change by {day} would.", "{day}前更正后改变。")


def test_an_answer_says_why_and_what_would_change_it_in_both_languages() -> None:
    story = read_scenarios()[0]
    asked = story.asked[0]
    kind = replace(PROOFS[asked.proof], own_explanations={asked.reason: TOLD})
    proof = kind.prove(asked.question, story.authorities)
    answer = run(proof, lambda need: story.dossier(need, story.events))
    day = asked.question.valid_at.isoformat()
    assert answer.sentence == {"en": f"So on {day}.", "zh": f"{day}如此。"}
    assert answer.would_change == {"en": f"A change by {day} would.", "zh": f"{day}前更正后改变。"}
