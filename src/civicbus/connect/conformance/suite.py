"""The suite: every check by name, with what it promises, and how they are gone through.

Before the first one holds there is no sample to look at, so all but that and the imports wait. What
does not survive its own bytes is not what the bus would see, so until the codec holds those wait
that ask what becomes of the events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from civicbus.connect.conformance import people, purity, repeats, rows, targets, wire
from civicbus.connect.conformance.declaration import read
from civicbus.connect.conformance.findings import Finding, Outcome, Report, Standing
from civicbus.connect.conformance.sample import Sample


@dataclass(frozen=True, slots=True)
class Check:
    """A check over the sample, and what holds for a connector that passes it."""

    name: str
    promise: str
    find: Callable[[Sample], Iterator[Finding]]


DECLARATION = ("declaration", "it can be read and loaded, and there are sample rows")
IMPORTS = ("imports", "the mapping asks nothing but its rows: no clock, no chance, no other code")
BEFORE_CODEC: tuple[Check, ...] = (
    Check("rows", "every sample row gives events, and whose it is can be told", rows.rows),
    Check("families", "it publishes the families it declares, and shows them", rows.families),
    Check("time", "the same rows give the same events a year later", purity.time),
    Check("guard", "the bus lets every event in", wire.guard),
    Check("synthetic", "nobody can have the numbers in the sample", people.synthetic),
    Check(
        "concerned", "whoever an event concerns is complete, and one has a key", people.concerned
    ),
)
CODEC = Check("codec", "every event comes back from its bytes as it was", wire.codec)
AFTER_CODEC: tuple[Check, ...] = (
    Check("ids", "no two events bear one id", targets.ids),
    Check("targets", "a change reaches everybody whom it changes something for", targets.targets),
    Check("twice", "a file delivered twice is delivered once", repeats.twice),
    Check("order", "the order of the rows says nothing", repeats.order),
)
CHECKS = (*BEFORE_CODEC, CODEC, *AFTER_CODEC)
NAMES: tuple[str, ...] = (DECLARATION[0], IMPORTS[0], *(check.name for check in CHECKS))


def examine(folder: Path, now: datetime) -> Report:
    """Hold a connector to the suite; nothing in its sample may have been recorded after `now`.

    Raises:
        SchemaError: if the schemas of the bus are not as they must be.
    """
    sample, found = read(folder, now)
    outcomes = [Outcome.of(*DECLARATION, found), Outcome.of(*IMPORTS, purity.imports(folder))]
    outcomes += [_outcome(check, sample) for check in (*BEFORE_CODEC, CODEC)]
    survives = outcomes[-1].standing is Standing.HOLDS
    outcomes += [_outcome(check, sample if survives else None) for check in AFTER_CODEC]
    source = "" if sample is None else sample.connector.system.source
    return Report(folder, source, tuple(outcomes))


def _outcome(check: Check, sample: Sample | None) -> Outcome:
    if sample is None:
        return Outcome(check.name, check.promise, Standing.NOT_REACHED)
    return Outcome.of(check.name, check.promise, check.find(sample))
