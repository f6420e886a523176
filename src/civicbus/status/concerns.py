"""What in an overview needs an operator's attention, in plain sentences, the gravest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from civicbus.status.overview import Account, Freshness, Partition, Source, Worker
from civicbus.status.words import count, duration, numbers


def concerns_of(
    workers: Iterable[Worker],
    partitions: Sequence[Partition],
    sources: Iterable[Source],
    total: Account,
) -> Iterator[str]:
    """The sentences; none if all is well."""
    yield from _about_partitions(partitions)
    for worker in workers:
        if worker.silent is not None:
            yield f"Worker {worker.url} is silent: {worker.silent}."
    if total.unaccounted:
        yield (
            f"{count(total.unaccounted, 'record')} not accounted for: consumed differs from "
            "stored, duplicates, quarantined, watermarks and dismissals together."
        )
    if total.holes:
        yield f"{count(total.holes, 'record')} no longer at the broker when they were to be read."
    yield from _about_sources(sources)
    if total.open:
        yield (
            f"{count(total.open, 'record')} open in quarantine: answers about the persons "
            "concerned are unknown until they are replayed or dismissed (civicbus quarantine list)."
        )


def _about_partitions(partitions: Sequence[Partition]) -> Iterator[str]:
    ownerless = [share.number for share in partitions if share.owner is None]
    if ownerless:
        yield f"Nobody answers for {numbers('partition', ownerless)}."
    behind = [share for share in partitions if share.owner is not None and not share.ready]
    if behind:
        lag = sum(share.account.lag for share in behind)
        who = numbers("partition", [share.number for share in behind])
        yield f"Not ready: {who}, with {count(lag, 'record')} still to be read."
    differing = [p.number for p in partitions if p.replica is not None and p.replica.equal is False]
    if differing:
        yield (
            f"Not the same as in the other group: {numbers('partition', differing)}; "
            "`civicbus store verify` tells which of the two is wrong."
        )
    unknown = [p.number for p in partitions if p.replica is not None and p.replica.equal is None]
    if unknown:
        yield f"Could not be compared with the other group: {numbers('partition', unknown)}."
    for share in partitions:
        if share.rivals:
            yield (
                f"Partition {share.number} is claimed by {share.owner} and by "
                f"{', '.join(share.rivals)}; this passes when partitions have moved."
            )


def _about_sources(sources: Iterable[Source]) -> Iterator[str]:
    """One sentence for each source and trouble, whatever the number of families."""
    troubles: dict[tuple[str, str], list[Source]] = {}
    for source in sources:
        for trouble in _troubles(source):
            troubles.setdefault((source.source, trouble), []).append(source)
    for (name, trouble), found in troubles.items():
        families = ", ".join(source.family for source in found)
        yield f"{name} ({families}) {TROUBLES[trouble](found)}."


def _troubles(source: Source) -> Iterator[str]:
    if source.freshness is Freshness.UNHEARD:
        yield "unheard"
        return
    if source.missing:
        yield "gapped"
    age, limit = source.age_seconds, source.fresh_for_seconds
    if age is not None and limit is not None and age > limit:
        yield "stale"
    if source.heard_in < source.partitions:
        yield "partial"


TROUBLES: dict[str, Callable[[Sequence[Source]], str]] = {
    "unheard": lambda _: "has never been heard of: its connector may not be running",
    "gapped": lambda found: (
        "is gapped: its word and what arrived differ by "
        f"{count(sum(source.missing for source in found), 'record')}"
    ),
    "stale": lambda found: (
        f"is stale: complete through {_longest(source.age_seconds for source in found)} ago, "
        f"{_shortest(source.fresh_for_seconds for source in found)} allowed"
    ),
    "partial": lambda found: (
        f"is heard in {min(source.heard_in for source in found)} of "
        f"{found[0].partitions} partitions only"
    ),
}


def _longest(seconds: Iterable[float | None]) -> str:
    return duration(max(value for value in seconds if value is not None))


def _shortest(seconds: Iterable[float | None]) -> str:
    return duration(min(value for value in seconds if value is not None))
