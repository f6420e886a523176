"""Every kind of bad row that a department can send has a test; `bad_rows.toml` is the index."""

from __future__ import annotations

import ast
import tomllib
from functools import cache

import pytest

from tests.needs import ROOT

TESTS = ROOT / "tests"
LINES: dict[str, list[str]] = tomllib.loads((TESTS / "bad_rows.toml").read_text("utf-8"))


def test_every_line_of_the_catalogue_is_there() -> None:
    assert [line.partition(" ")[0] for line in LINES] == [f"C{n}" for n in range(1, 26)]


@pytest.mark.parametrize("line", LINES)
def test_what_shows_a_line_is_there(line: str) -> None:
    assert LINES[line]
    for place in LINES[line]:
        file, _, name = place.partition("::")
        assert name in _named(file), f"{line}: {place} is gone"


@cache
def _named(file: str) -> frozenset[str]:
    """The tests or scenarios in a file."""
    text = (TESTS / file).read_text(encoding="utf-8")
    if file.endswith(".toml"):
        return frozenset(tomllib.loads(text))
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(node.name for node in ast.parse(text).body if isinstance(node, functions))
