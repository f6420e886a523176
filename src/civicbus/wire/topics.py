"""The topics of the bus and how records find their partition.

Person topics hold one record for each concerned person, under the person key; a watermark stands
in every partition under the source's name. Notes about rows that a connector refused stand in a
topic apart, which is compacted, a source's in one partition: so a connector that starts reads its
own. In the same way the position is kept from which a connector reads on. All have the same number
of partitions, for life.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiokafka.partitioner import murmur2

from civicbus.domain.families import FAMILIES, Family
from civicbus.domain.person_key import LENGTH
from civicbus.wire.murmur2 import murmur2_of

PERSON_TOPICS: dict[str, Family] = {family.topic: family for family in FAMILIES.values()}
QUARANTINE_TOPIC = "civic.quarantine.v1"
REFUSED_ROW_TOPIC = "civic.refused-row.v1"
POSITION_TOPIC = "civic.position.v1"
# What a source keeps for itself: of a key the last word counts.
COMPACTED_TOPICS = (REFUSED_ROW_TOPIC, POSITION_TOPIC)
ALL_TOPICS: tuple[str, ...] = (*PERSON_TOPICS, QUARANTINE_TOPIC, *COMPACTED_TOPICS)

WATERMARK_KEY_PREFIX = b"source:"
POSITIVE = 0x7FFFFFFF
WORTH_COLUMNS = 32  # fewer keys are hashed sooner one by one (measured)


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key, as Kafka's own default partitioner has it."""
    digest: int = murmur2(key)
    return (digest & POSITIVE) % partitions


def partitions_of(person_keys: Sequence[bytes], partitions: int) -> list[int]:
    """The partition of each person key, as `partition_of` gives it.

    Raises:
        ValueError: if there are many and one is not as long as a person key.
    """
    if len(person_keys) < WORTH_COLUMNS:
        return [partition_of(key, partitions) for key in person_keys]
    digests: list[int] = murmur2_of(person_keys, LENGTH).to_pylist()
    return [(digest & POSITIVE) % partitions for digest in digests]


def watermark_key(source: str) -> bytes:
    """The record key of a source's watermarks."""
    return WATERMARK_KEY_PREFIX + source.encode()
