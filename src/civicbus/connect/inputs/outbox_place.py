"""How far an outbox has been read, and whether it still is the same outbox.

A database that was restored from a backup lacks what was written since. Rows that the bus has and
the outbox lacks do no harm: a fact that was registered stays on the bus. But it numbers its
transactions from an earlier number on, so rows that are new could bear numbers that were read once,
and be passed over. So the last row that was read must still be there; then all numbers given anew
are greater than its own, and whoever connects anew counts no later transaction as read. What is
read twice by that counts once.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from civicbus.connect.inputs.batches import InputChangedError, Position

NOTHING_ENDED = "1:1:"  # the snapshot before all transactions

RESTORED = (
    "{told}: the database was restored from a backup, or the table was emptied. Until somebody has "
    "looked, nothing is published and the source goes stale. What the register lacks now has to be "
    "entered again. Then run civicbus connect with --anew: it publishes every row of the outbox, "
    "none of which counts twice"
)


@dataclass(frozen=True, slots=True)
class Last:
    """The last row that was read."""

    transaction: int
    position: int
    id: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which database cluster it is, and since when its server has been running."""

    system: str
    started: str


@dataclass(frozen=True, slots=True)
class Place:
    """Between two snapshots, `after` and `until` (empty: yet to be taken), behind a row."""

    after: str = NOTHING_ENDED
    until: str = ""
    transaction: int = 0
    position: int = 0
    last: Last | None = None
    cluster: Cluster | None = None

    @classmethod
    def of(cls, position: Position | None) -> Place:
        """What was kept as a position.

        Raises:
            InputChangedError: if it is that of another way in.
        """
        if position is None:
            return cls()
        told: dict[str, Any] = dict(position)
        if told.pop("input", None) != "outbox":
            raise InputChangedError(
                "the position on the bus is that of another way in; run civicbus connect with "
                "--anew: it publishes every row of the outbox, none of which counts twice"
            )
        last, cluster = told.pop("last"), told.pop("cluster")
        return cls(
            **told,
            last=None if last is None else Last(**last),
            cluster=None if cluster is None else Cluster(**cluster),
        )

    def kept(self) -> Position:
        """As it is kept."""
        return {"input": "outbox", **asdict(self)}

    def ended(self) -> Place:
        """All between the snapshots has been read."""
        return Place(self.until, last=self.last, cluster=self.cluster)

    def reopened(self, cluster: Cluster) -> Place:
        """Where to read on for whoever has just connected.

        Raises:
            InputChangedError: if another cluster answers.
        """
        if self.cluster is not None and self.cluster.system != cluster.system:
            raise InputChangedError(RESTORED.format(told="another database cluster answers"))
        if self.until and self.cluster == cluster:
            return self
        # A snapshot of before the server was started says nothing of what has ended since.
        after = self.after if self.last is None else rewound(self.after, self.last.transaction + 1)
        return Place(after, last=self.last, cluster=cluster)

    def check(self, last: str | None, next_transaction: int) -> None:
        """Return if the last row that was read is there, and transactions are numbered on from it.

        Raises:
            InputChangedError: if not.
        """
        if self.last is None:
            return
        if last != self.last.id:
            raise InputChangedError(RESTORED.format(told="the last row that was read is gone"))
        if next_transaction <= self.last.transaction:
            raise InputChangedError(RESTORED.format(told="transactions are numbered anew"))


def rewound(snapshot: str, transaction: int) -> str:
    """A snapshot in which no transaction from this one on had ended."""
    oldest, next_, running = snapshot.split(":")
    if int(next_) <= transaction:
        return snapshot
    kept = [number for number in running.split(",") if number and int(number) < transaction]
    return f"{min(int(oldest), transaction)}:{transaction}:{','.join(kept)}"
