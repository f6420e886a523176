"""BOUNDED: what a worker's stores take together does not grow with their number."""

from __future__ import annotations

import os
from pathlib import Path

from civicbus.domain.families import FAMILIES
from civicbus.engine.layout import event_keys, stamped
from civicbus.engine.partition_store import MIB, StoreBatch
from civicbus.engine.store import DossierStore
from tests.engine.samples import key_of

DEATH = FAMILIES["death"].number
LIMIT = 32  # MiB
PARTITIONS = 24
BLOCKS, EVENTS, SIZE = 9, 20, 64 * 1024  # of each partition: 270 MiB in all
# What a store takes that holds one block alone: its events, their filter, and the room for more.
LEAST = 3  # MiB


def test_many_partitions_share_the_memory_of_one_worker(tmp_path: Path) -> None:
    store = DossierStore(tmp_path, LIMIT)
    body = os.urandom(SIZE)
    taken = 0
    for block in range(BLOCKS):
        for partition in range(PARTITIONS):
            batch = StoreBatch(DEATH, store.open(partition).state(DEATH).copy())
            for number in range(EVENTS):
                identity = f"{partition:08x}-0000-4000-8000-{block:06x}{number:06x}".encode()
                (key,) = event_keys([key_of(number).encode()], DEATH, [identity])
                batch.put(key, stamped(number, 0, body))
            store.open(partition).commit(batch)
            taken = max(taken, store.unwritten())
    store.close_all()
    assert 0 < taken < (LIMIT // 2 + LEAST * PARTITIONS) * MIB
