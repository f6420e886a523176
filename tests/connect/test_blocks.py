"""Blocks of events through the publisher, in batches of its own making, on the built-in broker."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.topics import create_topics
from civicbus.connect import publisher as publisher_module
from civicbus.connect import sender
from civicbus.connect.kafka import PublishError
from civicbus.connect.mapping import Filed
from civicbus.connect.packing import Packed, Packer
from civicbus.connect.publisher import Publisher
from civicbus.domain.events import Birth, Concerned, Death, Event, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role
from civicbus.settings import Settings, load_settings
from civicbus.wire.schemas import load_catalogue
from tests.connect.publishing import (
    NOON,
    Log,
    birth,
    check_counts,
    death,
    events_in,
    log_of,
    register,
)

BIRTHS, DEATHS = "civic.birth.v1", "civic.death.v1"
SMALL = 2_000  # bytes; a handful of records


def packed(publisher: Publisher, events: Sequence[Event]) -> list[Packed]:
    found = publisher.packer.pack([Filed(event.family, event) for event in events])
    return [outcome for outcome in found if isinstance(outcome, Packed)]


def contents(log: Log) -> dict[tuple[str, int], list[tuple[bytes, bytes]]]:
    return {
        (partition.topic, partition.partition): [(record.key, record.value) for record in records]
        for partition, records in log.items()
    }


async def test_a_block_is_what_its_events_one_by_one_would_be(settings: Settings) -> None:
    events: list[Event] = [make(number) for number in range(1, 120) for make in (birth, death)]
    async with Publisher(settings, register()) as publisher:
        for event in events:
            await publisher.publish(event)
        await publisher.watermark(NOON)
    one_by_one = contents(await log_of(settings, BIRTHS, DEATHS))
    with builtin_broker() as address:
        another = with_builtin(settings, address)
        await create_topics(another)
        async with Publisher(another, register()) as publisher:
            await publisher.publish_block(packed(publisher, events))
            await publisher.watermark(NOON)
        assert contents(await log_of(another, BIRTHS, DEATHS)) == one_by_one


async def test_full_batches_leave_at_once_and_the_rest_when_asked_to(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "BATCH_BYTES", SMALL)
    async with Publisher(settings, register()) as publisher:
        await publisher.publish_block(packed(publisher, [death(n) for n in range(1, 200)]))
        await publisher._sender.acknowledged()
        gone = len(events_in(await log_of(settings, DEATHS)))
        assert 0 < gone < 199
        await publisher.flush()
        assert len(events_in(await log_of(settings, DEATHS))) == 199


async def test_few_batches_in_flight_slow_a_load_and_lose_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "BATCH_BYTES", SMALL)
    monkeypatch.setattr(sender, "BATCHES_IN_FLIGHT", 1)
    async with Publisher(settings, register()) as publisher:
        for first in range(1, 400, 50):
            block = [birth(number) for number in range(first, first + 50)]
            await publisher.publish_block(packed(publisher, block))
        await publisher.watermark(NOON)
    log = await log_of(settings, BIRTHS, DEATHS)
    assert check_counts(log) == 2 * settings.partitions
    sequences = [event.header.source_sequence for _, event in events_in(log)]
    assert sorted(sequences) == sorted(2 * list(range(1, 401)))


async def test_blocks_single_events_and_heartbeats_keep_their_order_and_their_counts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "BATCH_BYTES", SMALL)
    monkeypatch.setattr(publisher_module, "RECORDS_BETWEEN_WATERMARKS", 70)
    async with Publisher(settings, register()) as publisher:
        beats = asyncio.create_task(publisher.heartbeat(0.01, lambda: datetime.now(UTC)))
        for first in range(1, 300, 20):
            block = [death(number) for number in range(first, first + 19)]
            await publisher.publish_block(packed(publisher, block))
            await publisher.publish(death(first + 19))
            await asyncio.sleep(0.002)
        await publisher.flush()
        beats.cancel()
        await asyncio.wait([beats])
    log = await log_of(settings, DEATHS)
    assert check_counts(log) >= 4 * settings.partitions
    for partition, records in log.items():
        sequences = [event.header.source_sequence for _, event in events_in({partition: records})]
        assert sequences == sorted(sequences)


async def test_a_heartbeat_that_is_cancelled_takes_no_open_batch_with_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "BATCHES_IN_FLIGHT", 1)
    async with Publisher(settings, register()) as publisher:
        for turns in range(40):
            block = [death(number) for number in range(turns * 9 + 1, turns * 9 + 10)]
            await publisher.publish_block(packed(publisher, block))
            beats = asyncio.create_task(publisher.heartbeat(0, lambda: datetime.now(UTC)))
            for _ in range(turns):
                await asyncio.sleep(0)
            beats.cancel()
            await asyncio.wait([beats])
        await publisher.watermark(NOON)
    log = await log_of(settings, DEATHS)
    sequences = [event.header.source_sequence for _, event in events_in(log)]
    assert sorted(sequences) == list(range(1, 361))
    assert check_counts(log) >= settings.partitions


async def test_after_a_block_that_was_cancelled_half_way_nothing_more_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "BATCH_BYTES", SMALL)
    monkeypatch.setattr(sender, "BATCHES_IN_FLIGHT", 1)
    publisher = await Publisher(settings, register()).__aenter__()
    block = packed(publisher, [birth(number) for number in range(1, 400)])
    sending = asyncio.create_task(publisher.publish_block(block))
    for _ in range(20):
        await asyncio.sleep(0)
    sending.cancel()
    await asyncio.wait([sending])
    assert sending.cancelled()
    with pytest.raises(PublishError, match="publish the same events once more"):
        await publisher.watermark(NOON)
    with pytest.raises(PublishError):
        await publisher.__aexit__(None, None, None)
    assert check_counts(await log_of(settings, BIRTHS)) == 0
    async with Publisher(settings, register()) as publisher:
        await publisher.publish_block(packed(publisher, [birth(n) for n in range(1, 400)]))
        await publisher.watermark(NOON)
    assert check_counts(await log_of(settings, BIRTHS)) == settings.partitions


async def test_a_block_that_nobody_acknowledges_is_told_and_nothing_follows_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "ACKNOWLEDGED_WITHIN", 0.3)
    monkeypatch.setattr(sender, "STOPPED_WITHIN", 0.3)
    monkeypatch.setattr(sender, "BATCH_BYTES", SMALL)
    monkeypatch.setattr(sender, "BATCHES_IN_FLIGHT", 2)
    with builtin_broker() as address:
        settings = with_builtin(settings, address)
        await create_topics(settings)
        publisher = await Publisher(settings, register()).__aenter__()
        block = packed(publisher, [death(number) for number in range(1, 500)])
    # The broker is gone.
    for attempt in (publisher.publish_block(block), publisher.flush(), publisher.watermark(NOON)):
        with pytest.raises(PublishError, match="publish the same events once more"):
            await attempt
    with pytest.raises(PublishError):
        await publisher.__aexit__(None, None, None)


def test_what_the_guard_would_refuse_is_told_in_its_place() -> None:
    nobody = Header(event_id("a", "b"), "test-register", (Concerned(Role.DECEASED),), NOON)
    crowd = tuple(
        Concerned(Role.CHILD, (Identifier("us-dc", str(number)),), name="名" * 999)
        for number in range(64)
    )
    events: list[Event] = [
        death(1),
        death(2, at=datetime.now(UTC) + timedelta(days=1)),
        Death(nobody),
        Birth(replace(nobody, concerned=crowd)),
        death(3),
    ]
    packer = Packer(load_settings(), register(), load_catalogue())
    outcomes = packer.pack([Filed(event.family, event) for event in events])
    told = [
        outcome.sequence if isinstance(outcome, Packed) else (outcome.reason, outcome.field)
        for outcome in outcomes
    ]
    assert told == [
        1,
        ("rule", "header.registered_at"),
        ("rule", "header.concerned"),
        ("size", "event"),
        3,
    ]
    assert packer.pack([]) == []
