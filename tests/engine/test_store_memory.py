"""BOUNDED: what a worker's stores take together does not grow with their number."""

from __future__ import annotations

import os
from pathlib import Path

from civicbus.domain.families import FAMILIES
from civicbus.engine.layout import event_keys, stamped
from civicbus.engine.partition_store import MIB, PartitionStore, StoreBatch
from civicbus.engine.store import DossierStore
from tests.engine.samples import key_of

DEATH = FAMILIES["death"].number
LIMIT = 32  # MiB
PARTITIONS = 24
BLOCKS, EVENTS, SIZE = 9, 20, 64 * 1024  # of each partition: 270 MiB in all
# What a store takes that holds one block alone: its events, their filter, and the room for more.
LEAST = 3  # MiB
BODY = os.urandom(SIZE)


def _identity(partition: int, block: int, number: int) -> bytes:
    return f"{partition:08x}-0000-4000-8000-{block:06x}{number:06x}".encode()


def _write(store: PartitionStore, partition: int, block: int) -> None:
    """Some events, none of which can be compressed."""
    batch = StoreBatch(DEATH, store.state(DEATH).copy())
    for number in range(EVENTS):
        (key,) = event_keys([key_of(number).encode()], DEATH, [_identity(partition, block, number)])
        batch.put(key, stamped(number, 0, BODY))
    store.commit(batch)


def _cache(store: PartitionStore, figure: str) -> int:
    return store._database.property_int_value(f"rocksdb.block-cache-{figure}") or 0


def test_many_partitions_share_the_memory_of_one_worker(tmp_path: Path) -> None:
    store = DossierStore(tmp_path, LIMIT)
    taken = 0
    for block in range(BLOCKS):
        for partition in range(PARTITIONS):
            _write(store.open(partition), partition, block)
            taken = max(taken, store.unwritten())
    store.close_all()
    assert 0 < taken < (LIMIT // 2 + LEAST * PARTITIONS) * MIB


def test_a_store_that_is_opened_again_shares_that_memory_and_keeps_its_filters(
    tmp_path: Path,
) -> None:
    for block in range(2):
        store = DossierStore(tmp_path, LIMIT)
        _write(store.open(0), 0, block)
        store.open(0).flush()
        assert _cache(store.open(0), "capacity") == LIMIT // 2 * MIB
        for number in range(EVENTS):
            absent = event_keys([key_of(number).encode()], DEATH, [_identity(9, 9, number)])
            assert store.open(0).find(absent) == [None]
        # Without a filter each look for what is not there reads an event of this size.
        assert _cache(store.open(0), "usage") < SIZE * EVENTS // 10
        store.close_all()
