"""Publishers that write in transactions, as Kafka Connect can: marks at ends, records undone."""

from __future__ import annotations

import time
from typing import Any

import pytest
from confluent_kafka import Producer

from civicbus.domain.events import event_id
from tests.faults.feed import declare
from tests.faults.traffic import SOURCES, Sent, key
from tests.kafka.bus import Bus, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

STALL = 6.0
DEATHS = "civic.death.v1"


def publish(bus: Bus, people: range, *, committed: bool) -> None:
    """One transaction with the death of each of these people."""
    producer: Any = Producer(
        {"bootstrap.servers": bus.broker, "transactional.id": "a department",
         "partitioner": "murmur2_random"}
    )  # fmt: skip
    producer.init_transactions(30)
    producer.begin_transaction()
    for number in people:
        sent = Sent(SOURCES[0], "death", number, event_id(SOURCES[0], str(number)))
        producer.produce(DEATHS, key=key(number).encode(), value=sent.value())
    producer.flush(30)
    if committed:
        producer.commit_transaction(30)
    else:
        producer.abort_transaction(30)


def test_only_what_was_committed_is_a_fact_and_a_mark_at_the_end_is_nothing_to_wait_for(
    bus: Bus,
) -> None:
    bus.configured["CIVICBUS_CONNECTORS"] = str(declare(bus.folder / "connectors"))
    bus.configured["CIVICBUS_STALL_TIMEOUT"] = str(STALL)
    publish(bus, range(20), committed=True)
    publish(bus, range(100, 120), committed=False)
    worker = bus.start_ready_worker("one")
    deaths = [share["topics"][DEATHS] for share in worker.snapshot()["partitions"]]
    assert sum(topic["stored"] for topic in deaths) == 20
    assert any(topic["next_offset"] < topic["end_offset"] for topic in deaths)
    time.sleep(3 * STALL)
    assert worker.ready(), "the watchdog took a mark for a record"
    publish(bus, range(20, 40), committed=True)

    def stored() -> int:
        shares = worker.snapshot().get("partitions", ())
        return sum(share["topics"][DEATHS]["stored"] for share in shares)

    until(lambda: stored() == 40, "what comes after a mark is read")
    assert worker.stop() == 0
    environment = {"CIVICBUS_DATA": str(worker.data)}
    bus.configured |= environment
    bus.run("store", "verify")
