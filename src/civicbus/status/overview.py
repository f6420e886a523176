"""The state of a deployment as the operators' pages show it. It names no person and no person key.

Every part is a plain value; `build` in the module beside this one makes it from the accounts that
the workers give of themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from civicbus.domain.answer import iso


class Freshness(StrEnum):
    """What a conclusion from this source's silence would meet."""

    FRESH = "fresh"
    STALE = "stale"
    GAPPED = "gapped"
    PARTIAL = "not heard everywhere"
    UNHEARD = "never heard of"
    UNLIMITED = "no limit declared"


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the records of a topic.

    ALL-ACCOUNTED: consumed = stored + duplicates + quarantined + watermarks + dismissals;
    `unaccounted` is by how much it is not so. Of the quarantined `released` no longer mark a
    dossier. `lag` counts records still to be read, `holes` offsets that the broker no longer had.
    """

    consumed: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    watermarks: int = 0
    dismissals: int = 0
    released: int = 0
    unaccounted: int = 0
    lag: int = 0
    holes: int = 0

    @property
    def open(self) -> int:
        """The quarantined records that make answers unknown."""
        return self.quarantined - self.released

    @classmethod
    def total(cls, accounts: Iterable[Account]) -> Account:
        """Several accounts in one. What one has too few does not make up for another's too many."""
        sums = dict.fromkeys((part.name for part in fields(cls)), 0)
        for account in accounts:
            for name in sums:
                sums[name] += abs(getattr(account, name))
        return cls(**sums)


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far a group of subscribers has acknowledged a topic; `behind` counts records after that.

    `partitions` are those of which it has acknowledged anything.
    """

    group: str
    topic: str
    partitions: int
    behind: int


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of the group. Of a `silent` one only its address is known, and why it is silent.

    `behind` counts records that stand between it and readiness, `seconds_left` how long they will
    take at its pace, where that is known.
    """

    url: str
    ready: bool = False
    version: str | None = None
    started_at: datetime | None = None
    partitions: tuple[int, ...] = ()
    silent: str | None = None
    behind: int = 0
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing a partition with its replica showed; `equal` is None if it could not be."""

    equal: bool | None
    checked_at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition of all person topics. `owner` is `None` while nobody answers for it.

    `rivals` also claim it, as happens while partitions move; the one that is ahead is the owner.
    `replica` is None where nothing has been compared.
    """

    number: int
    owner: str | None = None
    ready: bool = False
    account: Account = Account()
    topics: Mapping[str, Account] = field(default_factory=dict)
    rivals: tuple[str, ...] = ()
    replica: Compared | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """How far a source is known in one family of events, over all partitions.

    `complete_through` is that of the partition that is furthest behind. `missing` counts the
    records by which its word and what arrived differ. `heard_in` of the `partitions` that somebody
    answers for have its word.
    """

    source: str
    family: str
    freshness: Freshness
    complete_through: datetime | None
    age_seconds: float | None
    fresh_for_seconds: float | None
    missing: int
    heard_in: int
    partitions: int


@dataclass(frozen=True, slots=True)
class Refused:
    """How many records of a topic were put into quarantine for one reason."""

    topic: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it, at one moment. `concerns` says in words what needs somebody's attention.

    `receipts` are `None` while no worker knows them.
    """

    taken_at: datetime
    concerns: tuple[str, ...]
    workers: tuple[Worker, ...]
    partitions: tuple[Partition, ...]
    sources: tuple[Source, ...]
    topics: Mapping[str, Account]
    total: Account
    quarantined: tuple[Refused, ...]
    receipts: tuple[Receipt, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """The overview as JSON values; moments in RFC 3339."""
        document = _json(asdict(self))
        assert isinstance(document, dict)
        return document


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return value
