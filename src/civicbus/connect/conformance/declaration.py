"""The declaration: can the connector be read at all, and does it show what it reads?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from civicbus.connect.conformance.findings import Finding, Standing
from civicbus.connect.conformance.sample import FILES, MAX_RECORDS, Sample, sample_files
from civicbus.connect.connector import load_connector
from civicbus.connect.rows import UnreadableFileError
from civicbus.registers.systems import DECLARATION, System
from civicbus.settings import ConfigurationError

# What `connector new` writes where only the department knows what belongs there.
TO_EDIT = "EDIT"
TEXTS = ("department", "title", "legal_basis", "contact")


def read(folder: Path, now: datetime) -> tuple[Sample | None, tuple[Finding, ...]]:
    """The connector and its sample, and what is wrong or unfinished; no sample if it is of no use.

    Nothing may have been recorded after `now`.
    """
    try:
        connector = load_connector(folder)
    except ConfigurationError as error:
        return None, tuple(Finding(line) for line in str(error).splitlines())
    try:
        sample = Sample(connector, now)
    except (UnreadableFileError, OSError) as error:
        return None, (Finding(str(error)),)
    found = (
        *_about_sample(sample, folder),
        *_unedited(connector.system),
        *_unpromised(connector.system),
    )
    usable = all(finding.standing is not Standing.FAILS for finding in found)
    return sample if usable else None, found


def _about_sample(sample: Sample, folder: Path) -> Iterator[Finding]:
    rows = "write a few invented rows, one at least for each kind of entry"
    if not sample_files(folder):
        yield Finding(f"there is no sample; {rows}", FILES)
    elif not sample.records:
        yield Finding(f"the sample holds no record; {rows}", FILES)
    if len(sample.records) > MAX_RECORDS:
        told = f"the sample holds more than {MAX_RECORDS} records; keep one or two of each kind"
        yield Finding(told, FILES)


def _unedited(system: System) -> Iterator[Finding]:
    for name in TEXTS:
        if getattr(system, name).startswith(TO_EDIT):
            told = "still says what `connector new` wrote; say what is so"
            yield Finding(told, DECLARATION, field=f"system.{name}", standing=Standing.WARNING)


def _unpromised(system: System) -> Iterator[Finding]:
    if system.timetable is None:
        told = (
            "says neither from when the system is connected nor how fresh it will be; write "
            '[timetable] with connected = 2027-01-01 and fresh_within = "1h"'
        )
        yield Finding(told, DECLARATION, field="timetable")
