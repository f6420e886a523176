"""What tests of the conformance suite share: a connector that conforms, and one thing broken in it.

It is the one that `civicbus connector new` writes, so what is broken is what a department would.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from civicbus.connect.conformance import Finding, Outcome, Report, Standing, examine
from civicbus.connect.starting import start_connector

SOURCE = "town-licences"
ANNA, BELLA = "990000195083040026", "990000194891200011"
LAST = "6,WITHDRAWN,2024-02-02T08:30:00+08:00,99000019908102002X,,driving,L-0003,2024-02-02,,5\n"

# Lines of its mapping: who holds the licence, and what an event says about itself.
HOLDER = '    holder = needed(row, Role.HOLDER, "holder", SCHEME)'
HEADER = "ENTRIES.header(row, holder, *wrong, change=change, target=target)"


def good(tmp_path: Path) -> Path:
    """A folder that conforms."""
    return start_connector(SOURCE, "csv", tmp_path)[0].parent


def broken(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """The same with a text of one of its files replaced."""
    return changed(good(tmp_path), file, old, new)


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def importing(folder: Path, line: str) -> Path:
    """The folder with a further import in its mapping."""
    return changed(folder, "mapping.py", "SOURCE =", f"{line}\n\nSOURCE =")


def with_holder(tmp_path: Path, made: str) -> Path:
    """The same where whoever is concerned as the holder is made like this."""
    folder = broken(tmp_path, "mapping.py", HOLDER, f"    holder = {made}")
    return importing(folder, "from civicbus.domain.events import Concerned")


def with_header(folder: Path, said: str) -> Path:
    """The folder with something else said in the header of every event."""
    changed(folder, "mapping.py", HEADER, f"replace({HEADER}, {said})")
    return importing(folder, "from dataclasses import replace")


def with_rows(tmp_path: Path, *rows: str) -> Path:
    """The same with further rows in the sample."""
    return broken(tmp_path, "sample.csv", LAST, LAST + "".join(f"{row}\n" for row in rows))


def report(folder: Path) -> Report:
    return examine(folder, datetime.now(UTC))


def outcome(folder: Path, name: str) -> Outcome:
    (found,) = (one for one in report(folder).outcomes if one.name == name)
    return found


def findings(folder: Path, name: str) -> list[Finding]:
    """What a check found that fails."""
    found = outcome(folder, name)
    assert found.standing is Standing.FAILS
    return [finding for finding in found.findings if finding.standing is Standing.FAILS]


def the_finding(folder: Path, name: str) -> Finding:
    """The only one."""
    (found,) = findings(folder, name)
    return found
