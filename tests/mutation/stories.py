"""Every scenario file as one test, for the mutation run, which pays for each test that it lists.

What `tests.domain.test_scenarios` asks of each answer is asked here, in two orders of arrival.
"""

from __future__ import annotations

import pytest

from tests.domain.scenario import read_scenarios
from tests.domain.scenario_checks import check_answer, check_evidence

SCENARIOS = read_scenarios()
FILES = sorted({scenario.file for scenario in SCENARIOS})


@pytest.mark.parametrize("file", FILES)
def test_the_stories_of_a_file_are_answered_as_they_were_written(file: str) -> None:
    for scenario in SCENARIOS:
        for asked in scenario.asked if scenario.file == file else ():
            answer = scenario.answer(asked, scenario.events)
            check_answer(scenario, asked, answer)
            twice_backwards = [*scenario.events[::-1], *scenario.events]
            assert scenario.answer(asked, twice_backwards).to_json() == answer.to_json()
            check_evidence(scenario, asked, answer)
