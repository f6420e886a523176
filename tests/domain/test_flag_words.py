"""Every flag that an answer may have is told in both languages."""

from __future__ import annotations

from civicbus.domain.proofs.flag_words import FLAGS
from tests.domain.scenario import read_scenarios


def test_every_flag_that_a_scenario_reaches_is_explained() -> None:
    reached = {
        flag
        for scenario in read_scenarios()
        for asked in scenario.asked
        for flag in scenario.answer(asked, scenario.events).flags
    }
    assert reached
    assert reached <= FLAGS.keys()


def test_a_flag_is_one_sentence_in_english_and_one_in_chinese() -> None:
    for words in FLAGS.values():
        assert words.en.isascii()
        assert words.en.endswith(".")
        assert words.zh.endswith("。")
