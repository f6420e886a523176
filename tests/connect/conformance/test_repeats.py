"""Repeats: the same record says the same thing, however often and wherever it stands."""

from __future__ import annotations

from pathlib import Path

from civicbus.connect.conformance import Standing
from tests.connect.conformance.breaking import (
    broken,
    changed,
    findings,
    good,
    importing,
    outcome,
    with_header,
)

EVENTS = '    (row,) = record.rows\n    yield code(row, "kind", KINDS)(row)'
ONCE = """\
    (row,) = record.rows
    if row["entry"] not in SEEN:
        SEEN.add(row["entry"])
        yield code(row, "kind", KINDS)(row)"""


def test_ids_by_chance_are_found_by_their_bytes_and_by_their_answers(tmp_path: Path) -> None:
    folder = importing(good(tmp_path), "import uuid")
    with_header(folder, "event_id=str(uuid.uuid4())")
    found = findings(folder, "twice")
    assert [finding.line for finding in found if finding.line] == [2, 3, 4, 5, 6, 7]
    proofs = [finding.field for finding in found if not finding.line]
    assert "licence_valid" in proofs
    assert "alive" not in proofs


def test_a_mapping_that_remembers_what_it_has_seen_says_nothing_the_second_time(
    tmp_path: Path,
) -> None:
    folder = broken(tmp_path, "mapping.py", EVENTS, ONCE)
    changed(folder, "mapping.py", "SOURCE =", "SEEN = set()\nSOURCE =")
    assert [finding.line for finding in findings(folder, "twice")] == [2, 3, 4, 5, 6, 7]


def test_a_count_that_goes_on_gives_other_bytes_and_the_same_answers(tmp_path: Path) -> None:
    folder = importing(good(tmp_path), "import itertools\nN = itertools.count(1)")
    with_header(folder, "source_sequence=next(N)")
    found = findings(folder, "twice")
    assert [finding.line for finding in found] == [2, 3, 4, 5, 6, 7]
    assert "the second time" in found[0].told


def test_what_is_made_of_the_line_changes_with_the_order(tmp_path: Path) -> None:
    folder = importing(good(tmp_path), "from civicbus.domain.events import Basis")
    importing(folder, "from civicbus.domain.vocabulary import BasisKind")
    with_header(folder, "basis=Basis(BasisKind.DEED, str(row.line))")
    assert outcome(folder, "twice").standing is Standing.HOLDS
    found = findings(folder, "order")
    assert [finding.line for finding in found if finding.line] == [2, 3, 4, 5, 6, 7]
    assert "where the rows stand in another order" in found[0].told


def test_a_mapping_that_looks_at_the_row_above_is_found_with_its_answers(tmp_path: Path) -> None:
    old = 'number=row["number"]'
    folder = broken(tmp_path, "mapping.py", old, "number=_last(row)")
    remembers = """

LAST = ["L-0001"]


def _last(row: Row) -> str:
    before, LAST[0] = LAST[0], row["number"]
    return before
"""
    path = folder / "mapping.py"
    path.write_text(path.read_text(encoding="utf-8") + remembers, encoding="utf-8")
    found = findings(folder, "order")
    assert [finding for finding in found if finding.line]
    assert all(finding.field for finding in found if not finding.line)


def test_ids_of_the_line_give_other_answers_in_another_order(tmp_path: Path) -> None:
    folder = with_header(good(tmp_path), "event_id=ENTRIES.event_of(str(row.line - 1))")
    found = findings(folder, "order")
    assert "licence_valid" in [finding.field for finding in found]


def test_a_good_connector_says_the_same_however_often_and_in_any_order(tmp_path: Path) -> None:
    folder = good(tmp_path)
    assert outcome(folder, "twice").standing is Standing.HOLDS
    assert outcome(folder, "order").standing is Standing.HOLDS
