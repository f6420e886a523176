"""Creating the bus's topics, before anything reads or writes them.

A worker that declares its own topics on a fresh cluster reads nothing until its second start, and
a topic that a broker makes of itself has the wrong number of partitions and is deleted after a
week. So a command makes all of them, and says so where one exists that is not as it must be.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from civicbus.broker.connection import BrokerError, admin_client
from civicbus.settings import Settings
from civicbus.wire.topics import ALL_TOPICS, COMPACTED_TOPICS

# Without these the topics are not the truth: events would vanish, or carry the publisher's clock.
REQUIRED_CONFIG = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "message.timestamp.type": "LogAppendTime",
}
# The broker compresses every batch anew. So whatever a publisher sent, a batch unpacks to at most
# 255 times (lz4's best) the size allowed here; one that needs more is refused by the broker.
MAX_BATCH_BYTES = 262_144
LZ4_RATIO_MAX = 255
CHOSEN_CONFIG = {"compression.type": "lz4", "max.message.bytes": str(MAX_BATCH_BYTES)}

ALREADY_EXISTS = 36
REQUEST_TIMEOUT_MS = 30_000
SETTLES_WITHIN = 30.0  # seconds


def required_config(topic: str) -> dict[str, str]:
    """What the configuration of a topic must say."""
    return REQUIRED_CONFIG | ({"cleanup.policy": "compact"} if topic in COMPACTED_TOPICS else {})


def topic_config(topic: str, replication: int) -> dict[str, str]:
    """The configuration with which a topic is created: what it must say, and what was chosen."""
    # With three copies two must have a record before it is acknowledged: one broker may be lost.
    in_sync = {"min.insync.replicas": "2" if replication >= 3 else "1"}
    return required_config(topic) | CHOSEN_CONFIG | in_sync


async def create_topics(settings: Settings) -> tuple[str, ...]:
    """Create every topic that does not exist; returns the names of those it made.

    All have `settings.partitions` partitions: the quarantine too, so that a worker can put a bad
    record away beside the partition that it came from.

    Raises:
        BrokerError: if no broker answers, if it refuses, or if a topic exists with another number
            of partitions or a configuration that loses events; naming topic, found, expected.
        ConfigurationError: if the file of certificate authorities cannot be used.
    """
    async with admin_client(settings) as client:
        present = await _partitions(client)
        missing = tuple(topic for topic in ALL_TOPICS if topic not in present)
        if missing and not await _has_controller(client):
            await client.describe_topics(list(missing))  # the built-in broker's way of creating
        elif missing:
            await _create(client, missing, settings)
        _check_partitions(await _settled(client, len(ALL_TOPICS)), settings)
        if await _has_controller(client):
            await _check_config(client)
        return missing


async def list_topics(settings: Settings) -> dict[str, int]:
    """How many partitions each of the bus's topics has; one that does not exist is left out.

    Raises:
        BrokerError: if no broker answers.
        ConfigurationError: if the file of certificate authorities cannot be used.
    """
    async with admin_client(settings) as client:
        return await _partitions(client)


async def partition_numbers(settings: Settings, topics: Sequence[str]) -> dict[str, list[int]]:
    """The partitions of each of some topics, ours or not; one that does not exist is left out.

    Raises:
        BrokerError: if no broker answers.
        ConfigurationError: if the file of certificate authorities cannot be used.
    """
    async with admin_client(settings) as client:
        known = set(await client.list_topics())
        present = [topic for topic in topics if topic in known]
        described = await client.describe_topics(present) if present else []
    return {
        topic["topic"]: sorted(found["partition"] for found in topic["partitions"])
        for topic in described
    }


async def delete_topics(settings: Settings) -> None:
    """Delete every topic of the bus with all events in it; for tests and benchmarks.

    Raises:
        BrokerError: if no broker answers, or it does not delete them.
    """
    async with admin_client(settings) as client:
        present = await _partitions(client)
        if present:
            await client.delete_topics(list(present), timeout_ms=REQUEST_TIMEOUT_MS)
        if remaining := await _settled(client, 0):
            raise BrokerError(f"the broker has not deleted {', '.join(remaining)}")


async def _settled(client: AIOKafkaAdminClient, count: int) -> dict[str, int]:
    """The topics once there are so many: the brokers learn late what their controller did."""
    deadline = time.monotonic() + SETTLES_WITHIN
    while True:
        present = await _partitions(client)
        is_known = len(present) == count and all(present.values())
        if is_known or time.monotonic() > deadline:
            return present
        await asyncio.sleep(0.05)


async def _partitions(client: AIOKafkaAdminClient) -> dict[str, int]:
    # Asking for a topic by name would make it on a broker that creates topics of itself.
    known = set(await client.list_topics())
    present = [topic for topic in ALL_TOPICS if topic in known]
    described = await client.describe_topics(present) if present else []
    return {topic["topic"]: len(topic["partitions"]) for topic in described}


async def _has_controller(client: AIOKafkaAdminClient) -> bool:
    cluster = await client.describe_cluster()
    return cluster["controller_id"] in {broker["node_id"] for broker in cluster["brokers"]}


async def _create(client: AIOKafkaAdminClient, names: tuple[str, ...], settings: Settings) -> None:
    copies = settings.replication
    response = await client.create_topics(
        [NewTopic(name, settings.partitions, copies, topic_configs=topic_config(name, copies))
         for name in names],
        timeout_ms=REQUEST_TIMEOUT_MS,
    )  # fmt: skip
    for topic, code, *text in response.topic_errors:
        if code not in (0, ALREADY_EXISTS):
            reason = text[0] if text and text[0] else for_code(code).__name__
            raise BrokerError(f"topic {topic}: the broker will not create it: {reason}")


def _check_partitions(found: dict[str, int], settings: Settings) -> None:
    problems = [
        f"topic {topic}: found {found.get(topic, 0)} partitions, expected {settings.partitions}"
        for topic in ALL_TOPICS
        if found.get(topic, 0) != settings.partitions
    ]
    if problems:
        raise BrokerError(
            "; ".join(problems) + "; the number is fixed for life: set CIVICBUS_PARTITIONS to what "
            "was found, or delete the topics if they are empty"
        )


async def _check_config(client: AIOKafkaAdminClient) -> None:
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, topic, configs=dict.fromkeys(REQUIRED_CONFIG))
        for topic in ALL_TOPICS
    ]
    problems = []
    for response in await client.describe_configs(resources):
        for _, _, _, topic, entries in response.resources:
            found = {entry[0]: entry[1] for entry in entries}
            problems += _differences(topic, found)
    if problems:
        raise BrokerError(
            "; ".join(problems) + "; alter them with kafka-configs before events are lost"
        )


def _differences(topic: str, found: dict[str, Any]) -> list[str]:
    return [
        f"topic {topic}: found {name}={found[name]}, expected {expected}"
        for name, expected in required_config(topic).items()
        if found.get(name) != expected
    ]
