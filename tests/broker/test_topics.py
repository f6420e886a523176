"""The bus's topics: made once, checked every time, on the built-in broker and on a real Kafka."""

from __future__ import annotations

import os

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError

from civicbus.broker import builtin
from civicbus.broker.connection import BrokerError, admin_client, client_options
from civicbus.broker.topics import (
    LZ4_RATIO_MAX,
    MAX_BATCH_BYTES,
    REQUIRED_CONFIG,
    create_topics,
    delete_topics,
    list_topics,
)
from civicbus.settings import Settings, load_settings
from civicbus.wire.topics import ALL_TOPICS, COMPACTED_TOPICS

MEBIBYTE = 1024 * 1024
TOPIC = "civic.birth.v1"


@pytest.fixture
def on_builtin(builtin_broker: str) -> Settings:
    return builtin.with_builtin(load_settings(), builtin_broker)


async def send_batch(settings: Settings, codec: str | None, values: list[bytes]) -> None:
    """Put all values into one batch, whatever its size, as a publisher of ill will does."""
    producer = AIOKafkaProducer(
        **client_options(settings),
        compression_type=codec,
        max_batch_size=1024 * MEBIBYTE,
        max_request_size=1024 * MEBIBYTE,
    )
    async with producer:
        batch = producer.create_batch()
        for value in values:
            assert batch.append(timestamp=None, key=b"key", value=value) is not None
        await (await producer.send_batch(batch, TOPIC, partition=0))


async def size_of_log(settings: Settings) -> int:
    """How many records stand in the partition that the tests write to."""
    partition = TopicPartition(TOPIC, 0)
    async with AIOKafkaConsumer(**client_options(settings)) as consumer:
        ends = await consumer.end_offsets([partition])
    size: int = ends[partition]
    return size


async def test_the_builtin_broker_gets_all_topics_once(on_builtin: Settings) -> None:
    assert await list_topics(on_builtin) == {}
    assert await create_topics(on_builtin) == ALL_TOPICS
    assert await create_topics(on_builtin) == ()
    assert await list_topics(on_builtin) == dict.fromkeys(ALL_TOPICS, builtin.PARTITIONS)


async def test_another_number_of_partitions_is_told_with_topic_found_and_expected(
    on_builtin: Settings,
) -> None:
    await create_topics(on_builtin)
    with pytest.raises(BrokerError) as caught:
        await create_topics(on_builtin.model_copy(update={"partitions": 8}))
    told = str(caught.value)
    for topic in ALL_TOPICS:
        assert f"topic {topic}: found 4 partitions, expected 8" in told
    assert "set CIVICBUS_PARTITIONS to what was found" in told


@pytest.mark.kafka
async def test_missing_topics_are_added_and_those_that_exist_are_left_alone(
    kafka_settings: Settings,
) -> None:
    await delete_topics(kafka_settings)
    async with admin_client(kafka_settings) as client:
        await client.create_topics([NewTopic(TOPIC, 8, 1, topic_configs=REQUIRED_CONFIG)])
    await send_batch(kafka_settings, None, [b"kept"])
    assert set(await create_topics(kafka_settings)) == set(ALL_TOPICS) - {TOPIC}
    assert await list_topics(kafka_settings) == dict.fromkeys(ALL_TOPICS, 8)
    assert await size_of_log(kafka_settings) == 1


@pytest.mark.kafka
async def test_nothing_is_ever_deleted_and_the_brokers_clock_stamps_records(
    kafka_settings: Settings,
) -> None:
    async with admin_client(kafka_settings) as client:
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in ALL_TOPICS]
        (response,) = await client.describe_configs(resources)
    assert len(response.resources) == len(ALL_TOPICS)
    for _, _, _, topic, entries in response.resources:
        found = {entry[0]: entry[1] for entry in entries}
        is_compacted = topic in COMPACTED_TOPICS  # of these the last word counts
        assert found["cleanup.policy"] == ("compact" if is_compacted else "delete")
        assert (found["retention.ms"], found["retention.bytes"]) == ("-1", "-1")
        assert found["message.timestamp.type"] == "LogAppendTime"
        assert found["min.insync.replicas"] == "1"


@pytest.mark.kafka
async def test_a_topic_that_would_lose_events_is_refused(kafka_settings: Settings) -> None:
    await delete_topics(kafka_settings)
    async with admin_client(kafka_settings) as client:
        week = {"retention.ms": "604800000"}
        await client.create_topics([NewTopic("civic.union.v1", 8, 1, topic_configs=week)])
    with pytest.raises(BrokerError) as caught:
        await create_topics(kafka_settings)
    told = str(caught.value)
    assert "topic civic.union.v1: found retention.ms=604800000, expected -1" in told
    assert "found message.timestamp.type=CreateTime, expected LogAppendTime" in told
    assert "civic.birth.v1" not in told


@pytest.mark.kafka
async def test_more_copies_than_brokers_are_refused_with_the_brokers_reason(
    kafka_settings: Settings,
) -> None:
    await delete_topics(kafka_settings)
    with pytest.raises(BrokerError, match=r"topic civic\.\w+\.v1: .* replication factor"):
        await create_topics(kafka_settings.model_copy(update={"replication": 3}))


@pytest.mark.kafka
@pytest.mark.parametrize("codec", ["gzip", "zstd", "lz4", "snappy"])
async def test_a_batch_that_unpacks_to_a_thousand_times_its_size_is_refused(
    kafka_settings: Settings, codec: str
) -> None:
    with pytest.raises(MessageSizeTooLargeError):
        await send_batch(kafka_settings, codec, [bytes(MEBIBYTE)] * 128)
    assert await size_of_log(kafka_settings) == 0
    await send_batch(kafka_settings, codec, [b"an honest batch"])
    assert await size_of_log(kafka_settings) == 1


@pytest.mark.kafka
async def test_what_gets_through_stays_within_the_bound(kafka_settings: Settings) -> None:
    bound = MAX_BATCH_BYTES * LZ4_RATIO_MAX
    records = [bytes(MEBIBYTE)] * (bound // MEBIBYTE - 4)
    await send_batch(kafka_settings, "zstd", records)
    with pytest.raises(MessageSizeTooLargeError):
        await send_batch(kafka_settings, "zstd", records + [bytes(MEBIBYTE)] * 8)
    assert await size_of_log(kafka_settings) == len(records)


@pytest.mark.kafka
async def test_a_record_larger_than_a_batch_may_be_is_refused(kafka_settings: Settings) -> None:
    with pytest.raises(MessageSizeTooLargeError):
        await send_batch(kafka_settings, None, [os.urandom(MEBIBYTE + 1)])
    assert await size_of_log(kafka_settings) == 0
