"""The publisher on real Apache Kafka: exact counts, also after kill -9 in the middle of a load."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from civicbus.connect.publisher import Publisher
from civicbus.settings import Settings
from tests.connect.publishing import NOON, birth, check_counts, death, events_in, log_of, register
from tests.kafka.bus import ROOT, Bus, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

BIRTHS, DEATHS = "civic.birth.v1", "civic.death.v1"
CLAIMS = 20_000
SOURCE = "city-social-security"


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    """Many claims for a few persons, so that every partition has some."""
    persons = ("990000194891200011", "990000195083040026", "99000019758630001X")
    path = tmp_path / "claims.csv"
    rows = (
        f"{number},2026-02-01T09:00:00Z,{persons[number % 3]},2026-01-30\n"
        for number in range(1, CLAIMS + 1)
    )
    path.write_text("claim,claimed_at,person,date_of_death\n" + "".join(rows))
    return path


async def test_watermarks_count_exactly_over_several_starts(kafka_settings: Settings) -> None:
    for start in range(3):
        async with Publisher(kafka_settings, register()) as publisher:
            for number in range(start * 50 + 1, start * 50 + 51):
                await publisher.publish(birth(number))
                await publisher.publish(death(number))
            await publisher.watermark(NOON + timedelta(seconds=start))
            await publisher.publish(death(5))  # and it ends without counting this one
    async with Publisher(kafka_settings, register()) as publisher:
        assert publisher.sequence == 150
        await publisher.watermark(datetime.now(UTC))
    log = await log_of(kafka_settings, BIRTHS, DEATHS)
    assert check_counts(log) == 4 * 2 * kafka_settings.partitions
    assert len(events_in(log)) == 150 * 3 + 3


def test_after_kill_9_in_mid_load_the_next_start_counts_what_the_log_holds(
    bus: Bus, kafka_settings: Settings, claims: Path
) -> None:
    def published() -> int:
        return len(events_in(asyncio.run(log_of(kafka_settings, DEATHS))))

    arguments = ("connect", "city_social_security", "--input", str(claims))
    killed = subprocess.Popen(
        [sys.executable, "-m", "civicbus", *arguments], env=bus.environment(), cwd=ROOT
    )
    try:
        until(lambda: published() > 0, "the load has begun")
        assert killed.poll() is None, "the load was over too soon to be killed in it"
    finally:
        killed.kill()
        killed.wait()
    before = published()
    assert 0 < before < CLAIMS
    bus.run(*arguments)
    log = asyncio.run(log_of(kafka_settings, DEATHS))
    assert len(events_in(log)) == before + CLAIMS
    assert check_counts(log, SOURCE) >= kafka_settings.partitions


async def test_a_sender_that_is_fast_has_its_records_in_the_order_of_sending(
    kafka_settings: Settings,
) -> None:
    async with Publisher(kafka_settings, register()) as publisher:
        for number in range(1, 3001):
            await publisher.publish(death(number))
    for partition, records in (await log_of(kafka_settings, DEATHS)).items():
        sequences = [event.header.source_sequence for _, event in events_in({partition: records})]
        assert sequences == sorted(sequences)
        assert sequences
