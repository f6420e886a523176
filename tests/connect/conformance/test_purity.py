"""A mapping knows its rows and nothing else: not the clock, not chance, no other code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from civicbus.connect.conformance import Standing
from tests.connect.conformance.breaking import (
    broken,
    changed,
    good,
    outcome,
    the_finding,
    with_rows,
)

FUTURE = "from __future__ import annotations\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("import httpx", "imports httpx; a mapping imports"),
        ("from civicbus.wire.codec import Codec", "imports civicbus.wire.codec"),
        ("from civicbus import settings", "imports civicbus;"),
        ("from civicbus.connector_of_another import x", "imports civicbus.connector_of_another"),
        ("import connectors.us_deaths.mapping", "imports connectors.us_deaths.mapping"),
        ("from ..us_deaths import mapping", "from outside its folder"),
        ("import random", "imports random; a mapping knows its rows"),
        ("import urllib.request", "imports urllib.request"),
        ("from uuid import uuid4", "asks for uuid4"),
        ("def when():\n    return datetime.datetime.now()", "asks for now"),
        ("def when():\n    return date.today()", "asks for today"),
        ("def other(name):\n    return __import__(name)", "uses __import__"),
    ],
)
def test_what_a_pure_function_may_not_ask_for_is_told_with_its_line(
    tmp_path: Path, line: str, told: str
) -> None:
    folder = broken(tmp_path, "mapping.py", FUTURE, f"{FUTURE}\n{line}\n")
    finding = the_finding(folder, "imports")
    assert told in finding.told
    last = 9 + line.count("\n")
    assert finding.place == f"mapping.py: line {last}"


@pytest.mark.parametrize(
    "line",
    [
        "import re",
        "from collections.abc import Callable",
        "from civicbus.connect.cells import code",
        "from civicbus.domain import events as all_events",
        "from uuid import UUID",
        "def later(spell, day):\n    return spell.now(day)",
    ],
)
def test_the_standard_library_and_what_is_made_for_connectors_may_be_used(
    tmp_path: Path, line: str
) -> None:
    folder = broken(tmp_path, "mapping.py", FUTURE, f"{FUTURE}\n{line}\n")
    assert outcome(folder, "imports").standing is Standing.HOLDS


def test_the_files_beside_a_mapping_are_looked_at_as_far_as_it_uses_them(tmp_path: Path) -> None:
    line = f"{FUTURE}\nfrom .kinds import names\nfrom . import codes\n"
    folder = broken(tmp_path, "mapping.py", FUTURE, line)
    (folder / "codes.py").write_text("import socket\n", encoding="utf-8")
    (folder / "kinds").mkdir()
    (folder / "kinds" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "kinds" / "names.py").write_text("from ..codes import x\n", encoding="utf-8")
    (folder / "scratch.py").write_text("import pandas\n", encoding="utf-8")
    assert the_finding(folder, "imports").place == "codes.py: line 1"
    (folder / "codes.py").write_text("x = 1\n", encoding="utf-8")
    assert outcome(folder, "imports").standing is Standing.HOLDS
    (folder / "kinds" / "names.py").write_text("from ...codes import x\n", encoding="utf-8")
    assert the_finding(folder, "imports").place == f"{Path('kinds/names.py')}: line 1"


def test_a_file_that_is_no_python_is_told_also_where_nothing_can_be_loaded(tmp_path: Path) -> None:
    folder = changed(good(tmp_path), "mapping.py", "def subject(", "def subject((")
    finding = the_finding(folder, "imports")
    assert finding.told.startswith("SyntaxError")
    lines = (folder / "mapping.py").read_text(encoding="utf-8").splitlines()
    assert lines[finding.line - 1].startswith("def subject((")


def test_rows_that_come_to_something_only_later_are_found(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    row = f"7,GRANTED,{soon:%Y-%m-%dT%H:%M:%SZ},990000195083040026,,driving,L-7,2024-01-01,,"
    finding = the_finding(with_rows(tmp_path, row), "time")
    assert finding.place == "sample.csv: line 8"
    assert "a year later" in finding.told
