"""VIEW-IS-LOG: a store compared, key by key, with one that was made anew from the topics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from civicbus.domain.families import FAMILIES
from civicbus.engine.layout import (
    EVENT,
    FAMILY_AT,
    KIND_AT,
    OFFSET,
    QUARANTINED,
    RELEASED,
    STAMP,
    quarantine_key,
    release_key,
)
from civicbus.engine.partition_store import Entry, PartitionStore


@dataclass(slots=True)
class Comparison:
    """How a store differs from the topics; counts of entries, and of topics for `accounts`.

    `missing` should be in the store and is not, `extra` is and should not be, `different` holds
    something else. `accounts` counts topics whose account differs. `judged_otherwise` counts
    records that were refused when they came and would be accepted today, or the other way round:
    no fault of the store; `civicbus quarantine replay` brings in those that can enter now.
    `released` are those of them that no longer mark a dossier.
    """

    compared: int = 0
    missing: int = 0
    extra: int = 0
    different: int = 0
    accounts: int = 0
    judged_otherwise: int = 0
    released: int = 0

    @property
    def equal(self) -> bool:
        """True if the store is what the topics say."""
        return not (self.missing or self.extra or self.different or self.accounts)

    def to_json(self) -> dict[str, int | bool]:
        """The counts as JSON values."""
        return {**asdict(self), "equal": self.equal}


def compare(kept: PartitionStore, made_anew: PartitionStore) -> Comparison:
    """Compare the dossiers and the accounts of two stores that have read equally far."""
    result = Comparison()
    for ours, theirs in _side_by_side(kept.walk(), made_anew.walk()):
        result.compared += 1
        if ours == theirs:
            continue
        mark = _mark_alone(ours, theirs)
        if mark is not None:
            there = kept if theirs is None else made_anew
            ended = there.find([_release_of(mark)]) != [None]
            result.released += ended
            result.judged_otherwise += not ended
        elif _ends_no_mark(ours, made_anew) or _ends_no_mark(theirs, kept):
            continue  # the mark that it ends has been counted
        elif _refused_there(ours, made_anew) or _refused_there(theirs, kept):
            continue  # its mark on the other side has been counted
        elif ours is None:
            result.missing += 1
        elif theirs is None:
            result.extra += 1
        else:
            result.different += 1
    if not (result.judged_otherwise or result.released):
        numbers = (family.number for family in FAMILIES.values())
        result.accounts = sum(kept.state(n) != made_anew.state(n) for n in numbers)
    return result


def _side_by_side(
    ours: Iterator[Entry], theirs: Iterator[Entry]
) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Entries of two walks in key order, side by side where they have the same key."""
    left, right = next(ours, None), next(theirs, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            yield left, None
            left = next(ours, None)
        elif left is None or right[0] < left[0]:
            yield None, right
            right = next(theirs, None)
        else:
            yield left, right
            left, right = next(ours, None), next(theirs, None)


def _kind(key: bytes) -> bytes:
    return key[KIND_AT : KIND_AT + 1]


def _mark_alone(ours: Entry | None, theirs: Entry | None) -> bytes | None:
    """The key of a mark that stands on one side only."""
    if ours is not None and theirs is not None:
        return None
    key = (ours or theirs or (b"", b""))[0]
    return key if _kind(key) == QUARANTINED else None


def _release_of(mark: bytes) -> bytes:
    (offset,) = OFFSET.unpack_from(mark, KIND_AT + 1)
    return release_key(mark[:FAMILY_AT], mark[FAMILY_AT], offset)


def _ends_no_mark(entry: Entry | None, store: PartitionStore) -> bool:
    """True if an entry is a release, and a store has no mark for it to end."""
    if entry is None or _kind(entry[0]) != RELEASED:
        return False
    (offset,) = OFFSET.unpack_from(entry[0], KIND_AT + 1)
    mark = quarantine_key(entry[0][:FAMILY_AT], entry[0][FAMILY_AT], offset)
    return store.find([mark]) == [None]


def _refused_there(entry: Entry | None, store: PartitionStore) -> bool:
    """True if the record of an event has been refused by a store."""
    if entry is None or _kind(entry[0]) != EVENT:
        return False
    key, value = entry
    mark = quarantine_key(key[:FAMILY_AT], key[FAMILY_AT], STAMP.unpack_from(value)[0])
    return store.find([mark]) != [None]
