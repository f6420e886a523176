"""The marks that refused records leave in a store, and what ends them.

Nothing is deleted: a release stands beside the mark that it ends, and readers leave both out. So
what a store holds up to an offset never depends on what came later.

A refused record counts for no source, since who wrote it is not known. Once it is released by a
replay that the guard lets in, it is, and the record counts, once: as one that the guard let in from
the beginning would. The replay itself counts for nobody: no source has published it.
"""

from __future__ import annotations

from typing import Any

from civicbus.domain.person_key import is_person_key
from civicbus.engine.layout import NOBODY, OFFSET, STAMP, quarantine_key, release_key
from civicbus.engine.partition_store import PartitionStore, StoreBatch
from civicbus.wire.releases import Release

# The guard let the record in, so it has been counted: another event has its id.
ID_CONFLICT = "id_conflict"


class Marks:
    """Understands the marks of one store, while a block's are added in the order of the block."""

    def __init__(self, store: PartitionStore, batch: StoreBatch) -> None:
        self._store = store
        self._batch = batch
        self._added: dict[bytes, bytes] = {}

    def counts(self, record: Any, release: Release) -> bool:
        """True if a replay tells for the first time which source a refused record is of."""
        mark = self._find(self._mark_key(record, release.offset))
        return (
            mark is not None
            and mark[OFFSET.size :] != ID_CONFLICT.encode()
            and self._find(self._release_key(record, release)) is None
        )

    def refuse(self, record: Any, reason: str) -> None:
        """Mark the dossier that a refused record is addressed to."""
        self._batch.state.refuse(reason)
        mark = OFFSET.pack(record.timestamp) + reason.encode()
        self._add(self._mark_key(record, record.offset), mark)

    def refuse_again(self, record: Any, reason: str, release: Release) -> bool:
        """Count a replay that is refused, and return True, if the mark of its first record stands.

        One mark is enough for both.
        """
        if self._find(self._mark_key(record, release.offset)) is None:
            return False
        self._batch.state.refuse(reason)
        self._batch.state.released += 1
        return True

    def release(self, record: Any, release: Release) -> None:
        """End a mark; where there is none, or it has been ended before, nothing changes."""
        key = self._release_key(record, release)
        marked = self._find(self._mark_key(record, release.offset)) is not None
        if marked and self._find(key) is None:
            self._batch.state.released += 1
            self._add(key, STAMP.pack(record.offset, record.timestamp))

    def _mark_key(self, record: Any, offset: int) -> bytes:
        return quarantine_key(_addressee(record.key), self._batch.family, offset)

    def _release_key(self, record: Any, release: Release) -> bytes:
        return release_key(_addressee(record.key), self._batch.family, release.offset)

    def _find(self, key: bytes) -> bytes | None:
        return self._added.get(key) or self._store.find([key])[0]

    def _add(self, key: bytes, value: bytes) -> None:
        self._added[key] = value
        self._batch.put(key, value)


def _addressee(key: bytes | None) -> bytes:
    return key if key is not None and is_person_key(key) else NOBODY
