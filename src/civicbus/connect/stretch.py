"""A stretch of a file: some records in a row, mapped and packed. A pure piece of a delivery."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from civicbus.connect.ceiling import Days, days_of
from civicbus.connect.connector import Connector
from civicbus.connect.mapped import Mapped, map_record
from civicbus.connect.mapping import Filed
from civicbus.connect.packing import Packed, Packer
from civicbus.connect.refusals import refusal_of
from civicbus.connect.rows import Record, RefusedRow
from civicbus.domain.events import InvalidEventError, Refusal

# So many that events of a type are worth encoding together, so few that whoever shares the loop
# waits less than a tenth of a second.
RECORDS = 500


@dataclass(frozen=True, slots=True)
class Stretch:
    """What some records came to; and the seconds that mapping and encoding them took.

    `refusals` are what the refused rows leave on persons, each with its row's digest. `rows` are
    the digests of all records, and `unpacked` those of which an event could not go. `days` counts
    the events by family and day of registration, for families that have a ceiling.
    """

    packed: list[Packed]
    refused: list[RefusedRow]
    refusals: list[tuple[str, Filed]]
    rows: list[str]
    unpacked: frozenset[str]
    mapping: float
    encoding: float
    days: Days = field(default_factory=Counter)


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
    refusals: list[tuple[str, Filed]] = []
    going: list[tuple[Mapped, Filed]] = []
    for one in mapped:
        for filed in one.filed:
            if isinstance(filed.event, Refusal):
                refusals.append((one.row, filed))
            else:
                going.append((one, filed))
    done = time.perf_counter()
    outcomes = packer.pack([filed for _, filed in going])
    unpacked = set()
    for (one, filed), error in zip(going, outcomes, strict=True):
        if isinstance(error, InvalidEventError):
            remedy = f"{error}; correct it in the register"
            refused.append(RefusedRow(one.line, error.field, error.reason, remedy))
            refusals += [(one.row, mark) for mark in _marks(filed, error.reason, one.row)]
            unpacked.add(one.row)
    return Stretch(
        packed=[outcome for outcome in outcomes if isinstance(outcome, Packed)],
        refused=refused,
        refusals=refusals,
        rows=[one.row for one in mapped],
        unpacked=frozenset(unpacked),
        mapping=done - started,
        encoding=time.perf_counter() - done,
        days=days_of((filed for _, filed in going), connector.system.ceilings),
    )


def _marks(filed: Filed, reason: str, row: str) -> list[Filed]:
    """A refusal for each person whom an event would have told something about."""
    header = filed.event.header
    persons = [of.identifiers[0] for of in header.concerned if of.identifiers]
    return [
        Filed(filed.family, refusal_of(header.source, filed.family, person, reason, row))
        for person in persons
    ]
