"""The dossier stores of the partitions that this worker owns."""

from __future__ import annotations

from pathlib import Path

import rocksdict

from civicbus.engine.partition_store import MIB, PartitionStore

MEMORY = 512  # MiB
PREFIX = "partition-"


def stored_in(folder: Path) -> dict[int, Path]:
    """The partitions whose stores stand in a folder of dossiers, with their folders, in order."""
    found = (path for path in folder.glob(f"{PREFIX}*") if path.is_dir())
    return {int(path.name.removeprefix(PREFIX)): path for path in sorted(found)}


class DossierStore:
    """Understands which partitions are open here. All share `memory`, in MiB.

    Half of it is for what is read, half for what is written and not in a file yet. Each partition
    alone would take its own; a worker can have hundreds.
    """

    def __init__(self, folder: Path, memory: int = MEMORY) -> None:
        self._folder = folder
        self._half = memory * MIB // 2
        self._cache = rocksdict.Cache(self._half)
        self._partitions: dict[int, PartitionStore] = {}

    def open(self, partition: int) -> PartitionStore:
        """The store of a partition, opened if need be.

        Raises:
            Exception: if another process has it open, or the disk fails.
        """
        if partition not in self._partitions:
            folder = self._folder / f"{PREFIX}{partition:05d}"
            self._partitions[partition] = PartitionStore(
                folder, self._cache, after_write=self._make_room
            )
        return self._partitions[partition]

    def get(self, partition: int) -> PartitionStore | None:
        """The store of a partition if it is open."""
        return self._partitions.get(partition)

    def partitions(self) -> list[int]:
        """The partitions that are open, in order."""
        return sorted(self._partitions)

    def close(self, partition: int) -> None:
        """Close the store of a partition, if it is open."""
        store = self._partitions.pop(partition, None)
        if store is not None:
            store.close()

    def unwritten(self) -> int:
        """Bytes of memory that hold what is not in a file yet, of all partitions."""
        return sum(store.unwritten() for store in self._partitions.values())

    def _make_room(self) -> None:
        """Write the fullest partition to a file when all together are too full."""
        if self.unwritten() > self._half:
            max(self._partitions.values(), key=PartitionStore.unwritten).flush()

    def close_all(self) -> None:
        """Close everything."""
        for partition in self.partitions():
            self.close(partition)
