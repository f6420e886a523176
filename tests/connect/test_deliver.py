"""A department's file onto the bus, and what is said of it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.topics import create_topics
from civicbus.connect import deliver as deliver_module
from civicbus.connect.connector import load_connector
from civicbus.connect.deliver import Delivery, deliver
from civicbus.connect.kafka import PublishError
from civicbus.connect.publisher import Publisher
from civicbus.settings import Settings, load_settings
from tests.connect.publishing import check_counts, events_in, log_of

CLAIMS = load_connector(Path(__file__).parents[2] / "connectors" / "city_social_security")
HEADER = "claim,claimed_at,person,date_of_death"
PERSON = "990000194891200011"
DEATHS = "civic.death.v1"


@pytest.fixture
async def settings(builtin_broker: str) -> Settings:
    settings = with_builtin(load_settings(), builtin_broker)
    await create_topics(settings)
    return settings


async def delivered(settings: Settings, *rows: str) -> Delivery:
    text = io.BytesIO("\n".join([HEADER, *rows, ""]).encode())
    async with Publisher(settings, CLAIMS.system) as publisher:
        delivery = await deliver(CLAIMS, text, "claims.csv", publisher, datetime.now(UTC))
        await publisher.watermark(datetime.now(UTC))
    return delivery


def claim(number: int, at: str = "2026-02-01T09:00:00+08:00", died: str = "2026-01-30") -> str:
    return f"{number},{at},{PERSON},{died}"


async def test_every_row_is_published_or_refused_and_all_are_counted(settings: Settings) -> None:
    delivery = await delivered(settings, claim(1), claim(2, died="30.01.2026"), claim(3))
    assert delivery.refused_count == 1
    assert [(row.line, row.field, row.reason) for row in delivery.refused] == [
        (3, "date_of_death", "date")
    ]
    # The two claims, and the mark on the person of whom a third could not be read.
    assert delivery.events == 3
    assert delivery.records == {DEATHS: 3}
    log = await log_of(settings, DEATHS)
    kinds = sorted(type(event).__name__ for _, event in events_in(log))
    assert kinds == ["Death", "Death", "Refusal"]
    assert check_counts(log, CLAIMS.system.source) == settings.partitions


async def test_the_same_file_twice_is_the_same_bytes_twice(settings: Settings) -> None:
    rows = [claim(1), claim(2, died="30.01.2026"), claim(3)]
    for _ in range(2):
        await delivered(settings, *rows)
    log = await log_of(settings, DEATHS)
    values = [record.value for found in log.values() for record in found if record.key[0:1] != b"s"]
    assert len(values) == 6
    assert len(set(values)) == 3


async def test_a_row_dated_ahead_of_the_bus_is_refused_and_the_next_goes_through(
    settings: Settings,
) -> None:
    ahead = (datetime.now(UTC) + timedelta(hours=2)).isoformat(timespec="seconds")
    delivery = await delivered(settings, claim(1, at=ahead), claim(2))
    assert [(row.line, row.reason) for row in delivery.refused] == [(2, "rule")]
    assert "lies in the future" in delivery.refused[0].remedy
    # The other claim, and the mark on the person of whom this one would have told something.
    assert delivery.events == 2
    kinds = sorted(type(event).__name__ for _, event in events_in(await log_of(settings, DEATHS)))
    assert kinds == ["Death", "Refusal"]


async def test_refused_rows_beyond_a_limit_are_counted_but_not_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver_module, "MAX_REFUSED_KEPT", 2)
    delivery = await delivered(settings, *(claim(number, died="x") for number in range(1, 6)))
    assert (delivery.refused_count, len(delivery.refused)) == (5, 2)


async def test_progress_is_told_while_events_flow(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver_module, "RECORDS", 50)
    told: list[int] = []
    text = io.BytesIO("\n".join([HEADER, *map(claim, range(1, 131)), ""]).encode())
    async with Publisher(settings, CLAIMS.system) as publisher:
        await deliver(CLAIMS, text, "claims.csv", publisher, datetime.now(UTC), told.append)
    assert told == [50, 100, 130]


async def test_rows_mapped_in_several_processes_come_to_the_same_in_the_same_order(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver_module, "RECORDS", 40)
    rows = [
        claim(number, died="x" if number % 50 == 0 else "2026-01-30") for number in range(1, 400)
    ]
    text = "\n".join([HEADER, *rows, ""]).encode()
    now = datetime.now(UTC)
    found, said = [], []
    for processes in (1, 3):
        with builtin_broker() as address:
            alone = with_builtin(settings, address)
            await create_topics(alone)
            async with Publisher(alone, CLAIMS.system) as publisher:
                said.append(
                    await deliver(
                        CLAIMS, io.BytesIO(text), "x", publisher, now, processes=processes
                    )
                )
            found.append(events_in(await log_of(alone, DEATHS)))
    assert found[0] == found[1]
    assert len(found[0]) == 399 - 7 + 1 + 6  # a mark for each refused row
    assert said[0].refused == said[1].refused
    assert (said[0].events, said[0].records) == (said[1].events, said[1].records)


async def test_a_mapping_process_that_ends_is_told(settings: Settings) -> None:
    text = io.BytesIO("\n".join([HEADER, *map(claim, range(1, 131)), ""]).encode())
    # The path of no connector: the processes end as soon as they look for it.
    nowhere = replace(CLAIMS, folder=CLAIMS.folder / "nowhere")
    async with Publisher(settings, CLAIMS.system) as publisher:
        with pytest.raises(PublishError, match="a process that was mapping has ended"):
            await deliver(nowhere, text, "x", publisher, datetime.now(UTC), processes=2)
