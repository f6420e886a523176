"""Conformance: what every connector has to keep before it may publish, tried on its own sample.

Each check is a pure function of the connector and its sample that gives findings, none if it holds.
`suite` lists them. A department runs it with `civicbus connector check FOLDER` or in its tests:

    report = examine(Path("connectors/town_licences"), datetime.now(UTC))
    assert report.conforms
"""

from __future__ import annotations

from civicbus.connect.conformance.findings import Finding, Outcome, Report, Standing
from civicbus.connect.conformance.suite import NAMES, examine

__all__ = ["NAMES", "Finding", "Outcome", "Report", "Standing", "examine"]
