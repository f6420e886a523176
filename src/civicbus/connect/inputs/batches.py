"""What every way in has in common: batches of records, and what may fail.

Rule 1: when the next batch is asked for, every event of the one before has been acknowledged by the
broker. So whatever marks, answers or removes something stands behind the `yield`, and a batch that
could not be published is never marked: the generator is closed instead.
Rule 2: a batch comes at least every `AT_LEAST_EVERY` seconds, an empty one if there is nothing. If
none comes, the source says no word, and its silence goes stale.
Rule 3: a position is kept on the bus, behind the events that it speaks of. Whoever starts anew
goes on from there. What comes twice has the same event ids and the same bytes, and counts once.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from civicbus.connect.rows import Record, RefusedRow

AT_LEAST_EVERY = 5.0  # seconds

Position = Mapping[str, Any]


class InputUnavailableError(Exception):
    """Nothing can be read just now; the text says what and why. It is tried again, ever later."""


class InputChangedError(Exception):
    """What is read is not what it was, and somebody must look; the text says what, and the remedy.

    The connector ends and keeps its position.
    """


@dataclass(frozen=True, slots=True)
class Batch:
    """Records in a row, and what may be said once their events are on the bus.

    `position` is where to read on, JSON (`None`: as before). `complete_through` is a time up to
    which everything that the register had recorded has been handed on, this batch included (`None`:
    that cannot be said). `whole_at` is given by the last batch of a reading of the whole register,
    the time at which it was taken. `caught_up` says that nothing more waits.
    """

    records: Sequence[Record] = ()
    position: Position | None = None
    complete_through: datetime | None = None
    whole_at: datetime | None = None
    caught_up: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: how many events are on the bus, and the rows that were refused."""

    events: int = 0
    refused: Sequence[RefusedRow] = field(default=())


# The generator is sent what became of the batch that it yielded last.
Batches = AsyncGenerator[Batch, Taken | None]
Opener = Callable[[Position | None], Batches]  # makes a way in, from a position on
