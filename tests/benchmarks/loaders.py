"""The contenders of the load benchmark, each run in a process of its own.

`python -m tests.benchmarks.loaders NAME BROKER PERSONS SHARE SHARES` makes its share of the
population, connects, waits for a line, publishes, and prints one JSON object: events, records, and
seconds from the first event's encoding to the last acknowledgement. All are idempotent, compress
with lz4 and wait for all copies; all put an event once under the key of each person concerned.
"""

from __future__ import annotations

import asyncio
import gc
import io
import json
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import aiokafka
import confluent_kafka
import fastavro

from civicbus.connect.publisher import Publisher
from civicbus.connect.sender import BATCH_BYTES, LINGER_MS
from civicbus.domain.families import FAMILIES
from civicbus.settings import load_settings
from civicbus.wire.codec import FRAME, MAGIC
from civicbus.wire.schemas import load_catalogue
from tests.benchmarks.population import Made, population
from tests.benchmarks.publishing import SYSTEM, keys_of, packed

FLUSHED_WITHIN = 120  # seconds
BLOCK = 10_000  # events that are encoded together
TURN = 1_000  # events, after which acknowledgements are looked at


class PlainEncoder:
    """Framed Avro as a plain producer writes it: fastavro, one event at a time, unchecked."""

    def __init__(self) -> None:
        catalogue = load_catalogue()
        self._schemas = {
            schema.record: (FRAME.pack(MAGIC, schema.id), schema.parsed)
            for schema in map(catalogue.latest, {s.record for s in catalogue.versions.values()})
        }

    def encode(self, made: Made) -> bytes:
        frame, schema = self._schemas[made.record]
        body = io.BytesIO()
        body.write(frame)
        fastavro.schemaless_writer(body, schema, made.plain)
        return body.getvalue()


class Clock:
    """Times from the starting shot on."""

    def start(self) -> None:
        """Say that all is ready, and wait for the shot."""
        gc.freeze()  # the events are not what is measured
        print("ready", flush=True)
        sys.stdin.readline()
        self._started, self._worked = time.perf_counter(), time.process_time()

    def taken(self) -> dict[str, float]:
        return {
            "seconds": time.perf_counter() - self._started,
            "processor": time.process_time() - self._worked,
        }


async def with_aiokafka(broker: str, events: list[Made], clock: Clock) -> None:
    """`send()` for each record."""
    encoder = PlainEncoder()
    producer = aiokafka.AIOKafkaProducer(
        bootstrap_servers=broker,
        enable_idempotence=True,
        acks="all",
        compression_type="lz4",
        linger_ms=LINGER_MS,
        max_batch_size=BATCH_BYTES,
    )
    async with producer:
        clock.start()
        waiting: list[Any] = []
        for number, made in enumerate(events):
            value, topic = encoder.encode(made), FAMILIES[made.family].topic
            waiting += [await producer.send(topic, value, key) for key in keys_of(made)]
            if number % TURN == 0:
                await asyncio.sleep(0)
        await asyncio.gather(*waiting)


async def with_librdkafka(broker: str, events: list[Made], clock: Clock) -> None:
    """`produce()` for each record; librdkafka batches and sends on threads of its own."""
    encoder = PlainEncoder()
    failed: list[Any] = []
    producer = confluent_kafka.Producer(
        {
            "bootstrap.servers": broker,
            "partitioner": "murmur2_random",
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": LINGER_MS,
            "batch.size": BATCH_BYTES,
            "queue.buffering.max.messages": 500_000,
            "on_delivery": lambda error, _: failed.append(error) if error else None,
        }
    )
    producer.list_topics(timeout=10)
    clock.start()
    for number, made in enumerate(events):
        value, topic = encoder.encode(made), FAMILIES[made.family].topic
        for key in keys_of(made):
            producer.produce(topic, value, key)
        if number % TURN == 0:
            producer.poll(0)
    assert producer.flush(FLUSHED_WITHIN) == 0
    assert not failed


async def with_ours(broker: str, events: list[Made], clock: Clock) -> None:
    """Blocks of 10,000 events, natively encoded, in whole batches, counted for the watermarks."""
    settings = load_settings(broker=broker)
    async with Publisher(settings, SYSTEM) as publisher:
        clock.start()
        for at in range(0, len(events), BLOCK):
            chunk = events[at : at + BLOCK]
            await publisher.publish_block(list(packed(publisher.packer.codec, chunk)))
            await asyncio.sleep(0)


CONTENDERS: dict[str, Callable[[str, list[Made], Clock], Coroutine[Any, Any, None]]] = {
    "aiokafka": with_aiokafka,
    "librdkafka": with_librdkafka,
    "ours": with_ours,
}


def main() -> None:
    name, broker, *numbers = sys.argv[1:]
    persons, share, shares = map(int, numbers)
    blocks = list(population(persons))[share::shares]
    events = [made for made_block in blocks for made in made_block]
    clock = Clock()
    asyncio.run(CONTENDERS[name](broker, events, clock))
    records = sum(len(keys_of(made)) for made in events)
    found = {"events": len(events), "records": records, **clock.taken()}
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
