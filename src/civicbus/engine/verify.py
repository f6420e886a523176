"""VIEW-IS-LOG: a store compared, key by key, with one that was made anew from the topics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from civicbus.domain.families import FAMILIES
from civicbus.engine.layout import (
    EVENT,
    FAMILY_AT,
    KIND_AT,
    STAMP,
    quarantine_key,
)
from civicbus.engine.partition_store import Entry, PartitionStore


@dataclass(slots=True)
class Comparison:
    """How a store differs from the topics; counts of entries, and of topics for `accounts`.

    `missing` should be in the store and is not, `extra` is and should not be, `different` holds
    something else. `accounts` counts topics whose account differs. `judged_otherwise` counts
    records that were refused when they came and would be accepted today, or the other way round:
    no fault of the store; `civicbus quarantine replay` brings in those that can enter now.
    """

    compared: int = 0
    missing: int = 0
    extra: int = 0
    different: int = 0
    accounts: int = 0
    judged_otherwise: int = 0

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
        if _is_mark(ours or theirs) and (ours is None or theirs is None):
            result.judged_otherwise += 1
        elif _refused_there(ours, made_anew) or _refused_there(theirs, kept):
            continue  # its mark on the other side has been counted
        elif ours is None:
            result.missing += 1
        elif theirs is None:
            result.extra += 1
        else:
            result.different += 1
    if not result.judged_otherwise:
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


def _is_mark(entry: Entry | None) -> bool:
    return entry is not None and entry[0][KIND_AT : KIND_AT + 1] != EVENT


def _refused_there(entry: Entry | None, store: PartitionStore) -> bool:
    """True if the record of an event has been refused by a store."""
    if entry is None or _is_mark(entry):
        return False
    key, value = entry
    mark = quarantine_key(key[:FAMILY_AT], key[FAMILY_AT], STAMP.unpack_from(value)[0])
    return store.find([mark]) != [None]
