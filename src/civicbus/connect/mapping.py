"""What a mapping is, and what those who write one need besides the events themselves.

A connector's `mapping.py` has two functions, both pure:

- `events(record)` yields the events that a record gives rise to, and a `RefusedRow` for what cannot
  be mapped. It names people by `Concerned.identifiers`, the one that decides the person key first,
  and leaves person keys and environment to the bus, and the source sequence too unless the register
  numbers its entries. In a union that a death ended, the partner who died is concerned as DECEASED.
  An annulment or a dispute of something that is not of the same record, and a range voided, are
  yielded as `Filed`.
- `subject(record)` gives the person whose record it is, or `None` if that cannot be told. It is
  asked for incomplete records too.

`cells` reads single cells; `entries` reads what a register that numbers its entries says of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from civicbus.connect.cells import (
    RefusedError,
    code,
    compact_date,
    identifier,
    iso_date,
    number,
    refuse,
    start_of_day,
    whole_day,
)
from civicbus.connect.rows import Record, RefusedRow, Row
from civicbus.domain.events import Event, InvalidEventError
from civicbus.domain.identifiers import Identifier

__all__ = [
    "Events",
    "Filed",
    "Outcome",
    "Record",
    "RefusedError",
    "RefusedRow",
    "Row",
    "Subject",
    "attempt",
    "code",
    "compact_date",
    "identifier",
    "iso_date",
    "number",
    "refuse",
    "start_of_day",
    "whole_day",
]


@dataclass(frozen=True, slots=True)
class Filed:
    """An event and the family in whose topic it belongs."""

    family: str
    event: Event


Outcome = Event | Filed | RefusedRow
Events = Callable[[Record], Iterator[Outcome]]
Subject = Callable[[Record], Identifier | None]


def attempt(outcomes: Iterator[Outcome], line: int, families: tuple[str, ...]) -> Iterator[Outcome]:
    """What one part of a mapping yields, up to the first thing that cannot be mapped.

    So a part that fails takes no other with it. `line` is where the part starts, for errors that
    know no line; `families` are the topics that the part could have changed.
    """
    try:
        yield from outcomes
    except RefusedError as error:
        yield error.row(families)
    except InvalidEventError as error:
        remedy = f"{error}; correct it in the register"
        yield RefusedRow(line, error.field, error.reason, remedy, families)
    except Exception as error:  # noqa: BLE001 - one record must not end the file
        # The error's text may quote a person's data, so only its class is told.
        remedy = f"the mapping failed with {type(error).__name__}; tell the connector's department"
        yield RefusedRow(line, "", "mapping", remedy, families)
