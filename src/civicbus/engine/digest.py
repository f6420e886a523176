"""A digest of dossiers that does not depend on the order in which they were stored.

The sum of a hash of each entry: two stores that hold the same entries have the same digest, whoever
wrote first. It finds faults. It is no proof against somebody who chooses the entries.

Each entry knows the offset that it came with. So a store that has read further can still tell what
its digest was at an earlier offset, and two stores that stand at different offsets can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from civicbus.engine.layout import FAMILY_AT, offset_of

BYTES = 16
MODULUS = 1 << (8 * BYTES)


@dataclass(frozen=True, slots=True)
class Digest:
    """How many entries, and the sum of their hashes."""

    entries: int = 0
    total: int = 0

    def __str__(self) -> str:
        return f"{self.total:0{2 * BYTES}x}"

    def __add__(self, other: Digest) -> Digest:
        """The digest of both together."""
        return Digest(self.entries + other.entries, (self.total + other.total) % MODULUS)


def digest_of(entries: Iterable[tuple[bytes, bytes]], ends: Mapping[int, int]) -> Digest:
    """The digest of those entries of persons whose offset lies before the end of their family.

    `ends` gives for the number of a family the offset before which its records count.
    """
    count = total = 0
    for key, value in entries:
        if offset_of(key, value) < ends.get(key[FAMILY_AT], 0):
            total += int.from_bytes(blake2b(key + value, digest_size=BYTES).digest())
            count += 1
    return Digest(count, total % MODULUS)
