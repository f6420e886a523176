"""Answers on standard output."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from civicbus.api.documents import ANSWER_EXAMPLE
from civicbus.cli.printing import print_answer


def printed(answer: dict[str, object], width: int = 100) -> str:
    out = io.StringIO()
    print_answer(answer, as_json=False, console=Console(file=out, width=width, markup=False))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 200])
def test_the_evidence_stands_on_one_line_of_a_usual_terminal(width: int) -> None:
    lines = printed(ANSWER_EXAMPLE, width).splitlines()
    columns = ["Death", "CREATED", "2024-02-28", "2024-02-29", "civil-registry", "REGISTERED"]
    assert [line.split() for line in lines if line.startswith("Death")] == [[*columns, "0a1f2c6e"]]


def test_on_a_narrow_terminal_no_line_is_longer_than_it() -> None:
    assert all(len(line) <= 40 for line in printed(ANSWER_EXAMPLE, 40).splitlines())


def test_an_answer_without_evidence_says_so() -> None:
    assert "no evidence" in printed({**ANSWER_EXAMPLE, "basis": []})


def test_a_source_never_heard_of_is_named() -> None:
    text = printed({**ANSWER_EXAMPLE, "known_through": {"health": None, "court": "2024-01-01"}})
    assert "health  never heard of" in text
    assert "court  2024-01-01" in text


def test_what_a_source_wrote_is_neither_markup_nor_a_control_code() -> None:
    hostile = "[bold red]x[/]\x1b[2J\u202e"
    basis = [{**ANSWER_EXAMPLE["basis"][0], "source": hostile}]
    text = printed({**ANSWER_EXAMPLE, "basis": basis, "sentence": {"en": hostile}}, 200)
    assert "[bold red]x[/][2J" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
