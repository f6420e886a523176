"""Events that are sent to a connector while its Kafka is killed and comes back.

Promise: whoever repeats what was answered with 503 is answered in the end; then every event is on
the bus, with one content, and the source's own count of its records is right.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path

import pytest

from civicbus.broker.apache import ApacheKafka, free_port
from civicbus.broker.topics import create_topics
from civicbus.connect import sender
from civicbus.settings import load_settings
from tests.connect.inputs.sending import LICENCES, granted, watermark
from tests.connect.inputs.test_push_wiring import At, at_work
from tests.connect.publishing import check_counts, events_in, log_of

TOPIC = "civic.licence.v1"
SENDERS, EVENTS = 4, 40
SOON = 60.0  # seconds


async def send(at: At, numbers: range, answered: list[int]) -> None:
    """Send events one after the other, each until it is answered, as its README says."""
    for number in numbers:
        while (response := await at.post(granted(number))).status_code == 503:
            answered.append(503)
            await asyncio.sleep(0.2)
        assert response.status_code == 200, response.text
        answered.append(200)
        await asyncio.sleep(0.02)


async def seen(answered: list[int], status: int) -> None:
    """Return when there were as many answers of this kind as there are senders."""
    async with asyncio.timeout(SOON):
        while answered.count(status) < SENDERS:  # noqa: ASYNC110 - a list tells nobody
            await asyncio.sleep(0.05)


@pytest.mark.java
@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_every_event_is_answered_in_the_end_and_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "ACKNOWLEDGED_WITHIN", 2.0)
    monkeypatch.setattr(sender, "STOPPED_WITHIN", 1.0)
    node = ApacheKafka(tmp_path / "kafka", free_port())
    broker = await asyncio.to_thread(node.start)
    try:
        settings = load_settings(
            environment="test", broker=broker, data=tmp_path, connector_port=0, partitions=4
        )
        await create_topics(settings)
        answered: list[int] = []
        async with at_work(settings) as at:
            sending = [
                asyncio.create_task(send(at, range(start, start + EVENTS), answered))
                for start in range(1, SENDERS * EVENTS, EVENTS)
            ]
            await seen(answered, 200)
            await asyncio.to_thread(node.kill)
            answered.clear()  # what was answered before the connector had reached the bus
            await seen(answered, 503)
            await asyncio.to_thread(node.start)
            async with asyncio.timeout(SOON):
                await asyncio.gather(*sending)
            word = await at.post_until_taken(watermark("2024-02-02T00:00:00Z"))
            assert word.status_code == 200
        log = await log_of(settings, TOPIC)
    finally:
        await asyncio.to_thread(node.stop)
    contents = defaultdict(set)
    for key, event in events_in(log):
        contents[event.header.event_id].add((key, event))
    assert len(contents) == SENDERS * EVENTS
    assert all(len(found) == 1 for found in contents.values())
    assert check_counts(log, LICENCES.system.source) >= settings.partitions
