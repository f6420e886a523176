"""A pushed event on its whole way: HTTP, the runner, the bus, and the answer behind it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.topics import create_topics
from civicbus.connect import sender
from civicbus.connect.connector import Connector
from civicbus.connect.door import Door, door
from civicbus.connect.inputs.batches import Batches, InputUnavailableError, Opener, Position
from civicbus.connect.inputs.opening import opener
from civicbus.connect.meter import Meter
from civicbus.connect.publisher import Publisher
from civicbus.connect.runner import Pause, Runner
from civicbus.domain.events import Licence, Refusal, SourceWatermark
from civicbus.settings import ConfigurationError, Settings, load_settings
from tests.connect.inputs.sending import (
    BATCHED,
    CIVIL,
    HOLDER,
    LICENCES,
    STRUCTURED,
    TOKEN,
    granted,
    watermark,
)
from tests.connect.inputs.test_dci import NOTIFY, message
from tests.connect.publishing import CODEC, check_counts, events_in, log_of

LICENCE_TOPIC = "civic.licence.v1"
SOON = 15.0  # seconds


@dataclass
class At:
    """A connector at work: its door by HTTP, and whatever broker it is to reach."""

    client: httpx.AsyncClient
    settings: Settings
    runner: Runner
    meter: Meter
    found: Door

    async def opened(self) -> None:
        """Return when the runner takes what is sent."""
        assert self.found.intake is not None
        async with asyncio.timeout(SOON):
            while not self.found.intake.is_open:  # noqa: ASYNC110 - the door tells nobody
                await asyncio.sleep(0.01)

    async def post(self, event: object) -> httpx.Response:
        return await self.client.post("/events", json=event, headers=STRUCTURED)

    async def post_until_taken(self, event: object) -> httpx.Response:
        """As a department's system is told to do: the same again while the answer is 503."""
        async with asyncio.timeout(SOON):
            while (response := await self.post(event)).status_code == 503:
                assert response.headers["retry-after"]
                await asyncio.sleep(0.05)
        return response


@asynccontextmanager
async def at_work(
    settings: Settings,
    connector: Connector = LICENCES,
    *,
    broker: Callable[[], Settings] | None = None,
    around: Callable[[Opener], Opener] = lambda opened: opened,
) -> AsyncIterator[At]:
    """A connector at work; `broker` says anew, at each attempt, which broker it reaches."""
    meter = Meter(connector.system.source)
    async with door(settings, connector, meter) as found:
        runner = Runner(
            lambda: Publisher(broker() if broker else settings, connector.system),
            connector,
            around(opener(connector, settings, found.intake)),
            meter,
            pause=Pause(longest=0.2, first=0.1),
        )
        task = asyncio.create_task(runner.run())
        base = f"http://127.0.0.1:{found.port}"
        try:
            async with httpx.AsyncClient(trust_env=False, base_url=base, timeout=SOON) as client:
                yield At(client, settings, runner, meter, found)
            runner.stop()
            await asyncio.wait_for(task, SOON)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
async def settings(tmp_path: Path) -> AsyncIterator[Settings]:
    with builtin_broker() as address:
        found = load_settings(environment="test", data=tmp_path, connector_port=0)
        found = with_builtin(found, address)
        await create_topics(found)
        yield found


async def test_an_event_is_answered_once_it_is_on_the_bus(settings: Settings) -> None:
    async with at_work(settings) as at:
        response = await at.post_until_taken(granted(1))
        assert response.json() == {"accepted": 1, "events": [{"place": 1, "outcome": "accepted"}]}
        on_the_bus = events_in(await log_of(settings, LICENCE_TOPIC))
        assert [type(event) for _, event in on_the_bus] == [Licence]
        assert (await at.post(granted(1))).status_code == 200
    assert len(events_in(await log_of(settings, LICENCE_TOPIC))) == 1


async def test_a_refused_event_is_told_and_its_mark_is_on_the_bus(settings: Settings) -> None:
    event = granted(1)
    event["data"]["date"] = "31.01.2024"
    async with at_work(settings) as at:
        first, second = await at.post_until_taken(event), await at.post(event)
        assert first.status_code == second.status_code == 422
        assert first.json()["events"] == second.json()["events"]
        (told,) = first.json()["events"]
        assert (told["outcome"], told["problems"][0]["field"]) == ("refused", "date")
    kinds = Counter(
        (type(event), event.header.event_id)
        for _, event in events_in(await log_of(settings, LICENCE_TOPIC))
    )
    assert {kind for kind, _ in kinds} == {Refusal}
    assert len(kinds) == 1


async def test_the_word_of_the_source_follows_the_events_before_it(settings: Settings) -> None:
    async with at_work(settings) as at:
        await at.post_until_taken(granted(1))
        batch = [granted(2), watermark("2024-02-01T12:00:00Z")]
        response = await at.client.post("/events", json=batch, headers=BATCHED)
        assert response.status_code == 200
        metrics = (await at.client.get("/metrics")).text
    log = await log_of(settings, LICENCE_TOPIC)
    assert check_counts(log, LICENCES.system.source) == settings.partitions
    words = [
        word
        for records in log.values()
        for record in records
        if isinstance(word := CODEC.decode(record.value), SourceWatermark)
    ]
    noon = datetime(2024, 2, 1, 12, tzinfo=UTC)
    assert {word.complete_through for word in words} == {noon}
    families = text_string_to_metric_families(metrics)
    samples = {sample.name: sample.value for found in families for sample in found.samples}
    assert samples["civicbus_connector_complete_through_timestamp_seconds"] == noon.timestamp()


def producers_at_work() -> int:
    """How many of aiokafka's producers send, or try to."""
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return names.count("Sender._sender_routine")


async def test_while_the_broker_is_down_events_are_to_be_sent_again_and_then_count_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "ACKNOWLEDGED_WITHIN", 1.0)
    monkeypatch.setattr(sender, "STOPPED_WITHIN", 0.3)
    brokers: list[Settings] = []
    with ExitStack() as running:
        brokers.append(with_builtin(settings, running.enter_context(builtin_broker())))
        await create_topics(brokers[-1])
        async with at_work(settings, broker=lambda: brokers[-1]) as at:
            assert (await at.post_until_taken(granted(1))).status_code == 200
            running.close()  # the broker is gone, with all that it held
            started = time.monotonic()
            lost = await at.post(granted(2))
            assert (lost.status_code, lost.json()["type"]) == (503, "not-ready")
            assert time.monotonic() - started >= 1.0  # the bus was waited for, not given up on
            assert (await at.post(granted(2))).status_code == 503  # nor is the connection refused
            brokers.append(settings)  # it comes back
            assert (await at.post_until_taken(granted(2))).status_code == 200
            assert producers_at_work() == 1  # the one that was given up sends nothing later
            assert (await at.post(granted(2))).status_code == 200
    (event,) = [event for _, event in events_in(await log_of(settings, LICENCE_TOPIC))]
    assert event.header.source_sequence == 2


def dying_once(opened: Opener) -> Opener:
    """The way in of a process that dies once the bus has a batch, before it could answer."""
    deaths = 0

    async def dying(position: Position | None) -> Batches:
        nonlocal deaths
        batches = opened(position)
        try:
            batch = await anext(batches)
            while True:
                taken = yield batch
                if batch.records and not deaths:
                    deaths += 1
                    raise InputUnavailableError("killed")
                batch = await batches.asend(taken)
        finally:
            await batches.aclose()

    return dying


async def test_killed_between_the_bus_and_the_answer_a_repeat_is_answered_alike_and_counts_once(
    settings: Settings,
) -> None:
    async with at_work(settings, around=dying_once) as at:
        await at.opened()
        died = await at.post(granted(1))
        assert died.status_code == 503
        assert (
            len(events_in(await log_of(settings, LICENCE_TOPIC))) == 1
        )  # it is there all the same
        again = await at.post_until_taken(granted(1))
        assert again.json() == {"accepted": 1, "events": [{"place": 1, "outcome": "accepted"}]}
    log = await log_of(settings, LICENCE_TOPIC)
    values = [
        (record.key, record.value)
        for records in log.values()
        for record in records
        if not isinstance(CODEC.decode(record.value), SourceWatermark)
    ]
    assert len(values) == 2
    assert len(set(values)) == 1  # the same bytes under the same key: it counts once
    ids = {event.header.event_id for _, event in events_in(log)}
    assert len(ids) == 1


async def test_a_hundred_who_send_at_once_are_answered_each(settings: Settings) -> None:
    async with at_work(settings) as at:
        await at.post_until_taken(granted(1))
        responses = await asyncio.gather(*(at.post(granted(n)) for n in range(2, 102)))
        assert {response.status_code for response in responses} == {200}
    events = [event for _, event in events_in(await log_of(settings, LICENCE_TOPIC))]
    assert len({event.header.event_id for event in events}) == len(events) == 101


async def test_a_notification_of_the_dci_is_acknowledged_once_it_is_on_the_bus(
    settings: Settings,
) -> None:
    async with at_work(settings, CIVIL) as at:
        await at.opened()
        response = await at.client.post(NOTIFY, json=message())
        assert response.json()["message"]["ack_status"] == "ACK"
        log = await log_of(settings, "civic.birth.v1", "civic.death.v1")
        assert Counter(type(event).__name__ for _, event in events_in(log)) == {
            "Birth": 2,  # under the child's key and the mother's
            "Death": 1,
        }


async def test_the_door_tells_whether_the_connector_is_at_work(settings: Settings) -> None:
    brokers = [with_builtin(settings, "127.0.0.1:9")]  # nobody is there
    async with at_work(settings, broker=lambda: brokers[-1]) as at:
        assert (await at.client.get("/healthz")).json() == {"status": "alive"}
        async with asyncio.timeout(SOON):
            while not at.meter._failures:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        down = await at.client.get("/readyz")
        assert down.status_code == 503
        assert "no broker can be reached" in down.json()["reason"]
        assert (await at.post(granted(1))).status_code == 503
        brokers.append(settings)
        assert (await at.post_until_taken(granted(1))).status_code == 200
        up = await at.client.get("/readyz")
        assert (up.status_code, up.json()) == (200, {"ready": True})
        families = list(text_string_to_metric_families((await at.client.get("/metrics")).text))
    samples = {sample.name: sample.value for family in families for sample in family.samples}
    assert samples["civicbus_connector_events_total"] == 1
    assert samples["civicbus_connector_rows_total"] == 1
    assert samples["civicbus_connector_failures_total"] >= 1
    assert all(HOLDER not in str(family.samples) for family in families)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"connector_port": None}, "CIVICBUS_CONNECTOR_PORT"),
        ({"connector_host": "0.0.0.0"}, "CIVICBUS_INPUT_TOKEN"),
        ({"connector_host": "::"}, "CIVICBUS_INPUT_TOKEN"),
        ({"connector_host": "registry.example"}, "CIVICBUS_INPUT_TOKEN"),
        (
            {
                "profile": "production",
                "secret": TOKEN,
                "broker": "kafka.example:9093",
                "broker_tls": True,
            },
            "CIVICBUS_INPUT_TOKEN",
        ),
    ],
)
@pytest.mark.parametrize("connector", [LICENCES, CIVIL])
async def test_what_a_door_for_events_needs_is_told(
    tmp_path: Path, given: dict[str, object], told: str, connector: Connector
) -> None:
    settings = load_settings(**{"data": tmp_path, "connector_port": 0, **given})
    with pytest.raises(ConfigurationError, match=told):
        async with door(settings, connector, Meter("starter-register")):
            pass
