"""Holds the connector to what the bus demands of every connector, check by check."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from civicbus.connect.conformance import NAMES, Report, examine


@pytest.fixture(scope="module")
def report() -> Report:
    """What the conformance suite says of this folder."""
    return examine(Path(__file__).parent, datetime.now(UTC))


@pytest.mark.parametrize("name", NAMES)
def test_it_conforms(report: Report, name: str) -> None:
    """Nothing keeps the connector from passing this check."""
    missing = {outcome.name: outcome.findings for outcome in report.missing}
    assert name not in missing, missing[name]
