"""What tests of ways in share: a bus that takes their batches as the runner does, and crashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from civicbus.connect.inputs.batches import Batch, Batches, Opener, Position
from civicbus.connect.rows import Record

Envelope = dict[str, str]
MOST_BATCHES = 500


class Crash(Enum):
    """Where the connector is killed, after it was handed a batch."""

    BEFORE_EVENTS = auto()
    BEFORE_POSITION = auto()
    BEFORE_MARK = auto()


@dataclass
class Bus:
    """Takes batches, keeps the position behind them, and remembers all that it was handed."""

    position: Position | None = None
    batches: list[Batch] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        return [record for batch in self.batches for record in batch.records]

    @property
    def cells(self) -> list[Envelope]:
        return [row.cells for record in self.records for row in record.rows]

    async def catch_up(self, opener: Opener, crash_at: int = -1, crash: Crash | None = None) -> int:
        """Take batches until nothing more waits, or until the crash at the batch of that number.

        Returns how many batches there were.
        """
        batches = opener(self.position)
        try:
            return await self.take(batches, lambda batch: batch.caught_up, crash_at, crash)
        finally:
            await batches.aclose()

    async def take(
        self,
        batches: Batches,
        is_enough: Callable[[Batch], bool],
        crash_at: int = -1,
        crash: Crash | None = None,
    ) -> int:
        """Take batches up to one that is enough, and let the way in mark it."""
        for number in range(MOST_BATCHES):
            batch = await anext(batches)
            crashes = number == crash_at
            if crashes and crash is Crash.BEFORE_EVENTS:
                return number + 1
            self.batches.append(batch)
            if crashes and crash is Crash.BEFORE_POSITION:
                return number + 1
            if batch.position is not None:
                self.position = batch.position
            if crashes:
                return number + 1
            if is_enough(batch):
                following = await anext(batches)  # what marks stands behind the yield
                assert following.caught_up or not following.records
                return number + 1
        raise AssertionError("it never catches up")


class Nobody:
    """Watches a runner, which must not fail."""

    def took(self, *_: object) -> None:
        """Nothing to be shown."""

    def said(self, complete_through: datetime) -> None:
        """Nothing to be shown."""

    def failed(self, error: Exception, pause: float) -> None:
        raise AssertionError(pause) from error


def applied(envelopes: list[Envelope], key: str, column: str) -> dict[str, str]:
    """What a register holds by these changes: a column by the key."""
    register: dict[str, str] = {}
    for cells in envelopes:
        if cells["op"] == "d":
            register.pop(cells[f"before.{key}"], None)
        else:
            register[cells[f"after.{key}"]] = cells[f"after.{column}"]
    return register


def check_chain(envelopes: list[Envelope], key: str, column: str) -> None:
    """Assert that each change that is not a repetition starts from what was so before it."""
    register: dict[str, str] = {}
    seen: set[tuple[tuple[str, str], ...]] = set()
    for cells in envelopes:
        told = tuple(sorted(cells.items()))
        if told in seen:
            continue
        seen.add(told)
        name = cells[f"before.{key}"] or cells[f"after.{key}"]
        if cells["op"] in ("c", "r"):
            assert name not in register
        else:
            assert register[name] == cells[f"before.{column}"]
        if cells["op"] == "d":
            del register[name]
        else:
            register[name] = cells[f"after.{column}"]
