"""The publisher against the built-in broker; `tests/kafka/test_publisher.py` has the real one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaProducer

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.connection import BrokerError, client_options
from civicbus.broker.topics import create_topics
from civicbus.connect import publisher as publisher_module
from civicbus.connect import recount, sender
from civicbus.connect.kafka import PublishError
from civicbus.connect.publisher import Publisher
from civicbus.domain.events import (
    EARLIEST_TIME,
    Annulment,
    Basis,
    Birth,
    Concerned,
    Death,
    Dismissal,
    Header,
    InvalidEventError,
    SourceWatermark,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import AnnulmentReason, BasisKind, Role
from civicbus.settings import Settings, load_settings
from civicbus.wire.releases import Release, ReleaseSeal
from civicbus.wire.topics import partition_of, watermark_key
from tests.connect.publishing import (
    CODEC,
    NOON,
    birth,
    check_counts,
    death,
    events_in,
    log_of,
    register,
)

BIRTHS, DEATHS = "civic.birth.v1", "civic.death.v1"


async def test_an_event_stands_once_under_the_key_of_each_person_with_a_number(
    settings: Settings,
) -> None:
    async with Publisher(settings, register()) as publisher:
        assert await publisher.publish(birth(1)) == 2
    log = await log_of(settings, BIRTHS)
    child, mother = (
        person_key(concerned.identifiers[0], settings.secret_bytes())
        for concerned in birth(1).header.concerned[:2]
    )
    found = dict(events_in(log))
    assert found.keys() == {child, mother}
    assert found[child] == found[mother]
    header = found[child].header
    assert [concerned.person_key for concerned in header.concerned] == [child, mother, None]
    assert header.environment == "test"


async def test_a_record_stands_where_kafkas_own_partitioner_would_put_it(
    settings: Settings,
) -> None:
    async with Publisher(settings, register()) as publisher:
        for number in range(1, 40):
            await publisher.publish(death(number))
    log = await log_of(settings, DEATHS)
    assert sum(len(records) for records in log.values()) == 39
    for partition, records in log.items():
        assert records, "every partition has some of so many persons"
        for record in records:
            assert partition_of(record.key, settings.partitions) == partition.partition


async def test_a_watermark_stands_in_every_partition_and_counts_what_is_before_it(
    settings: Settings,
) -> None:
    async with Publisher(settings, register()) as publisher:
        await publisher.watermark(NOON)
        for number in range(1, 60):
            await publisher.publish(birth(number))
        await publisher.watermark(NOON + timedelta(seconds=10))
    log = await log_of(settings, BIRTHS, DEATHS)
    assert check_counts(log) == 2 * 2 * settings.partitions
    for records in log.values():
        last = CODEC.decode(records[-1].value)
        assert isinstance(last, SourceWatermark)
        assert (last.sequence, last.environment) == (59, "test")
        assert last.complete_through == NOON + timedelta(seconds=10)


async def test_a_second_start_goes_on_counting_where_the_log_ends(settings: Settings) -> None:
    for first in (1, 21, 41):
        async with Publisher(settings, register()) as publisher:
            for number in range(first, first + 20):
                await publisher.publish(birth(number))
            await publisher.watermark(NOON + timedelta(seconds=first))
            for number in range(first, first + 7):  # and then it stops without its word
                await publisher.publish(death(number))
    async with Publisher(settings, register()) as publisher:
        assert publisher.sequence == 60
        assert publisher.complete_through == NOON + timedelta(seconds=41)
        await publisher.watermark(NOON + timedelta(minutes=1))
    assert check_counts(await log_of(settings, BIRTHS, DEATHS)) == 4 * 2 * settings.partitions


async def test_the_count_is_found_however_far_back_the_last_watermark_lies(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount, "FIRST_STEP", 3)
    monkeypatch.setattr(recount, "GROWTH", 2)
    other = register("other-register", "death")
    async with Publisher(settings, register()) as publisher, Publisher(settings, other) as noise:
        await publisher.publish(death(1))
        await publisher.watermark(NOON)
        for number in range(2, 90):
            await publisher.publish(death(number))
            await noise.publish(death(number, "other-register"))
        await noise.watermark(NOON)
    async with Publisher(settings, register()) as publisher:
        await publisher.watermark(NOON + timedelta(seconds=10))
    log = await log_of(settings, DEATHS)
    assert check_counts(log) == 2 * settings.partitions
    assert check_counts(log, "other-register") == settings.partitions


async def test_what_others_put_under_the_sources_name_does_not_upset_the_count(
    settings: Settings,
) -> None:
    key = watermark_key("test-register")
    forged = [
        b"",
        b"\0\0\0\0\1",
        CODEC.encode(death(1)),
        CODEC.encode(SourceWatermark("another", NOON, 1, 1000, "test")),
        CODEC.encode(SourceWatermark("test-register", NOON, 1, 1000, "production")),
    ]
    async with Publisher(settings, register()) as publisher:
        for number in range(1, 9):
            await publisher.publish(death(number))
        counts = {partition: count.records for partition, count in publisher._counts.items()}
    async with AIOKafkaProducer(**client_options(settings)) as intruder:
        for value in forged:
            await intruder.send_and_wait(DEATHS, value, key, partition=0)
    async with Publisher(settings, register()) as publisher:
        found = {partition: count.records for partition, count in publisher._counts.items()}
        assert found == counts
        assert publisher.complete_through == EARLIEST_TIME


async def test_what_operators_replayed_or_dismissed_does_not_upset_the_count(
    settings: Settings,
) -> None:
    """The first record counts, wherever a worker refused it; so its replay must not."""
    seal = ReleaseSeal(settings.operator_secret_bytes())
    async with Publisher(settings, register()) as publisher:
        for number in range(1, 9):
            await publisher.publish(death(number))
        counts = {partition: count.records for partition, count in publisher._counts.items()}
    log = await log_of(settings, DEATHS)
    async with AIOKafkaProducer(**client_options(settings)) as operator:
        for partition, records in log.items():
            for record in records:
                for value in (record.value, CODEC.encode(Dismissal(record.offset, "test"))):
                    release = Release(record.offset, 2)
                    headers = seal.headers(DEATHS, partition.partition, record.key, value, release)
                    await operator.send_and_wait(
                        DEATHS, value, record.key, partition.partition, headers=headers
                    )
    async with Publisher(settings, register()) as publisher:
        assert {partition: c.records for partition, c in publisher._counts.items()} == counts


async def test_a_source_whose_word_counts_a_dismissed_record_agrees_once_all_is_counted_anew(
    settings: Settings,
) -> None:
    """Such a record is in the last watermark's count and will never be in a store's."""
    async with Publisher(settings, register()) as publisher:
        for number in range(1, 9):
            await publisher.publish(death(number))
        await publisher.watermark(NOON)
        held = {partition: count.records for partition, count in publisher._counts.items()}
    async with AIOKafkaProducer(**client_options(settings)) as dismissed:
        for partition, records in held.items():
            said = SourceWatermark("test-register", NOON, 8, records + 1, "test")
            key, value = watermark_key("test-register"), CODEC.encode(said)
            await dismissed.send_and_wait(partition.topic, value, key, partition.partition)
    async with Publisher(settings, register()) as publisher:
        assert {place: c.records - held[place] for place, c in publisher._counts.items()} == (
            dict.fromkeys(held, 1)
        )
    async with Publisher(settings, register(), recount_all=True) as publisher:
        assert {partition: c.records for partition, c in publisher._counts.items()} == held
        assert (publisher.complete_through, publisher.sequence) == (NOON, 8)


async def test_during_a_long_load_watermarks_count_without_claiming_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher_module, "RECORDS_BETWEEN_WATERMARKS", 50)
    async with Publisher(settings, register()) as publisher:
        await publisher.watermark(NOON)
        for number in range(1, 201):
            await publisher.publish(death(number))
    log = await log_of(settings, DEATHS)
    assert check_counts(log) == (1 + 4) * settings.partitions
    for records in log.values():
        marks = [CODEC.decode(record.value) for record in records]
        through = {mark.complete_through for mark in marks if isinstance(mark, SourceWatermark)}
        assert through == {NOON}


async def test_heartbeats_beside_a_load_never_count_a_record_that_stands_behind_them(
    settings: Settings,
) -> None:
    async with Publisher(settings, register()) as publisher:
        beats = asyncio.create_task(publisher.heartbeat(0.01, lambda: datetime.now(UTC)))
        await asyncio.gather(
            *(publisher.publish(birth(number)) for number in range(1, 150)),
            *(publisher.publish(death(number)) for number in range(1, 150)),
        )
        for number in range(150, 400):
            await publisher.publish(birth(number))
            await asyncio.sleep(0.001)
        await publisher.flush()
        beats.cancel()
        await asyncio.wait([beats])
    assert check_counts(await log_of(settings, BIRTHS, DEATHS)) >= 2 * 2 * settings.partitions


async def test_a_heartbeat_ends_whenever_it_is_cancelled(settings: Settings) -> None:
    async with Publisher(settings, register()) as publisher:
        for turns in range(60):
            beats = asyncio.create_task(publisher.heartbeat(0, lambda: datetime.now(UTC)))
            for _ in range(turns):
                await asyncio.sleep(0)
            # The moment that is easiest to lose: the acknowledgement and the end come together.
            await publisher._sender._all_acknowledged.wait()
            beats.cancel()
            await asyncio.wait([beats], timeout=5)
            assert beats.cancelled()
    assert check_counts(await log_of(settings, BIRTHS, DEATHS)) > 0


async def test_the_same_event_published_twice_has_the_same_bytes(settings: Settings) -> None:
    for _ in range(2):
        async with Publisher(settings, register()) as publisher:
            await publisher.publish(death(5))
    (records,) = [found for found in (await log_of(settings, DEATHS)).values() if found]
    assert len(records) == 2
    assert records[0].value == records[1].value


async def test_an_annulment_goes_into_the_topic_of_what_it_withdraws(settings: Settings) -> None:
    wrong = death(3)
    header = Header(
        event_id("test-register", "annulment", "3"),
        "test-register",
        wrong.header.concerned,
        NOON,
        target_event_id=wrong.header.event_id,
    )
    annulment = Annulment(header, AnnulmentReason.WRONG_PERSON)
    async with Publisher(settings, register()) as publisher:
        with pytest.raises(PublishError, match="Annulment: name the family"):
            await publisher.publish(annulment)
        await publisher.publish(annulment, "death")
    ((_, found),) = events_in(await log_of(settings, BIRTHS, DEATHS))
    assert isinstance(found, Annulment)
    assert not events_in(await log_of(settings, BIRTHS))


async def test_what_a_source_may_not_publish_is_refused(settings: Settings) -> None:
    async with Publisher(settings, register("test-register", "death")) as publisher:
        with pytest.raises(PublishError, match="does not publish the family birth; name it"):
            await publisher.publish(birth(1))
        with pytest.raises(PublishError, match="belongs in the family death, not in birth"):
            await publisher.publish(death(1), "birth")
        with pytest.raises(PublishError, match="another source than test-register"):
            await publisher.publish(death(1, "other-register"))
        nobody = Death(
            Header(event_id("a", "b"), "test-register", (Concerned(Role.DECEASED),), NOON)
        )
        with pytest.raises(InvalidEventError, match="nobody has an identifier"):
            await publisher.publish(nobody)
    assert not events_in(await log_of(settings, DEATHS))


async def test_what_the_guard_would_refuse_on_arrival_is_not_sent(settings: Settings) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    persons = tuple(
        Concerned(Role.CHILD, (Identifier("us-dc", str(number)),), name="N" * 999)
        for number in range(64)
    )
    large = Header(event_id("a", "b"), "test-register", persons, NOON)
    large = replace(large, basis=Basis(BasisKind.DEED, "N" * 999, "N" * 999))
    async with Publisher(settings, register()) as publisher:
        with pytest.raises(InvalidEventError, match=r"header\.registered_at: lies in the future"):
            await publisher.publish(death(1, at=tomorrow))
        with pytest.raises(InvalidEventError, match="more than 65536 bytes"):
            await publisher.publish(Birth(large))
        with pytest.raises(InvalidEventError, match="complete_through: lies in the future"):
            await publisher.watermark(tomorrow)
    assert not any((await log_of(settings, BIRTHS, DEATHS)).values())


async def test_a_missing_topic_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> set[int]:
        await asyncio.sleep(60)
        return set()

    # The built-in broker makes every topic that is asked for, so the client is kept waiting.
    monkeypatch.setattr(AIOKafkaProducer, "partitions_for", never)
    monkeypatch.setattr("civicbus.connect.kafka.TOPIC_KNOWN_WITHIN", 0.05)
    with builtin_broker() as address:
        publisher = Publisher(with_builtin(load_settings(), address), register())
        with pytest.raises(PublishError, match=r"no topic civic\.birth\.v1; run: civicbus topics"):
            await publisher.__aenter__()


async def test_an_unreachable_broker_is_named_with_its_remedy() -> None:
    settings = load_settings(broker="127.0.0.1:1")
    with pytest.raises(BrokerError, match=r"127\.0\.0\.1:1.*CIVICBUS_BROKER"):
        await Publisher(settings, register()).__aenter__()


async def test_once_a_record_is_not_acknowledged_nothing_more_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "ACKNOWLEDGED_WITHIN", 0.3)
    monkeypatch.setattr(sender, "STOPPED_WITHIN", 0.3)
    with builtin_broker() as address:
        settings = with_builtin(settings, address)
        await create_topics(settings)
        publisher = await Publisher(settings, register()).__aenter__()
        await publisher.publish(death(1))
        await publisher.flush()
    # The broker is gone.
    await publisher.publish(death(2))
    for attempt in (publisher.flush(), publisher.publish(death(3)), publisher.watermark(NOON)):
        with pytest.raises(PublishError, match="publish the same events once more"):
            await attempt
    with pytest.raises(PublishError):
        await publisher.__aexit__(None, None, None)
