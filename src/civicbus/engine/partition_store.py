"""The dossiers of one partition, in one RocksDB.

Records and the next offset to read go into one write batch. So each record takes effect once, the
store knows by itself where to read on, and a store that is lost is rebuilt from the topics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, takewhile
from pathlib import Path
from threading import Lock
from typing import cast

import rocksdict

from civicbus.domain.families import FAMILIES
from civicbus.domain.person_key import LENGTH
from civicbus.engine.digest import Digest, digest_of
from civicbus.engine.layout import (
    FAMILY_AT,
    NOBODY,
    StoredEvent,
    StoredMark,
    StoredRelease,
    read_entry,
    topic_state_key,
)
from civicbus.engine.topic_state import TopicState
from civicbus.wire.topics import PERSON_TOPICS

MIB = 1024 * 1024
WRITE_BUFFER = 32 * MIB
WRITE_BUFFERS = 3
# Both are taken at once by each partition, also by one in which nothing is written.
MEMTABLE_BLOOM = 0.02  # of a write buffer: fifty bits for each of its events
ARENA_BLOCK = MIB // 2
BLOCK_SIZE = 16 * 1024
BITS_PER_KEY = 10
BLOCK_BASED = False  # one filter for a whole file
PAST_PERSON_KEYS = b"\x7f"

Entry = tuple[bytes, bytes]


def rocksdb_options(cache: rocksdict.Cache | None = None) -> rocksdict.Options:
    """Little memory a partition; bloom filters, since most look-ups find nothing."""
    table = rocksdict.BlockBasedOptions()
    table.set_bloom_filter(BITS_PER_KEY, BLOCK_BASED)
    table.set_block_size(BLOCK_SIZE)
    table.set_cache_index_and_filter_blocks(True)
    table.set_pin_l0_filter_and_index_blocks_in_cache(True)
    if cache is not None:
        table.set_block_cache(cache)
    options = rocksdict.Options(raw_mode=True)
    options.set_block_based_table_factory(table)
    # A dossier is looked for in the files alone that hold something of the person.
    options.set_prefix_extractor(rocksdict.SliceTransform.create_fixed_prefix(LENGTH))
    options.set_write_buffer_size(WRITE_BUFFER)
    options.set_max_write_buffer_number(WRITE_BUFFERS)
    options.set_memtable_whole_key_filtering(True)
    options.set_memtable_prefix_bloom_ratio(MEMTABLE_BLOOM)
    options.set_arena_block_size(ARENA_BLOCK)
    options.set_max_open_files(256)
    options.set_keep_log_file_num(2)
    options.set_compression_type(rocksdict.DBCompressionType.lz4())
    options.set_bottommost_compression_type(rocksdict.DBCompressionType.zstd())
    return options


def opened(
    folder: Path, options: rocksdict.Options, access: rocksdict.AccessType
) -> rocksdict.Rdict:
    """The database in a folder, with these options whether it is new or not.

    Unless they are said for its column family too, rocksdict takes for a database that exists the
    ones noted in its folder: without bloom filters, and with a cache of its own.
    """
    families = {"default": options}
    return rocksdict.Rdict(str(folder), options, column_families=families, access_type=access)


def _nothing() -> None:
    """Nobody wants to know."""


class StoreBatch:
    """Records of one topic and the state after them: all of it is written, or nothing."""

    def __init__(self, family: int, state: TopicState) -> None:
        self.family = family
        self.state = state
        self._batch = rocksdict.WriteBatch(raw_mode=True)
        self.put = self._batch.put

    def sealed(self) -> rocksdict.WriteBatch:
        """The batch with the state in it."""
        self.put(topic_state_key(self.family), self.state.to_bytes())
        return self._batch


class StoreClosedError(RuntimeError):
    """The store was closed while it was being read."""


class PartitionStore:
    """Understands the dossiers of one partition.

    With a `secondary` folder for RocksDB's own notes it is only read, as it was at this moment,
    while the worker that it belongs to may go on writing.
    """

    def __init__(
        self,
        folder: Path,
        cache: rocksdict.Cache | None = None,
        *,
        secondary: Path | None = None,
        after_write: Callable[[], None] = _nothing,
    ) -> None:
        options = rocksdb_options(cache)
        self._after_write = after_write
        if secondary is None:
            folder.mkdir(parents=True, exist_ok=True)
            access = rocksdict.AccessType.read_write()
        else:
            options.set_max_open_files(-1)  # what the owner deletes meanwhile can still be read
            access = rocksdict.AccessType.secondary(str(secondary))
        self._database = opened(folder, options, access)
        self._in_order = rocksdict.WriteOptions()
        self._in_order.memtable_insert_hint_per_batch = True
        self._all_persons = rocksdict.ReadOptions()
        self._all_persons.set_total_order_seek(True)
        self._being_read = Lock()
        self._closing = False
        self._states = {
            family.number: self._load_state(family.number) for family in FAMILIES.values()
        }

    def state(self, family: int) -> TopicState:
        """The state of a topic. Change a copy and commit it; never this one."""
        return self._states[family]

    def next_offset(self, topic: str) -> int:
        """The offset of a person topic that is to be read next."""
        return self._states[PERSON_TOPICS[topic].number].next_offset

    def ends(self) -> dict[int, int]:
        """How far each topic has been read: the next offset, by the number of its family."""
        return {family: state.next_offset for family, state in self._states.items()}

    def find(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """The values under some keys, `None` where there is none."""
        return cast(list[bytes | None], self._database.get(list(keys)))

    def commit(self, batch: StoreBatch) -> None:
        """Write records and state at once.

        Raises:
            AccountError: if a record is not accounted for; nothing is written then.
            Exception: what RocksDB raises (disk full, input/output error); nothing is written then.
        """
        batch.state.check()
        self._database.write(batch.sealed(), self._in_order)
        self._states[batch.family] = batch.state
        self._after_write()

    def unwritten(self) -> int:
        """Bytes of memory that hold what is not in a file of its own yet."""
        return int(self._database.property_int_value("rocksdb.cur-size-all-mem-tables") or 0)

    def flush(self) -> None:
        """Write that to a file, and give the memory free."""
        self._database.flush()

    def dossier(self, person_key: str, families: Iterable[int]) -> list[StoredEvent | StoredMark]:
        """What is stored about a person in some families, but for marks that were released."""
        return self.dossiers([person_key], families)[person_key]

    def dossiers(
        self, person_keys: Iterable[str], families: Iterable[int]
    ) -> dict[str, list[StoredEvent | StoredMark]]:
        """What is stored about some persons in some families, but for marks that were released."""
        wanted = bytes(sorted(set(families)))
        cursor = self._database.iter()
        return {key: _read(cursor, key.encode(), wanted) for key in sorted(set(person_keys))}

    def walk(self) -> Iterator[Entry]:
        """Every entry about every person, and about nobody, in key order."""
        nobodys = takewhile(lambda item: item[0].startswith(NOBODY), self._items(NOBODY))
        persons = takewhile(lambda item: item[0] < PAST_PERSON_KEYS, self._items(b"\x01"))
        return chain(nobodys, persons)

    def digest(self, ends: Mapping[int, int]) -> Digest:
        """The digest of what came before the end of each family; may run in a thread of its own.

        Raises:
            StoreClosedError: if the store is closed meanwhile.
        """
        with self._being_read:
            found = digest_of(self._while_open(), ends)
            if self._closing:
                raise StoreClosedError
            return found

    def _while_open(self) -> Iterator[Entry]:
        # It ends and does not raise: an error would hold the iterator, and that the database.
        for entry in self.walk():
            if self._closing:
                return
            yield entry

    def close(self) -> None:
        """Give the folder free for another process."""
        self._closing = True
        with self._being_read:  # an iterator would keep the database open
            self._database.close()

    def _items(self, from_key: bytes) -> Iterator[tuple[bytes, bytes]]:
        found = self._database.items(from_key=from_key, read_opt=self._all_persons)
        return cast(Iterator[tuple[bytes, bytes]], found)

    def _load_state(self, family: int) -> TopicState:
        data = self._database.get(topic_state_key(family))
        return TopicState() if data is None else TopicState.from_bytes(data)


def _read(
    cursor: rocksdict.RdictIter, person_key: bytes, wanted: bytes
) -> list[StoredEvent | StoredMark]:
    """The entries under a person's key; of the families not wanted none is looked at but the first.

    A dossier may hold hundreds of contributions, of which most questions want nothing.
    """
    found: list[StoredEvent | StoredMark] = []
    released = set()
    is_valid, key_of, value_of, step = cursor.valid, cursor.key, cursor.value, cursor.next
    cursor.seek(person_key + wanted[:1])
    while is_valid() and (key := key_of()).startswith(person_key):
        family = key[FAMILY_AT]
        if family in wanted:
            entry = read_entry(key, value_of())
            if isinstance(entry, StoredRelease):
                released.add((entry.family, entry.offset))
            else:
                found.append(entry)
            step()
            continue
        following = next((other for other in wanted if other > family), None)
        if following is None:
            break
        cursor.seek(person_key + bytes((following,)))
    if not released:
        return found
    return [
        entry
        for entry in found
        if isinstance(entry, StoredEvent) or (entry.family, entry.offset) not in released
    ]
