"""The wire: events survive their bytes, and what the bus would refuse is told before it does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from civicbus.connect.conformance import Standing
from tests.connect.conformance.breaking import (
    ANNA,
    HEADER,
    broken,
    findings,
    importing,
    outcome,
    the_finding,
    with_rows,
)

LICENCE = "    return Licence(\n        _header(row, change, target),"
BROKEN = """    header = _header(row, change, target)
    object.__setattr__(header, "event_id", "nobody's")
    return Licence(
        header,"""


def test_times_finer_than_the_wire_carries_do_not_come_back(tmp_path: Path) -> None:
    row = f"7,GRANTED,2024-01-02T08:00:00.123456Z,{ANNA},,driving,L-7,2024-01-01,,"
    finding = the_finding(with_rows(tmp_path, row), "codec")
    assert finding.place == "sample.csv: line 8: Licence"
    assert "does not come back from its bytes" in finding.told
    assert outcome(tmp_path / "town_licences", "twice").standing is Standing.NOT_REACHED


def test_what_no_schema_allows_is_told_with_its_field(tmp_path: Path) -> None:
    folder = broken(tmp_path, "mapping.py", 'number=row["number"]', 'number=int(row["entry"])')
    assert "number" in findings(folder, "codec")[0].told
    assert "number" in findings(folder, "guard")[0].told


def test_an_event_made_by_stealth_is_found_by_codec_and_guard(tmp_path: Path) -> None:
    folder = broken(tmp_path, "mapping.py", LICENCE, BROKEN)
    assert "a lower-case UUID" in findings(folder, "codec")[0].told
    finding = findings(folder, "guard")[0]
    assert finding.told.startswith("uuid: header.event_id")
    assert finding.place == "sample.csv: line 2: Licence"
    waiting = ("ids", "targets", "twice", "order")
    assert all(outcome(folder, name).standing is Standing.NOT_REACHED for name in waiting)


def test_an_event_that_lies_ahead_of_the_bus_is_not_let_in(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(hours=2)
    row = f"7,GRANTED,{soon:%Y-%m-%dT%H:%M:%SZ},{ANNA},,driving,L-7,2024-01-01,,"
    folder = with_rows(tmp_path, row)
    assert outcome(folder, "rows").standing is Standing.HOLDS
    finding = the_finding(folder, "guard")
    assert finding.line == 8
    assert "lies in the future" in finding.told


def test_an_event_that_is_too_large_is_not_let_in(tmp_path: Path) -> None:
    more = "*[Concerned(Role.HEAD, holder.identifiers * 64)] * 60"
    folder = broken(tmp_path, "mapping.py", HEADER, HEADER.replace("*wrong", f"*wrong, {more}"))
    importing(folder, "from civicbus.domain.events import Concerned")
    assert outcome(folder, "codec").standing is Standing.HOLDS
    assert findings(folder, "guard")[0].told.startswith("size: event")
