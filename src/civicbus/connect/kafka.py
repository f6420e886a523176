"""What the broker's errors and its topics mean for whoever runs a connector."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from civicbus.settings import Settings

TOPIC_KNOWN_WITHIN = 10.0  # seconds


class PublishError(RuntimeError):
    """Events could not be published; the text says which topic or broker, why, and the remedy."""


@contextmanager
def broker_errors(settings: Settings) -> Iterator[None]:
    """Turn the Kafka client's errors into a `PublishError` that says what to do."""
    try:
        yield
    except (KafkaError, TimeoutError) as error:
        raise PublishError(
            f"the broker at {settings.broker} has not taken all records "
            f"({type(error).__name__}); when it is well again publish the same events once more: "
            "none will count twice"
        ) from error


async def find_partitions(
    producer: AIOKafkaProducer, topics: Iterable[str]
) -> list[TopicPartition]:
    """Every partition of some topics.

    Raises:
        PublishError: if a topic does not exist, or their numbers of partitions differ.
    """
    found = {}
    for topic in topics:
        try:
            async with asyncio.timeout(TOPIC_KNOWN_WITHIN):
                known = await producer.partitions_for(topic)
        except TimeoutError:
            raise PublishError(
                f"the broker has no topic {topic}; run: civicbus topics create"
            ) from None
        found[topic] = sorted(known)
    if len({len(known) for known in found.values()}) > 1:
        told = ", ".join(f"{topic} {len(known)}" for topic, known in found.items())
        raise PublishError(f"person topics need one number of partitions; found: {told}")
    return [TopicPartition(topic, number) for topic in found for number in found[topic]]
