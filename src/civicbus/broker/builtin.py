"""librdkafka's built-in broker: Kafka's protocol from a pip package, in this process's memory.

For the demonstration and for quick tests. It forgets everything when the process ends, cannot be
asked to create topics (it makes one when asked for its metadata), and gives each four partitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import Producer

from civicbus.settings import Settings

PARTITIONS = 4
ANSWERS_WITHIN = 10.0  # seconds
LOG_ERRORS = 3  # syslog's number; otherwise it greets on standard error


@contextmanager
def builtin_broker() -> Iterator[str]:
    """Run a broker while the block runs; gives its address."""
    holder = Producer({"test.mock.num.brokers": 1, "log_level": LOG_ERRORS})
    (broker,) = holder.list_topics(timeout=ANSWERS_WITHIN).brokers.values()
    try:
        yield f"{broker.host}:{broker.port}"
    finally:
        del holder


def with_builtin(settings: Settings, address: str) -> Settings:
    """The settings for a built-in broker at an address: its own number of partitions, no TLS."""
    return settings.model_copy(
        update={
            "broker": address,
            "broker_tls": False,
            "broker_tls_ca": None,
            "broker_user": None,
            "broker_password": None,
            "partitions": PARTITIONS,
            "replication": 1,
        }
    )
