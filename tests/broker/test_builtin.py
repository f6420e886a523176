"""librdkafka's built-in broker, as the demonstration uses it."""

from __future__ import annotations

from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from civicbus.broker import builtin
from civicbus.broker.connection import client_options
from civicbus.broker.topics import create_topics
from civicbus.settings import load_settings


async def test_a_record_can_be_written_and_read_back(builtin_broker: str) -> None:
    settings = builtin.with_builtin(load_settings(), builtin_broker)
    await create_topics(settings)
    partition = TopicPartition("civic.birth.v1", builtin.PARTITIONS - 1)
    async with AIOKafkaProducer(**client_options(settings), enable_idempotence=True) as producer:
        await producer.send_and_wait(partition.topic, b"value", b"key", partition.partition)
    async with AIOKafkaConsumer(**client_options(settings)) as consumer:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        record = await consumer.getone()
    assert (record.key, record.value, record.offset) == (b"key", b"value", 0)


def test_two_brokers_know_nothing_of_each_other(builtin_broker: str) -> None:
    with builtin.builtin_broker() as other:
        assert other != builtin_broker


def test_settings_for_it_have_its_own_number_of_partitions_and_no_tls() -> None:
    configured = load_settings(broker_tls=True, broker_tls_ca=Path("ca.pem"), replication=3)
    settings = builtin.with_builtin(configured, "127.0.0.1:1")
    assert (settings.broker, settings.partitions, settings.replication) == ("127.0.0.1:1", 4, 1)
    assert client_options(settings)["security_protocol"] == "PLAINTEXT"
