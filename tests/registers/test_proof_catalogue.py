"""The page of all proofs says what the proofs and their stories say, neither more nor less."""

from __future__ import annotations

from pathlib import Path

import pytest

from civicbus.domain.proofs import PROOFS, Kind
from civicbus.domain.proofs.words import COMMON
from civicbus.registers.proof_catalogue import Story, describe, read_stories

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"
PAGE = ROOT / "src" / "civicbus" / "domain" / "proofs" / "README.md"


def test_the_page_of_proofs_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == describe(PROOFS.values(), read_stories(SCENARIOS)), "run `make docs`"


@pytest.mark.parametrize("kind", PROOFS.values(), ids=PROOFS)
def test_every_proof_is_told_with_its_claims_its_law_its_reasons_and_its_stories(
    kind: Kind,
) -> None:
    page = describe([kind], [Story("file", "A story", frozenset({kind.name}), ())])
    assert f"| {kind.number} | [`{kind.name}`](#{kind.number.lower()}-{kind.name}) |" in page
    for law in kind.law.values():
        assert law in page
    for claim in kind.claims:
        assert f"| `{claim.name}` |" in page
        assert claim.means in page
    for reason, said in {**COMMON, **kind.own_explanations}.items():
        assert f"| `{reason}` | {said.en}<br>{said.zh} |" in page
    assert "- Stories in [file](../../../../tests/scenarios/file.toml)\n  - A story\n" in page


def test_a_story_stands_under_each_proof_that_it_asks_and_each_case_that_it_tells() -> None:
    stories = [
        Story("deaths", "Died | buried", frozenset({"alive"}), (3,)),
        Story("lives", "Two lives", frozenset({"alive", "employed"}), (3, 14)),
    ]
    page = describe(PROOFS.values(), stories)
    assert "tests/scenarios/deaths.toml)\n  - Died \\| buried (case 3)\n" in page
    assert page.count("tests/scenarios/lives.toml)\n  - Two lives (cases 3, 14)\n") == 2
    assert "| 3 | Died \\| buried (alive)<br>Two lives (alive, employed) |\n" in page
    assert "| 14 | Two lives (alive, employed) |\n" in page


def test_every_story_of_the_scenarios_is_read() -> None:
    stories = read_stories(SCENARIOS)
    assert len(stories) > 100
    assert {story.file for story in stories} == {path.stem for path in SCENARIOS.glob("*.toml")}
    assert all(story.proofs <= PROOFS.keys() for story in stories)
