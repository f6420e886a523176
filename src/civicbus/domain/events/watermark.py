"""How far a source is known. A watermark is no event: it is about a source, not a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from civicbus.domain.events.rules import InvalidEventError, check_source, check_time


@dataclass(frozen=True, slots=True)
class SourceWatermark:
    """A source's word, in every partition it writes: "my register is complete up to here".

    `complete_through` is on the axis of `registered_at`. `sequence` is the highest source sequence
    published. `partition_records` counts the records that this source has in this partition before
    this one; a reader who counted fewer has lost some, and the source is `gapped` for it.
    """

    source: str
    complete_through: datetime
    sequence: int
    partition_records: int
    environment: str = "development"

    def __post_init__(self) -> None:
        check_source(self.source, "source")
        check_time(self.complete_through, "complete_through")
        for name in ("sequence", "partition_records"):
            if getattr(self, name) < 0:
                raise InvalidEventError("range", name, "must not be negative")
