"""The keys and values of the dossier store.

One RocksDB a partition. Everything about a person stands side by side, ordered by family:

    person key (26) | family number (1) | 'e' | event id (16)  ->  offset (8) | time (8) | event
    person key (26) | family number (1) | 'q' | offset (8)     ->  time (8) | reason
    person key (26) | family number (1) | 'r' | offset (8)     ->  offset (8) | time (8)

The event id in the key is why an event that is delivered twice is stored once, and why a second,
different event under a used id is found (`reliability`: ONE-EFFECT, A24). The family number lets a
proof read only the families that it needs. `time` is the bus's own record time in milliseconds.
A release ('r') has the offset of the refused record ('q') in its key and its own in its value.

A refused record whose key is nobody's has its mark under a key that no person has. What the store
knows about a topic stands under keys that begin with a zero byte; person keys never do. It is
written in the same batch as the records that it accounts for.
"""

from __future__ import annotations

import struct
from binascii import unhexlify
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from civicbus.domain.person_key import LENGTH

EVENT = b"e"
QUARANTINED = b"q"
RELEASED = b"r"
FAMILY_AT = LENGTH
KIND_AT = LENGTH + 1

# In place of a person key, where a refused record is addressed to nobody.
NOBODY = b"\x00nobody".ljust(LENGTH, b"\x00")

ID_BYTES = 16
STAMP = struct.Struct(">QQ")
OFFSET = struct.Struct(">Q")


def event_keys(
    person_keys: Sequence[bytes], family: int, event_ids: Sequence[bytes]
) -> list[bytes]:
    """The keys of events; an event id is the 36 characters of its UUID.

    All at once, since packing the ids one by one would take as long as storing them.
    """
    packed = unhexlify(b"".join(event_ids).replace(b"-", b""))
    middle = bytes((family,)) + EVENT
    return [
        person_key + middle + packed[at : at + ID_BYTES]
        for person_key, at in zip(person_keys, range(0, len(packed), ID_BYTES), strict=True)
    ]


def quarantine_key(person_key: bytes, family: int, offset: int) -> bytes:
    """The key of the mark that a record under this person's key was refused."""
    return b"%b%c%b%b" % (person_key, family, QUARANTINED, OFFSET.pack(offset))


def release_key(person_key: bytes, family: int, offset: int) -> bytes:
    """The key of what ends that mark."""
    return b"%b%c%b%b" % (person_key, family, RELEASED, OFFSET.pack(offset))


def stamped(offset: int, timestamp: int, body: bytes) -> bytes:
    """An event's value: where and when the bus recorded it, then its bytes as received."""
    return STAMP.pack(offset, timestamp) + body


def offset_of(key: bytes, value: bytes) -> int:
    """The offset of the record that an entry came with."""
    if key[KIND_AT : KIND_AT + 1] != QUARANTINED:
        return int(STAMP.unpack_from(value)[0])
    return int(OFFSET.unpack_from(key, KIND_AT + 1)[0])


def topic_state_key(family: int) -> bytes:
    """The key of the state of a topic."""
    return b"\x00t%c" % family


class StoredEvent(NamedTuple):  # made by the million: a frozen dataclass takes three times as long
    """An event of a dossier as bytes."""

    family: int
    offset: int
    timestamp: int
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredMark:
    """A mark that a record was refused."""

    family: int
    offset: int
    timestamp: int
    reason: str


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """The end of such a mark; `offset` is that of the refused record."""

    family: int
    offset: int


def read_entry(key: bytes, value: bytes) -> StoredEvent | StoredMark | StoredRelease:
    """What stands under a person's key."""
    family, kind = key[FAMILY_AT], key[KIND_AT : KIND_AT + 1]
    if kind == EVENT:
        offset, timestamp = STAMP.unpack_from(value)
        return StoredEvent(family, offset, timestamp, value[STAMP.size :])
    (offset,) = OFFSET.unpack_from(key, KIND_AT + 1)
    if kind == RELEASED:
        return StoredRelease(family, offset)
    (timestamp,) = OFFSET.unpack_from(value)
    return StoredMark(family, offset, timestamp, value[OFFSET.size :].decode())
