"""A worker's stores looked at from outside, also while the worker runs: digests, and the topics."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from civicbus.domain.families import FAMILIES
from civicbus.engine.digest import Digest
from civicbus.engine.judging import Judges
from civicbus.engine.partition_store import PartitionStore
from civicbus.engine.rebuild import rebuild
from civicbus.engine.store import DossierStore, stored_in
from civicbus.engine.verify import Comparison, compare
from civicbus.settings import Settings


class NoStoreError(RuntimeError):
    """There is no such store; the text says where one was looked for and the remedy."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A partition's store: how many records it has read, its digest, how it differs if compared."""

    partition: int
    read: int
    digest: Digest
    comparison: Comparison | None = None


def partitions_of(settings: Settings, asked: list[int] | None = None) -> list[int]:
    """The partitions to look at: those asked for, or all whose stores are here.

    Raises:
        NoStoreError: if there is none, or not the one asked for.
    """
    folder = settings.data / "dossiers"
    found = stored_in(folder)
    missing = [number for number in asked or () if number not in found]
    if missing or not found:
        what = f"store of partition {missing[0]}" if missing else "store"
        raise NoStoreError(
            f"{folder}: no {what}; name the worker's folder with --data or CIVICBUS_DATA"
        )
    return asked or list(found)


def digested(settings: Settings, partition: int) -> Checked:
    """The digest of a partition's store as it is at this moment."""
    with _opened(settings, partition) as (store, _):
        ends = store.ends()
        return Checked(partition, sum(ends.values()), store.digest(ends))


async def verified(
    settings: Settings,
    guard: Judges,
    partition: int,
    begin: Callable[[int], None],
    advance: Callable[[int], None],
) -> Checked:
    """A partition's store compared with the topics; takes as much disk again while it lasts.

    `begin` is told how many records will be read, `advance` how many more have been.

    Raises:
        RebuildError, BrokerError: if the topics do not give what the store has read.
    """
    with _opened(settings, partition) as (store, scratch):
        ends = store.ends()
        topics = {family.topic: ends[family.number] for family in FAMILIES.values()}
        begin(sum(ends.values()))
        anew = DossierStore(scratch / "anew")
        try:
            await rebuild(settings, guard, anew, partition, topics, advance)
            comparison = compare(store, anew.open(partition))
        finally:
            anew.close_all()
        return Checked(partition, sum(ends.values()), store.digest(ends), comparison)


@contextmanager
def _opened(settings: Settings, partition: int) -> Iterator[tuple[PartitionStore, Path]]:
    """A store that is only read, and a folder beside it that is gone afterwards."""
    folder = stored_in(settings.data / "dossiers")[partition]
    with tempfile.TemporaryDirectory(prefix="check-", dir=settings.data) as scratch:
        store = PartitionStore(folder, secondary=Path(scratch) / "secondary")
        try:
            yield store, Path(scratch)
        finally:
            store.close()
