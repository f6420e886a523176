"""Where a connector reads on: kept on the bus, in a compacted topic, a source's in one partition.

It is sent after the broker has acknowledged every event before it, so it never runs ahead of the
log; at worst it lags, and some events are published once more, with the same bytes.
"""

from __future__ import annotations

import json
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.reading import read_between

FIRST_STEP = 500  # records; a source that is at work is found at once
GROWTH = 8


class UnreadablePositionError(RuntimeError):
    """What stands on the bus as a source's position is none; the text names the remedy."""


def encode_position(position: Any) -> bytes:
    """The value of the record that keeps a position."""
    return json.dumps(position, separators=(",", ":"), sort_keys=True).encode()


async def read_position(
    consumer: AIOKafkaConsumer, partition: TopicPartition, source: str
) -> dict[str, Any] | None:
    """The position that was kept last; `None` if none ever was.

    The consumer is started, without a group, and ours alone.

    Raises:
        UnreadablePositionError: if it is no object of JSON.
    """
    key = source.encode()
    first = (await consumer.beginning_offsets([partition]))[partition]
    end = (await consumer.end_offsets([partition]))[partition]
    step = FIRST_STEP
    while end > first:
        start = max(first, end - step)
        found = None
        async for _, records in read_between(consumer, {partition: start}, {partition: end}):
            for record in records:
                if record.key == key:
                    found = record.value or b"null"
        if found is not None:
            return _decoded(found, source)
        end, step = start, step * GROWTH
    return None


def _decoded(value: bytes, source: str) -> dict[str, Any] | None:
    try:
        found = json.loads(value)
    except ValueError:
        found = ""
    if found is not None and not isinstance(found, dict):
        raise UnreadablePositionError(
            f"{source}: the position on the bus is not one; read anew: civicbus connect ... --anew"
        )
    return found
