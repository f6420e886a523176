"""What the guard is given and what it says: records in, a judgement out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from civicbus.domain.events import SourceWatermark
from civicbus.wire.releases import Placed, Release


class Record(Placed, Protocol):
    """A Kafka record as any consumer gives it; `timestamp` is the bus's, in milliseconds."""

    @property
    def timestamp(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that may not enter: its place in the block, the reason, and where it lies.

    `reason` is one of the codes of `wire.guard`. `detail` names the field and the rule, never a
    value: it may be about a person.
    """

    index: int
    reason: str
    detail: str


@dataclass(slots=True)
class Judgement:
    """The verdict on each record of a block, and of the accepted ones what the store needs.

    `event_ids` and `sources` have a place for each record: the id's 36 ASCII bytes and the source
    of an accepted event, `None` for all else. `refused`, `watermarks` and `dismissals` are in the
    order of the block. `releases` has, by place, those that an operator has signed, the refused
    among them. `one_by_one` counts the records that were judged alone.
    """

    event_ids: list[bytes | None]
    sources: list[str | None]
    refused: list[Refused] = field(default_factory=list)
    watermarks: list[tuple[int, SourceWatermark]] = field(default_factory=list)
    dismissals: list[int] = field(default_factory=list)
    releases: dict[int, Release] = field(default_factory=dict)
    one_by_one: int = 0

    @classmethod
    def of(cls, records: int) -> Judgement:
        """A judgement in which nothing has been said yet."""
        return cls([None] * records, [None] * records)
