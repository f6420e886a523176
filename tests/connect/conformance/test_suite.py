"""The suite as a whole: what it says of a connector that conforms, and of one that is none yet."""

from __future__ import annotations

from pathlib import Path

from civicbus.connect.conformance import NAMES, Standing
from tests.connect.conformance.breaking import SOURCE, broken, changed, good, outcome, report


def test_what_new_writes_conforms_and_only_waits_for_the_departments_words(tmp_path: Path) -> None:
    found = report(good(tmp_path))
    assert found.conforms
    assert found.source == SOURCE
    assert [one.name for one in found.outcomes] == list(NAMES)
    standing = {one.name: one.standing for one in found.outcomes}
    assert standing.pop("declaration") is Standing.WARNING
    assert set(standing.values()) == {Standing.HOLDS}


def test_one_check_that_fails_keeps_a_connector_from_conforming(tmp_path: Path) -> None:
    folder = broken(tmp_path, "sample.csv", "5,GRANTED,2024", "5,GRANTED,24")
    found = report(folder)
    assert not found.conforms
    assert "rows" in [one.name for one in found.missing]


def test_without_a_declaration_only_the_imports_can_be_looked_at(tmp_path: Path) -> None:
    folder = good(tmp_path)
    (folder / "connector.toml").unlink()
    found = report(folder)
    assert not found.conforms
    assert found.source == ""
    reached = {one.name for one in found.outcomes if one.standing is not Standing.NOT_REACHED}
    assert reached == {"declaration", "imports"}
    (told,) = found.outcomes[0].findings
    assert "connector.toml: no such file" in told.told


def test_every_line_of_what_is_wrong_with_the_declaration_is_a_finding(tmp_path: Path) -> None:
    folder = broken(tmp_path, "connector.toml", "contact =", "contract =")
    told = [finding.told for finding in outcome(folder, "declaration").findings]
    assert len(told) == 2
    assert any("system.contract: unknown key; did you mean contact?" in one for one in told)


def test_a_mapping_that_cannot_be_loaded_is_no_mapping(tmp_path: Path) -> None:
    folder = broken(tmp_path, "mapping.py", "def subject(", "def whose(")
    (told,) = outcome(folder, "declaration").findings
    assert "has no function subject(record)" in told.told


def test_a_folder_without_sample_rows_shows_nothing(tmp_path: Path) -> None:
    folder = good(tmp_path)
    sample = folder / "sample.csv"
    header = sample.read_text(encoding="utf-8").splitlines()[0]
    sample.write_text(f"{header}\n", encoding="utf-8")
    assert "holds no record" in outcome(folder, "declaration").findings[0].told
    sample.write_text("", encoding="utf-8")
    assert "the file is empty" in outcome(folder, "declaration").findings[0].told
    sample.unlink()
    found = outcome(folder, "declaration")
    assert found.standing is Standing.FAILS
    assert "there is no sample" in found.findings[0].told


def test_a_whole_register_is_no_sample(tmp_path: Path) -> None:
    folder = good(tmp_path)
    sample = folder / "sample.csv"
    lines = sample.read_text(encoding="utf-8").splitlines(keepends=True)
    sample.write_text("".join(lines[:1] + lines[1:2] * 1_001), encoding="utf-8")
    found = outcome(folder, "declaration")
    assert "more than 1000 records" in found.findings[0].told
    assert outcome(folder, "rows").standing is Standing.NOT_REACHED


def test_all_sample_files_are_one_sample(tmp_path: Path) -> None:
    folder = good(tmp_path)
    sample = folder / "sample.csv"
    lines = sample.read_text(encoding="utf-8").splitlines(keepends=True)
    sample.write_text("".join(lines[:3]), encoding="utf-8")
    (folder / "sample_changes.csv").write_text("".join(lines[:1] + lines[3:]), encoding="utf-8")
    assert report(folder).conforms
    changed(folder, "sample_changes.csv", ",990000194891200011,driving", ",,driving")
    (finding,) = outcome(folder, "targets").findings
    assert finding.place == "sample_changes.csv: line 2: Licence"
    assert "sample.csv: line 3" in finding.told


def test_no_finding_repeats_a_number_of_the_sample(tmp_path: Path) -> None:
    folder = broken(tmp_path, "sample.csv", "990000194891200011,,", "990000194891200012,,")
    changed(folder, "sample.csv", "99000019908102002X", "110101198001010037")
    told = [f"{f.place} {f.told}" for one in report(folder).outcomes for f in one.findings]
    assert len(told) > 3
    assert not any("9900001" in one or "1101011" in one for one in told)
