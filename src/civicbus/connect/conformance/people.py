"""People: nobody has the sample's numbers, and whoever an event concerns is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from civicbus.connect.conformance.findings import Finding, Standing
from civicbus.connect.conformance.sample import Sample, sample_files
from civicbus.connect.mapping import Filed
from civicbus.connect.rows import RefusedRow
from civicbus.connect.stamping import WIDOWING
from civicbus.domain.events import Event, Union
from civicbus.domain.identifiers import (
    SCHEMES_WITH_SYNTHETIC,
    Identifier,
    InvalidIdentifierError,
)
from civicbus.domain.vocabulary import Role

SYNTHETIC = "synthetic"
WHERE = "header.concerned"
LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])", re.ASCII)


def synthetic(sample: Sample) -> Iterator[Finding]:
    """Numbers that somebody may have; a scheme in which that cannot be told is named once."""
    untold: dict[str, None] = {}
    real: dict[tuple[str, int, str], None] = {}
    for stated in sample.events:
        for concerned in stated.event.header.concerned:
            for number in concerned.identifiers:
                if number.scheme not in SCHEMES_WITH_SYNTHETIC:
                    untold[number.scheme] = None
                elif SYNTHETIC not in number.warnings:
                    real[stated.file, stated.line, number.scheme] = None
    real |= dict.fromkeys(_in_other_columns(sample))
    for file, line, scheme in real:
        told = f"somebody may have this {scheme} number; take one that was made so that nobody can"
        yield Finding(told, file, line)
    for scheme in untold:
        told = f"{scheme} sets no numbers apart that nobody has; see to it that these are invented"
        yield Finding(told, standing=Standing.CANNOT_BE_TOLD)


def _in_other_columns(sample: Sample) -> Iterator[tuple[str, int, str]]:
    """Numbers in what the mapping never sees, where their form is so rare that none is by chance.

    Who makes a sample of real rows often leaves the columns as they are that nobody reads.
    """
    for path in sample_files(sample.connector.folder):
        lines = path.read_text(encoding=sample.encoding, errors="replace").splitlines()
        for line, text in enumerate(lines, start=1):
            for match in LONG_NUMBER.finditer(text):
                with suppress(InvalidIdentifierError):
                    if SYNTHETIC not in Identifier.of("cn-rid", match[0]).warnings:
                        yield path.name, line, "cn-rid"


def concerned(sample: Sample) -> Iterator[Finding]:
    """Events without a role that they need, or without a person whose key they could bear."""
    for one, outcome in sample.yielded:
        if isinstance(outcome, RefusedRow):
            if outcome.field.startswith(WHERE):
                yield Finding(outcome.remedy, one.file, outcome.line, outcome.field)
            continue
        event = outcome.event if isinstance(outcome, Filed) else outcome
        kind = type(event).__name__
        for told in _incomplete(event):
            yield Finding(told, one.file, one.record.line, f"{kind}: {WHERE}")


def _incomplete(event: Event) -> Iterator[str]:
    if not any(person.identifiers for person in event.header.concerned):
        yield "nobody has a number, so no dossier can hold it; give the number of one at least"
    widowed = isinstance(event, Union) and event.end_reason in WIDOWING
    if widowed and not event.header.in_role(Role.DECEASED):
        yield "a death ended the union; the partner who died is concerned as DECEASED"
