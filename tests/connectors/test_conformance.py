"""Every connector conforms, those that `civicbus connector new` writes included."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from civicbus.connect.conformance import examine
from civicbus.connect.starting import STARTERS

CONNECTORS = Path(__file__).parents[2] / "connectors"
# The starter for PostgreSQL borrows its mapping: tests/connect/test_starting.py has it whole.
FOLDERS = sorted(
    path.parent for root in (CONNECTORS, STARTERS) for path in root.glob("*/mapping.py")
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_connector_conforms(folder: Path) -> None:
    report = examine(folder, datetime.now(UTC))
    assert [(outcome.name, outcome.findings) for outcome in report.missing] == []


def test_there_are_connectors_to_look_at() -> None:
    assert len(FOLDERS) >= 9
