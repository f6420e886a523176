"""Answers on standard output."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from civicbus.api.examples import ANSWER
from civicbus.cli.printing import print_answer


def printed(answer: dict[str, object], width: int = 100) -> str:
    out = io.StringIO()
    print_answer(answer, as_json=False, console=Console(file=out, width=width, markup=False))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 200])
def test_the_evidence_stands_on_one_line_of_a_usual_terminal(width: int) -> None:
    lines = printed(ANSWER, width).splitlines()
    columns = ["Death", "CREATED", "2024-02-28", "2024-02-29", "civil-registry", "REGISTERED"]
    assert [line.split() for line in lines if line.startswith("Death")] == [[*columns, "0a1f2c6e"]]


def test_on_a_narrow_terminal_no_line_is_longer_than_it() -> None:
    assert all(len(line) <= 40 for line in printed(ANSWER, 40).splitlines())


def test_an_answer_without_evidence_says_so() -> None:
    assert "no evidence" in printed({**ANSWER, "basis": []})


def test_a_source_never_heard_of_is_named() -> None:
    text = printed({**ANSWER, "known_through": {"health": None, "court": "2024-01-01"}})
    assert "health  never heard of" in text
    assert "court  2024-01-01" in text


def test_what_was_claimed_disclosed_and_flagged_is_told_in_words() -> None:
    answer = {
        **ANSWER,
        "claims": {"employer": "EMPLOYER-1", "age": 18},
        "details": {
            "first_day": "2020-03-01",
            "since_birth": True,
            "children": ["a", "b"],
            "houses": [],
            "end": None,
        },
        "flags": ["superseded_number", "canary"],
    }
    lines = [" ".join(line.split()) for line in printed(answer).splitlines()]
    for line in (
        "what would change it",
        "An annulment or correction by the register that entered the death would.",
        "由登记死亡的机关撤销或更正后，结果可能改变。",
        "claimed employer EMPLOYER-1",
        "age 18",
        "details first_day 2020-03-01",
        "since_birth yes",
        "children a, b",
        "houses none",
        "end not known",
        "look at superseded_number The person has another number now. 此人现已使用其他号码。",
        "canary",
    ):
        assert line in lines


def test_nothing_is_said_of_what_an_answer_does_not_have() -> None:
    text = printed(ANSWER)
    assert not any(label in text for label in ("claimed", "details", "look at"))


def test_what_a_source_wrote_is_neither_markup_nor_a_control_code() -> None:
    hostile = "[bold red]x[/]\x1b[2J\u202e"
    basis = [{**ANSWER["basis"][0], "source": hostile}]
    text = printed({**ANSWER, "basis": basis, "sentence": {"en": hostile}}, 200)
    assert "[bold red]x[/][2J" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
