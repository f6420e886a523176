"""What stands between two offsets of some partitions, read once and in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.connection import BrokerError

POLL_MS = 200


async def read_between(
    consumer: AIOKafkaConsumer,
    starts: Mapping[TopicPartition, int],
    ends: Mapping[TopicPartition, int],
    *,
    max_records: int | None = None,
    silence: float | None = None,
) -> AsyncIterator[tuple[TopicPartition, list[Any]]]:
    """Records of one partition at a time, from its start on and before its end.

    The consumer is started, without a group, and ours alone; whoever takes the records may seek
    back in it. With `silence`, in seconds, a broker that gives nothing for so long is given up.

    Raises:
        BrokerError: if it is.
    """
    open_ = {partition for partition in ends if starts[partition] < ends[partition]}
    if not open_:
        return
    consumer.assign(list(open_))
    for partition in open_:
        consumer.seek(partition, starts[partition])
    silent = 0
    while open_:
        polled = await consumer.getmany(*open_, timeout_ms=POLL_MS, max_records=max_records)
        silent = 0 if polled else silent + 1
        if silence is not None and silent * POLL_MS > silence * 1000:
            raise BrokerError(f"the broker has given no records for {silence:.0f} s; is it well?")
        for partition, records in polled.items():
            wanted = [record for record in records if record.offset < ends[partition]]
            if wanted:
                yield partition, wanted
        for partition in list(open_):
            if await consumer.position(partition) >= ends[partition]:
                consumer.pause(partition)
                open_.discard(partition)
