"""What a partition's store knows about one topic: how far it has read, and the account of it.

ALL-ACCOUNTED: consumed = stored + duplicates + quarantined + watermarks + dismissals, always: the
state is written in one batch with the records that it counts, and not at all if it does not add up.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

from civicbus.domain.events import SourceWatermark
from civicbus.wire.records import to_millis


@dataclass(slots=True)
class SourceCount:
    """One source in one topic of one partition.

    `records` counts what has been seen of it; `missing` is by how much its last watermark differs
    from that: positive if records were lost, negative if somebody else writes in its name.
    """

    records: int = 0
    complete_through: int | None = None
    sequence: int = 0
    missing: int = 0

    def hear(self, watermark: SourceWatermark) -> None:
        """Take a source at its word. A sequence that goes back means a register set back."""
        self.missing = watermark.partition_records - self.records
        self.missing += max(0, self.sequence - watermark.sequence)
        self.sequence = max(self.sequence, watermark.sequence)
        self.complete_through = to_millis(watermark.complete_through)


class AccountError(AssertionError):
    """A record was consumed and nothing became of it: a fault of ours. Nothing may be stored."""


@dataclass(slots=True)
class TopicState:
    """How far a topic has been read, and what became of its records.

    `released` counts the quarantined records that no longer mark a dossier. `holes` counts offsets
    that held no record when they were asked for.
    """

    next_offset: int = 0
    consumed: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    watermarks: int = 0
    dismissals: int = 0
    released: int = 0
    holes: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    sources: dict[str, SourceCount] = field(default_factory=dict)

    def source(self, name: str) -> SourceCount:
        """The count of a source, begun if it is new."""
        return self.sources.setdefault(name, SourceCount())

    def refuse(self, reason: str) -> None:
        """Count a record that went to quarantine."""
        self.quarantined += 1
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def check(self) -> None:
        """Hold the state to ALL-ACCOUNTED.

        Raises:
            AccountError: if it does not add up.
        """
        events = self.stored + self.duplicates + self.quarantined
        if self.consumed != events + self.watermarks + self.dismissals:
            raise AccountError("consumed differs from what became of the records")
        if not 0 <= self.released <= self.quarantined:
            raise AccountError("more records were released than were quarantined")

    def copy(self) -> TopicState:
        """A state that can be changed without changing this one."""
        sources = {name: replace(count) for name, count in self.sources.items()}
        return replace(self, reasons=dict(self.reasons), sources=sources)

    def to_bytes(self) -> bytes:
        """The state as it stands in the store."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> TopicState:
        """The state that was stored."""
        plain = json.loads(data)
        sources = {name: SourceCount(**count) for name, count in plain.pop("sources").items()}
        return cls(**plain, sources=sources)
