"""Rows and families: every row is mapped, and nothing comes of it that was not declared."""

from __future__ import annotations

from pathlib import Path

from civicbus.connect.conformance import Standing
from tests.connect.conformance.breaking import (
    ANNA,
    broken,
    changed,
    findings,
    good,
    outcome,
    report,
    the_finding,
    with_rows,
)

LICENCE = 'families = ["licence"]'


def test_a_row_that_is_refused_is_told_with_line_column_and_remedy(tmp_path: Path) -> None:
    finding = the_finding(with_rows(tmp_path, f"7,LOST,,{ANNA},,,,,,"), "rows")
    assert finding.place == "sample.csv: line 8: kind"
    assert finding.told.startswith("code: not in the code list")


def test_a_row_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    first, second = findings(with_rows(tmp_path, "7,GRANTED"), "rows")
    assert first.told.startswith("columns: has 2 cells")
    assert "cannot tell whose record it is" in second.told


def test_a_mapping_that_fails_is_found_by_the_class_of_its_error(tmp_path: Path) -> None:
    folder = broken(tmp_path, "mapping.py", "(row,) = record.rows", "(row,) = record.rows[9:]")
    told = {finding.told for finding in findings(folder, "rows")}
    assert len(told) == 1
    assert "the mapping failed with ValueError" in told.pop()


def test_it_has_to_be_known_whose_every_record_is(tmp_path: Path) -> None:
    folder = broken(tmp_path, "mapping.py", 'record.rows[0], "holder"', 'record.rows[0], "owner"')
    found = findings(folder, "rows")
    assert [finding.line for finding in found] == [2, 3, 4, 5, 6, 7]
    assert all("subject cannot tell" in finding.told for finding in found)


def test_a_row_that_is_passed_over_in_silence_is_found(tmp_path: Path) -> None:
    old = '    yield code(row, "kind", KINDS)(row)'
    new = '    if row["kind"] != "REVOKED":\n        yield code(row, "kind", KINDS)(row)'
    finding = the_finding(broken(tmp_path, "mapping.py", old, new), "rows")
    assert finding.line == 5
    assert "gives no event and is not refused" in finding.told


def test_a_family_that_is_not_declared_is_found_where_it_is_published(tmp_path: Path) -> None:
    surplus = f"7,GRANTED,2024-03-01T08:00:00Z,{ANNA},,driving,L-7,2024-01-01,,,surplus"
    folder = changed(
        with_rows(tmp_path, surplus), "connector.toml", LICENCE, 'families = ["birth"]'
    )
    changed(folder, "connector.toml", "[authority.licence]", "[authority.birth]")
    found = findings(folder, "families")
    assert [finding.line for finding in found] == [2, 3, 4, 5, 6]  # what lies in 8 nobody can tell
    assert all("publishes the family licence; name it" in finding.told for finding in found)


def test_a_declared_family_that_is_never_shown_is_a_warning(tmp_path: Path) -> None:
    folder = broken(tmp_path, "connector.toml", LICENCE, 'families = ["licence", "education"]')
    # With two families to choose from the annulment's is that of the entry it withdraws.
    old = "    return Annulment(header, AnnulmentReason.NEVER_HAPPENED)"
    changed(
        folder, "mapping.py", old, old.replace("Annulment(h", 'Filed("licence", Annulment(h') + ")"
    )
    changed(folder, "mapping.py", "import Outcome,", "import Filed, Outcome,")
    found = outcome(folder, "families")
    assert found.standing is Standing.WARNING
    (finding,) = found.findings
    assert finding.place == "connector.toml: publishes.families"
    assert "never shows the family education" in finding.told
    assert report(folder).conforms


def test_a_sample_that_shows_every_declared_family_holds(tmp_path: Path) -> None:
    assert outcome(good(tmp_path), "families").standing is Standing.HOLDS
