"""A stretch of a file: some records in a row, mapped and packed. A pure piece of a delivery."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from civicbus.connect.connector import Connector
from civicbus.connect.packing import Packed, Packer
from civicbus.connect.rows import Record, RefusedRow
from civicbus.connect.runner import map_record
from civicbus.domain.events import InvalidEventError

# So many that events of a type are worth encoding together, so few that whoever shares the loop
# waits less than a tenth of a second.
RECORDS = 500


@dataclass(frozen=True, slots=True)
class Stretch:
    """What some records came to; and the seconds that mapping and encoding them took."""

    packed: list[Packed]
    refused: list[RefusedRow]
    mapping: float
    encoding: float

    @property
    def records(self) -> Counter[str]:
        """How many records of the bus these events are, by topic."""
        found: Counter[str] = Counter()
        for event in self.packed:
            found[event.topic] += len(event.keys)
        return found


def stretch_of(
    connector: Connector, packer: Packer, records: Sequence[Record], now: datetime
) -> Stretch:
    """Map and pack some records of a file; nothing may have been recorded after `now`.

    Raises:
        ValueError: if an event holds what its schema does not allow.
    """
    started = time.perf_counter()
    mapped = [map_record(connector, record, now) for record in records]
    refused = [row for one in mapped for row in one.refused]
    lines = [one.line for one in mapped for _ in one.filed]
    done = time.perf_counter()
    outcomes = packer.pack([filed for one in mapped for filed in one.filed])
    refused += _not_packed(zip(lines, outcomes, strict=True))
    packed = [outcome for outcome in outcomes if isinstance(outcome, Packed)]
    return Stretch(packed, refused, done - started, time.perf_counter() - done)


def _not_packed(outcomes: Iterable[tuple[int, Packed | InvalidEventError]]) -> list[RefusedRow]:
    return [
        RefusedRow(line, error.field, error.reason, f"{error}; correct it in the register")
        for line, error in outcomes
        if isinstance(error, InvalidEventError)
    ]
