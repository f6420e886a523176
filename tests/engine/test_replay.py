"""What operators do about refused records, on the built-in broker: the two topics afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from civicbus.broker.builtin import with_builtin
from civicbus.broker.connection import client_options
from civicbus.broker.topics import create_topics
from civicbus.domain.events import Dismissal
from civicbus.engine.held import Held, Holdings, State, read_holdings, read_originals
from civicbus.engine.quarantine import (
    LARGEST_VALUE,
    Outcome,
    Place,
    Quarantine,
    RefusedRecord,
    Settled,
)
from civicbus.engine.replay import ATTEMPTS_MAX, Operator, Verdict
from civicbus.settings import Settings, load_settings
from civicbus.wire.guard import Guard
from civicbus.wire.records import to_millis
from civicbus.wire.releases import Release
from civicbus.wire.topics import QUARANTINE_TOPIC
from tests.connect.publishing import log_of
from tests.engine.samples import (
    SEAL,
    TOPIC,
    Record,
    codec,
    death_record,
    guard,
    key_of,
    watermark_record,
)

UNDECLARED = guard(publishers={})


@pytest.fixture
async def settings(builtin_broker: str) -> Settings:
    settings = with_builtin(load_settings(), builtin_broker)
    await create_topics(settings)
    return settings


async def put_away(settings: Settings, *refused: RefusedRecord) -> None:
    async with Quarantine(settings) as quarantine:
        await quarantine.put_away(refused)


def refused(record: Record, reason: str = "authority", **more: Any) -> RefusedRecord:
    return RefusedRecord(record, reason, f"value: {reason}", **more)


async def held_in(settings: Settings) -> dict[int, Held]:
    """What is held, by offset."""
    holdings = await read_holdings(settings, lambda _, __: None)
    assert holdings.foreign == 0
    return {place.offset: held for place, held in holdings.held.items()}


async def replayed(
    settings: Settings, judges: Guard | None = None, **how: bool
) -> dict[int, Verdict]:
    """Replay all that is held; what came of each by offset."""
    wanted = list((await held_in(settings)).values())
    async with Operator(settings, codec(), judges or guard(), SEAL) as operator:
        batches = [batch async for batch in operator.replay(wanted, **how)]
    return {verdict.held.place.offset: verdict for batch in batches for verdict in batch}


async def records_of(settings: Settings, topic: str = TOPIC) -> list[Any]:
    return [record for records in (await log_of(settings, topic)).values() for record in records]


async def test_a_replay_is_the_record_byte_for_byte_in_its_partition_with_a_release(
    settings: Settings,
) -> None:
    record = death_record(41, 1, partition=2)
    await put_away(settings, refused(replace(record, headers=(("trace", b"kept"),))))
    verdicts = await replayed(settings)
    assert verdicts[41].settled is Settled.REPLAYED
    (copy,) = await records_of(settings)
    assert (copy.partition, copy.key, copy.value) == (2, record.key, record.value)
    assert SEAL.read(TOPIC, copy) == Release(41, 2)
    held = (await held_in(settings))[41]
    assert (held.state, held.attempts, held.reason) == (State.REPLAYED, 2, "authority")


async def test_a_dry_run_says_what_would_come_and_writes_nothing(settings: Settings) -> None:
    await put_away(settings, refused(death_record(0, 1)), refused(Record(1, b"k", b""), "empty"))
    before = await records_of(settings, QUARANTINE_TOPIC)
    verdicts = await replayed(settings, dry_run=True)
    assert {at: verdict.settled for at, verdict in verdicts.items()} == {
        0: Settled.REPLAYED,
        1: Settled.REFUSED_AGAIN,
    }
    assert await records_of(settings) == []
    assert await records_of(settings, QUARANTINE_TOPIC) == before


async def test_what_is_still_wrong_stays_out_and_counts_an_attempt_up_to_a_limit(
    settings: Settings,
) -> None:
    await put_away(settings, refused(death_record(0, 1), "framing"))
    for attempt in range(2, ATTEMPTS_MAX + 1):
        verdict = (await replayed(settings, UNDECLARED))[0]
        assert (verdict.settled, verdict.reason) == (Settled.REFUSED_AGAIN, "authority")
        held = (await held_in(settings))[0]
        assert (held.attempts, held.reason, held.state) == (attempt, "authority", State.OPEN)
    verdict = (await replayed(settings))[0]
    assert (verdict.settled, verdict.reason) == (None, "attempts")
    assert await records_of(settings) == []
    verdict = (await replayed(settings, force=True))[0]
    assert verdict.settled is Settled.REPLAYED


async def test_what_was_replayed_is_passed_over_unless_it_is_forced(settings: Settings) -> None:
    await put_away(settings, refused(death_record(0, 1)))
    await replayed(settings)
    verdict = (await replayed(settings))[0]
    assert (verdict.settled, verdict.reason) == (None, "state")
    assert len(await records_of(settings)) == 1
    assert (await replayed(settings, force=True))[0].settled is Settled.REPLAYED
    assert len(await records_of(settings)) == 2


@pytest.mark.parametrize("worker_first", [True, False])
async def test_what_a_worker_refused_in_an_attempt_stands_above_the_word_that_it_went_well(
    settings: Settings, worker_first: bool
) -> None:
    """A worker that was not restarted: the operator's guard lets in what it refuses."""
    await put_away(settings, refused(death_record(0, 1)))
    copy = refused(death_record(9, 1), "authority", release=Release(0, 2), repeats=True)
    if worker_first:
        await put_away(settings, copy)
    async with Quarantine(settings) as quarantine:
        await quarantine.tell([Outcome(Place(TOPIC, 0, 0), Settled.REPLAYED, 2)])
    if not worker_first:
        await put_away(settings, copy)
    held = (await held_in(settings))[0]
    assert (held.state, held.attempts) == (State.OPEN, 2)


async def test_a_record_that_every_group_of_workers_put_away_is_held_once(
    settings: Settings,
) -> None:
    await put_away(settings, refused(death_record(0, 1)))
    await replayed(settings)
    await put_away(settings, refused(death_record(0, 1)))
    held = await held_in(settings)
    assert [(h.state, h.attempts) for h in held.values()] == [(State.REPLAYED, 2)]


async def test_a_record_cut_for_its_size_and_one_whose_id_is_used_are_passed_over(
    settings: Settings,
) -> None:
    bomb = Record(0, key_of(1).encode(), bytes(LARGEST_VALUE + 1))
    await put_away(settings, refused(bomb, "size"), refused(death_record(1, 2), "id_conflict"))
    verdicts = await replayed(settings, force=True)
    assert {at: (v.settled, v.reason) for at, v in verdicts.items()} == {
        0: (None, "cut"),
        1: (None, "id_conflict"),
    }
    assert await records_of(settings) == []


async def test_a_watermark_is_set_aside_since_the_next_one_says_more(settings: Settings) -> None:
    await put_away(settings, refused(watermark_record(0, 7)))
    assert (await replayed(settings))[0].settled is Settled.DISMISSED
    (said,) = await records_of(settings)
    assert codec().decode(said.value) == Dismissal(0)
    held = (await held_in(settings))[0]
    assert (held.state, held.by) == (State.DISMISSED, "civicbus")


async def test_a_record_from_the_future_does_not_enter_because_time_has_passed(
    settings: Settings,
) -> None:
    early = replace(death_record(0, 1), timestamp=to_millis(datetime(2026, 5, 1, tzinfo=UTC)))
    late = replace(death_record(1, 2), timestamp=early.timestamp + to_millis(EPOCH_PLUS_A_DAY))
    await put_away(settings, refused(early, "rule"), refused(late, "rule"))
    verdicts = await replayed(settings)
    assert {at: (v.settled, v.reason) for at, v in verdicts.items()} == {
        0: (Settled.REFUSED_AGAIN, "rule"),
        1: (Settled.REPLAYED, ""),
    }


async def test_a_release_that_a_worker_refused_is_no_event_to_send_again(
    settings: Settings,
) -> None:
    """The worker did not know the operators' secret, so to it the release was forged."""
    record = death_record(8, 1)
    headers = SEAL.headers(TOPIC, 0, record.key, record.value, Release(0, 2))
    await put_away(settings, refused(replace(record, headers=headers)))
    verdict = (await replayed(settings))[8]
    assert (verdict.settled, verdict.reason) == (None, "release")
    assert f"{TOPIC}/0/0" in verdict.detail


async def dismissed(settings: Settings, *records: Record) -> Sequence[Any]:
    await put_away(settings, *(refused(record, "empty") for record in records))
    wanted = list((await held_in(settings)).values())
    async with Operator(settings, codec(), guard(), SEAL) as operator:
        async for _ in operator.dismiss(wanted, "an operator", "sent by a test of the vendor's"):
            pass
    return await records_of(settings)


async def test_a_dismissal_stands_under_the_key_of_the_refused_record(settings: Settings) -> None:
    (said,) = await dismissed(settings, Record(5, key_of(1).encode(), b"", partition=3))
    assert (said.partition, said.key) == (3, key_of(1).encode())
    assert codec().decode(said.value) == Dismissal(5)
    assert SEAL.read(TOPIC, said) == Release(5, 2)
    held = (await held_in(settings))[5]
    assert (held.state, held.by) == (State.DISMISSED, "an operator")
    assert held.because == "sent by a test of the vendor's"


async def test_a_record_of_no_bytes_at_all_is_held_as_it_came(settings: Settings) -> None:
    nothing = Record(5, None, None)
    (said,) = await dismissed(settings, nothing)
    assert codec().decode(said.value) == Dismissal(5)
    held = (await held_in(settings))[5]
    ((_, original),) = [pair async for pairs in read_originals(settings, [held]) for pair in pairs]
    assert (original.key, original.value, original.cut) == (None, None, False)


async def test_a_key_that_is_no_persons_is_not_repeated(settings: Settings) -> None:
    (said,) = await dismissed(settings, Record(5, b"4711-in-clear-text", b""))
    assert said.key is None


HOSTILE = (
    ("x-outcome", b"dismissed"),
    ("x-original-topic", b"civic.birth.v1"),
    ("__connect.errors.topic", b"civic.birth.v1"),
    ("x-attempt", b"99"),
    ("x-original-value-bytes", b"1"),
)


async def test_what_a_publisher_wrote_into_its_headers_does_not_deceive_the_reader(
    settings: Settings,
) -> None:
    await put_away(settings, refused(replace(death_record(0, 1), headers=HOSTILE)))
    held = (await held_in(settings))[0]
    assert (held.place.topic, held.state, held.attempts) == (TOPIC, State.OPEN, 1)
    assert (await replayed(settings))[0].settled is Settled.REPLAYED


async def test_what_others_wrote_into_the_quarantine_topic_is_counted_and_left_alone(
    settings: Settings,
) -> None:
    await put_away(settings, refused(death_record(0, 1)))
    unknown = Outcome(Place(TOPIC, 0, 77), Settled.REPLAYED, 2)
    async with Quarantine(settings) as quarantine:
        await quarantine.tell([unknown])
    async with AIOKafkaProducer(**client_options(settings)) as stranger:
        await stranger.send_and_wait(QUARANTINE_TOPIC, b"hello", partition=1)
        misplaced = [(name, value) for name, value in PLACED if name != "x-attempt"]
        for headers in (PLACED, misplaced):
            await stranger.send_and_wait(QUARANTINE_TOPIC, b"", partition=1, headers=headers)
    holdings = await read_holdings(settings, lambda _, __: None)
    assert [place.offset for place in holdings.held] == [0]
    assert holdings.foreign == 4


async def test_progress_is_told_up_to_the_end(settings: Settings) -> None:
    told: list[tuple[int, int]] = []
    await put_away(settings, *(refused(death_record(n, n, partition=n % 4)) for n in range(20)))
    await read_holdings(settings, lambda read, total: told.append((read, total)))
    assert told[-1] == (20, 20)


async def test_an_empty_quarantine_holds_nothing(settings: Settings) -> None:
    assert await read_holdings(settings, lambda _, __: None) == Holdings()


EPOCH_PLUS_A_DAY = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=1)
PLACED = [
    ("x-attempt", b"1"),
    ("x-original-topic", TOPIC.encode()),
    ("x-original-partition", b"0"),
    ("x-original-offset", b"0"),
    ("x-original-timestamp", b"0"),
    ("x-reason", b"size"),
    ("__connect.errors.exception.message", b"none"),
]
