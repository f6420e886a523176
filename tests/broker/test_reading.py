"""What stands between two offsets is read once, in order, and no further."""

from __future__ import annotations

from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from civicbus.broker.connection import BrokerError
from civicbus.broker.reading import read_between

PLACES = [TopicPartition("read", number) for number in range(3)]


@pytest.fixture
async def broker(builtin_broker: str) -> str:
    async with AIOKafkaProducer(bootstrap_servers=builtin_broker) as producer:
        for number in range(10):
            for place in PLACES[:2]:
                value = str(number).encode()
                await producer.send_and_wait(place.topic, value, partition=place.partition)
    return builtin_broker


async def read(broker: str, starts: list[int], ends: list[int], **how: Any) -> list[list[int]]:
    """The offsets that are read of each partition."""
    found: list[list[int]] = [[] for _ in PLACES]
    async with AIOKafkaConsumer(bootstrap_servers=broker, enable_auto_commit=False) as consumer:
        await consumer.topics()  # aiokafka cannot stop a consumer that has never done anything
        bounds = dict(zip(PLACES, starts, strict=True)), dict(zip(PLACES, ends, strict=True))
        async for place, records in read_between(consumer, *bounds, **how):
            found[place.partition] += [record.offset for record in records]
    return found


async def test_each_partition_is_read_from_its_start_to_before_its_end(broker: str) -> None:
    assert await read(broker, [2, 0, 0], [7, 10, 0]) == [[2, 3, 4, 5, 6], list(range(10)), []]


async def test_as_many_at_once_as_are_wanted(broker: str) -> None:
    assert await read(broker, [0, 5, 0], [3, 9, 0], max_records=1) == [[0, 1, 2], [5, 6, 7, 8], []]


async def test_where_nothing_stands_between_nothing_is_read(broker: str) -> None:
    assert await read(broker, [4, 0, 0], [4, 0, 0]) == [[], [], []]


async def test_a_broker_that_gives_nothing_is_given_up(broker: str) -> None:
    with pytest.raises(BrokerError, match="is it well"):
        await read(broker, [0, 0, 0], [0, 0, 5], silence=0.5)
