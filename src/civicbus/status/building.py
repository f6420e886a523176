"""From the accounts that workers give of themselves to one overview.

An account is a dict of JSON values: `worker`, `version`, `started_at`, `ready`, `partitions`
(`partition`, `ready`, `topics`: offsets and counts by topic), `sources` (`source`, `family`,
`partition`, `complete_through`, `missing`), `quarantined` (`topic`, `reason`, `count`), `replica`
(`partition`, `equal`, `checked_at`, `detail`), `receipts` (`group`, `topic`, `partitions`,
`behind`), which are the broker's, and so the same from every worker that knows them. A worker that
does not answer is `worker` and `silent`, the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from civicbus.domain.authority import Authorities
from civicbus.status.concerns import concerns_of
from civicbus.status.overview import (
    Account,
    Compared,
    Freshness,
    Overview,
    Partition,
    Receipt,
    Refused,
    Source,
    Worker,
)

Snapshot = Mapping[str, Any]

PARTS = ("stored", "duplicates", "quarantined", "watermarks", "dismissals")


@dataclass(frozen=True, slots=True)
class Word:
    """A source's last word in one partition, as far as a worker has read."""

    complete_through: datetime
    missing: int


def build(
    snapshots: Sequence[Snapshot], authorities: Authorities, partitions: int, now: datetime
) -> Overview:
    """The overview of a deployment whose person topics have this many partitions.

    A worker whose account cannot be read, because it is of another version, counts as silent.
    """
    read = [_read(snapshot) for snapshot in snapshots]
    accounts = [account for account in read if account.worker.silent is None]
    shares = _shares(accounts, partitions)
    by_topic: dict[str, list[Account]] = defaultdict(list)
    for share in shares:
        for topic, account in share.topics.items():
            by_topic[topic].append(account)
    topics = {topic: Account.total(found) for topic, found in sorted(by_topic.items())}
    workers = tuple(sorted((account.worker for account in read), key=lambda worker: worker.url))
    sources = _sources(accounts, shares, authorities, now)
    total = Account.total(topics.values())
    return Overview(
        taken_at=now,
        concerns=tuple(concerns_of(workers, shares, sources, total)),
        workers=workers,
        partitions=shares,
        sources=sources,
        topics=topics,
        total=total,
        quarantined=_quarantined(accounts),
        receipts=next((read.receipts for read in accounts if read.receipts is not None), None),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A worker's account, its texts turned into values."""

    worker: Worker
    partitions: tuple[Partition, ...] = ()
    words: Mapping[tuple[str, str, int], Word] | None = None
    refused: tuple[Refused, ...] = ()
    receipts: tuple[Receipt, ...] | None = None


def _read(snapshot: Snapshot) -> _Read:
    url = str(snapshot["worker"])
    if "silent" in snapshot:
        return _Read(Worker(url, silent=str(snapshot["silent"])))
    try:
        compared = {int(one["partition"]): _compared(one) for one in snapshot.get("replica", ())}
        partitions = tuple(_partition(url, share, compared) for share in snapshot["partitions"])
        worker = Worker(
            url=url,
            ready=bool(snapshot["ready"]),
            version=str(snapshot["version"]),
            started_at=datetime.fromisoformat(snapshot["started_at"]),
            partitions=tuple(sorted(share.number for share in partitions)),
            behind=int(snapshot.get("behind", 0)),
            seconds_left=snapshot.get("seconds_left"),
        )
        words = {
            (word["family"], word["source"], int(word["partition"])): Word(
                datetime.fromisoformat(word["complete_through"]), int(word["missing"])
            )
            for word in snapshot["sources"]
        }
        refused = tuple(
            Refused(str(part["topic"]), str(part["reason"]), int(part["count"]))
            for part in snapshot["quarantined"]
        )
        receipts = _receipts(snapshot.get("receipts"))
    except (KeyError, TypeError, ValueError):
        return _Read(Worker(url, silent="its account has another form; is it of another version?"))
    return _Read(worker, partitions, words, refused, receipts)


def _receipts(found: Sequence[Mapping[str, Any]] | None) -> tuple[Receipt, ...] | None:
    if found is None:
        return None
    return tuple(
        Receipt(str(one["group"]), str(one["topic"]), int(one["partitions"]), int(one["behind"]))
        for one in found
    )


def _compared(found: Mapping[str, Any]) -> Compared:
    checked_at = datetime.fromisoformat(found["checked_at"])
    return Compared(found["equal"], checked_at, str(found["detail"]))


def _partition(url: str, share: Mapping[str, Any], compared: Mapping[int, Compared]) -> Partition:
    topics = {str(topic): _account(found) for topic, found in share["topics"].items()}
    return Partition(
        number=int(share["partition"]),
        owner=url,
        ready=bool(share["ready"]),
        account=Account.total(topics.values()),
        topics=topics,
        replica=compared.get(int(share["partition"])),
    )


def _account(found: Mapping[str, int]) -> Account:
    # A worker from before there were dismissals counts none, and none can have reached it.
    parts = {name: found[name] for name in PARTS if name in found or name != "dismissals"}
    return Account(
        consumed=found["consumed"],
        **parts,
        unaccounted=found["consumed"] - sum(parts.values()),
        lag=max(0, found["end_offset"] - found["next_offset"]),
        released=found.get("released", 0),
        holes=found.get("holes", 0),
    )


def _shares(accounts: Iterable[_Read], partitions: int) -> tuple[Partition, ...]:
    """Every partition once, with the claim of the worker that is furthest ahead."""
    claims: dict[int, list[Partition]] = defaultdict(list)
    for account in accounts:
        for share in account.partitions:
            claims[share.number].append(share)
    found = []
    for number in sorted({*range(partitions), *claims}):
        ahead, *others = sorted(
            claims[number],
            key=lambda share: (share.ready, share.account.consumed, share.owner or ""),
            reverse=True,
        ) or [Partition(number)]
        found.append(
            replace(ahead, rivals=tuple(sorted(share.owner for share in others if share.owner)))
        )
    return tuple(found)


def _sources(
    accounts: Iterable[_Read],
    shares: Sequence[Partition],
    authorities: Authorities,
    now: datetime,
) -> tuple[Source, ...]:
    """Every source that has spoken, and every one whose word is declared to count."""
    owners = {share.number: share.owner for share in shares if share.owner is not None}
    limits = {(a.family, a.source): a.fresh_for for a in authorities.declared}
    words: dict[tuple[str, str], list[Word]] = {key: [] for key in limits}
    for account in accounts:
        for (family, source, number), word in (account.words or {}).items():
            if owners.get(number) == account.worker.url:
                words.setdefault((family, source), []).append(word)
    return tuple(
        _source(family, source, found, limits.get((family, source)), len(owners), now)
        for (family, source), found in sorted(words.items(), key=lambda item: item[0][::-1])
    )


def _source(
    family: str,
    source: str,
    words: Sequence[Word],
    limit: timedelta | None,
    partitions: int,
    now: datetime,
) -> Source:
    through = min((word.complete_through for word in words), default=None)
    age = None if through is None else now - through
    missing = sum(abs(word.missing) for word in words)
    return Source(
        source=source,
        family=family,
        freshness=_freshness(age, limit, missing, everywhere=len(words) == partitions),
        complete_through=through,
        age_seconds=None if age is None else age.total_seconds(),
        fresh_for_seconds=None if limit is None else limit.total_seconds(),
        missing=missing,
        heard_in=len(words),
        partitions=partitions,
    )


def _freshness(
    age: timedelta | None, limit: timedelta | None, missing: int, *, everywhere: bool
) -> Freshness:
    """What is lost weighs more than what is late, as in `domain.proofs.absence`."""
    if age is None:
        return Freshness.UNHEARD
    if missing:
        return Freshness.GAPPED
    if not everywhere:
        return Freshness.PARTIAL
    if limit is None:
        return Freshness.UNLIMITED
    return Freshness.STALE if age > limit else Freshness.FRESH


def _quarantined(accounts: Iterable[_Read]) -> tuple[Refused, ...]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for account in accounts:
        for part in account.refused:
            counts[part.topic, part.reason] += part.count
    found = (Refused(topic, reason, count) for (topic, reason), count in counts.items())
    return tuple(sorted(found, key=lambda part: (-part.count, part.topic, part.reason)))
