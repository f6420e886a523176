"""How far an outbox has been read, and whether it still is the same outbox.

A database that was restored from a backup numbers its transactions from an earlier number on, and
lacks what was written since. Rows that the bus has and the outbox lacks do no harm: a fact that was
registered stays on the bus. Rows that are new but bear numbers that were read once would be passed
over; so the last row that was read must still be there, and where the database's history has
branched off, all rows from that one on are read once more.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
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
    """Which database cluster it is, and which of its histories (PostgreSQL's timeline)."""

    system: str
    timeline: int


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

    def checked(self, cluster: Cluster, *, is_last_there: bool, next_transaction: int) -> Place:
        """Where to read on in the database as it is now.

        Raises:
            InputChangedError: if it is not the one that was read.
        """
        if self.cluster is not None and self.cluster.system != cluster.system:
            raise InputChangedError(RESTORED.format(told="another database cluster answers"))
        if not is_last_there:
            raise InputChangedError(RESTORED.format(told="the last row that was read is gone"))
        if next_transaction < int(self.after.split(":")[1]):
            raise InputChangedError(RESTORED.format(told="transactions are numbered anew"))
        if self.cluster is None or self.cluster == cluster:
            return replace(self, cluster=cluster)
        # A standby took over, or a backup was played on to some time; either may lack the end of
        # what was read, and give its numbers to other transactions.
        oldest = int(self.after.split(":")[0])
        if self.last is not None:
            oldest = min(oldest, self.last.transaction)
        return Place(f"{oldest}:{oldest}:", last=self.last, cluster=cluster)
