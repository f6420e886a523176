"""Rows: each is mapped, whose it is can be told, and only what was declared comes of it."""

from __future__ import annotations

from collections.abc import Iterator

from civicbus.connect.conformance.findings import Finding, Standing
from civicbus.connect.conformance.sample import Sample
from civicbus.connect.mapping import Filed
from civicbus.connect.rows import RefusedRow
from civicbus.domain.events import Refusal
from civicbus.registers.systems import DECLARATION


def rows(sample: Sample) -> Iterator[Finding]:
    """Rows that are refused, that come to nothing, or of which nobody can tell whose they are."""
    for one, mapped in zip(sample.records, sample.mapped, strict=True):
        for row in mapped.refused:
            yield Finding(f"{row.reason}: {row.remedy}", one.file, row.line, row.field)
        if mapped.subject is None:
            told = "the function subject cannot tell whose record it is; complete it or the row"
            yield Finding(told, one.file, mapped.line)
        if not mapped.filed and not mapped.refused:
            told = "gives no event and is not refused; map it, or yield a RefusedRow that says why"
            yield Finding(told, one.file, mapped.line)


def families(sample: Sample) -> Iterator[Finding]:
    """Events of families that are not declared; a warning for those declared and never shown."""
    declared = sample.connector.system.families
    shown = set()
    for one, outcome in sample.yielded:
        if isinstance(outcome, RefusedRow):
            continue
        event = outcome.event if isinstance(outcome, Filed) else outcome
        family = outcome.family if isinstance(outcome, Filed) else event.family
        if family and family not in declared:
            told = f"publishes the family {family}; name it under publishes.families, or map it not"
            yield Finding(told, one.file, one.record.line, type(event).__name__)
        elif not isinstance(event, Refusal):
            shown.add(family)
    shown |= {stated.family for stated in sample.events}
    for family in declared:
        if family not in shown:
            told = f"the sample never shows the family {family}; add a row, or declare it not"
            field = "publishes.families"
            yield Finding(told, DECLARATION, field=field, standing=Standing.WARNING)
