"""The runner: what it says, keeps and repeats when a batch, the way in or the broker fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.connection import BrokerError
from civicbus.broker.topics import create_topics
from civicbus.connect import sender as sender_module
from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.deliver import Delivery
from civicbus.connect.inputs.batches import (
    Batch,
    Batches,
    InputChangedError,
    InputUnavailableError,
    Position,
    Taken,
)
from civicbus.connect.json_records import paths_of, record_of
from civicbus.connect.kafka import PublishError
from civicbus.connect.publisher import Publisher
from civicbus.connect.rows import Record
from civicbus.connect.runner import Pause, Runner
from civicbus.domain.events import SourceWatermark
from civicbus.settings import Settings, load_settings
from civicbus.wire.topics import POSITION_TOPIC
from tests.connect.publishing import CODEC, check_counts, events_in, log_of

CLAIMS = load_connector(Path(__file__).parents[2] / "connectors" / "city_social_security")
PATHS = paths_of(CLAIMS.system.input)
DEATHS = "civic.death.v1"
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
SHORT = Pause(longest=0.01, first=0.01)


def claim(number: int, died: str = "2026-01-30", at: str = "2026-02-01T09:00:00+08:00") -> Record:
    row = {
        "claim": str(number),
        "claimed_at": at,
        "person": "990000194891200011",
        "date_of_death": died,
    }
    return record_of(json.dumps(row).encode(), number, PATHS)


@dataclass
class Register:
    """A department's register: what it has committed, in its order, and what is marked as told.

    `fails` are errors that the way in raises before it gives the batch of that number; each once.
    """

    rows: Sequence[Record]
    size: int = 2
    fails: dict[int, Exception] = field(default_factory=dict)
    marked: list[int] = field(default_factory=list)
    took: list[Taken | None] = field(default_factory=list)
    opened_at: list[int] = field(default_factory=list)
    complete_through: datetime = NOW
    all_marked: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, position: Position | None) -> Batches:
        at = 0 if position is None else position["at"]
        self.opened_at.append(at)
        while True:
            if (error := self.fails.pop(at, None)) is not None:
                raise error
            rows = self.rows[at : at + self.size]
            at += len(rows)
            is_last = at == len(self.rows)
            through = self.complete_through if is_last else None
            self.took.append((yield Batch(rows, {"at": at}, through, caught_up=is_last)))
            self.marked.append(at)
            if at == len(self.rows):
                self.all_marked.set()
            await asyncio.sleep(0.01)


@dataclass
class Watched:
    """What a watcher was told."""

    failures: list[str] = field(default_factory=list)
    said: list[datetime] = field(default_factory=list)

    def took(self, batch: Batch, taken: Taken, delivery: Delivery) -> None:
        assert delivery.events >= taken.events
        assert batch.records or not taken.events

    def said_(self, complete_through: datetime) -> None:
        self.said.append(complete_through)

    def failed(self, error: Exception, pause: float) -> None:
        assert pause > 0
        self.failures.append(type(error).__name__)


class Watcher:
    """Passes on to `Watched`, whose list has the name of the call."""

    def __init__(self) -> None:
        self.seen = Watched()
        self.took = self.seen.took
        self.said = self.seen.said_
        self.failed = self.seen.failed


def runner(
    settings: Settings,
    register: Register,
    watcher: Watcher | None = None,
    *,
    anew: bool = False,
    connector: Connector = CLAIMS,
) -> Runner:
    return Runner(
        lambda: Publisher(settings, connector.system),
        connector,
        register.open,
        watcher or Watcher(),
        anew=anew,
        pause=Pause(longest=0.01, first=0.01),
    )


async def claims_on(settings: Settings) -> list[str]:
    log = await log_of(settings, DEATHS)
    check_counts(log, CLAIMS.system.source)
    return sorted(event.header.event_id for _, event in events_in(log))


async def test_all_that_waits_is_published_and_marked_and_the_source_says_its_word(
    settings: Settings,
) -> None:
    register, watcher = Register([claim(n) for n in range(1, 6)]), Watcher()
    delivery = await runner(settings, register, watcher).run(once=True)
    assert delivery.events == len(set(await claims_on(settings))) == 5
    assert register.marked == [2, 4, 5]
    assert watcher.seen.said == [NOW]
    log = await log_of(settings, DEATHS)
    words = [CODEC.decode(r.value) for records in log.values() for r in records]
    through = {w.complete_through for w in words if isinstance(w, SourceWatermark)}
    assert through == {NOW}


async def test_a_runner_goes_on_where_the_last_one_was(settings: Settings) -> None:
    rows = [claim(n) for n in range(1, 8)]
    await runner(settings, Register(rows[:5])).run(once=True)
    register = Register(rows)
    delivery = await runner(settings, register).run(once=True)
    assert register.opened_at == [5]
    assert delivery.events == 2
    assert len(await claims_on(settings)) == 7


async def test_anew_everything_is_published_once_more_and_counts_once(settings: Settings) -> None:
    rows = [claim(n) for n in range(1, 4)]
    await runner(settings, Register(rows)).run(once=True)
    register = Register(rows)
    await runner(settings, register, anew=True).run(once=True)
    assert register.opened_at == [0]
    found = await claims_on(settings)
    assert (len(found), len(set(found))) == (6, 3)
    log = await log_of(settings, DEATHS)
    assert len({record.value for records in log.values() for record in records
                if record.key.decode().startswith("source:") is False}) == 3  # fmt: skip


async def test_anew_holds_for_the_first_batch_only(settings: Settings) -> None:
    """Else a connector that has to connect once more would begin once more."""
    rows = [claim(n) for n in range(1, 6)]
    register = Register(rows, fails={4: InputUnavailableError("away")})
    await _until_caught_up(runner(settings, register, anew=True), register)
    assert register.opened_at == [0, 4]


async def test_what_does_not_answer_is_tried_again_and_nothing_is_lost(settings: Settings) -> None:
    rows = [claim(n) for n in range(1, 8)]
    errors: dict[int, Exception] = {
        0: InputUnavailableError("away"),
        2: InputUnavailableError("away"),
        4: BrokerError("away"),
    }
    register, watcher = Register(rows, fails=errors), Watcher()
    await _until_caught_up(runner(settings, register, watcher), register)
    assert watcher.seen.failures == ["InputUnavailableError"] * 2 + ["BrokerError"]
    assert len(set(await claims_on(settings))) == 7


async def _until_caught_up(running: Runner, register: Register) -> None:
    task = asyncio.create_task(running.run())
    async with asyncio.timeout(30):
        await register.all_marked.wait()
    running.stop()
    await task


async def test_what_needs_somebody_to_look_ends_the_connector_and_the_position_stays(
    settings: Settings,
) -> None:
    rows = [claim(n) for n in range(1, 6)]
    register = Register(rows, fails={4: InputChangedError("the table is another")})
    with pytest.raises(InputChangedError):
        await runner(settings, register).run()
    again = Register(rows)
    await runner(settings, again).run(once=True)
    assert again.opened_at == [4]


async def test_once_is_not_tried_again(settings: Settings) -> None:
    register = Register([claim(1)], fails={0: InputUnavailableError("away")})
    with pytest.raises(InputUnavailableError):
        await runner(settings, register).run(once=True)


async def test_a_batch_that_the_broker_did_not_take_is_neither_marked_nor_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender_module, "ACKNOWLEDGED_WITHIN", 1.0)
    register = Register([claim(n) for n in range(1, 3)], size=1)
    with builtin_broker() as address:
        settings = with_builtin(load_settings(), address)
        await create_topics(settings)
        running = runner(settings, register)

        async def without_broker(position: Position | None) -> Batches:
            async for batch in register.open(position):
                stopped.set()
                await gone.wait()
                yield batch

        stopped, gone = asyncio.Event(), asyncio.Event()
        running._opener = without_broker
        task = asyncio.create_task(running.run(once=True))
        await stopped.wait()
    gone.set()
    with pytest.raises((PublishError, BrokerError)):
        await task
    assert register.marked == []
    assert (running.delivery.events, running.delivery.elapsed) == (0, 0)


async def test_the_way_in_is_told_what_became_of_its_batch(settings: Settings) -> None:
    register = Register([claim(1), claim(2, died="30.01.2026"), claim(3)], size=2)
    delivery = await runner(settings, register).run(once=True)
    first, second = [taken for taken in register.took if taken is not None]
    assert [(row.line, row.reason) for row in first.refused] == [(2, "date")]
    assert first.events == 2  # with the refusal
    assert (second.events, list(second.refused)) == (1, [])
    assert (delivery.events, delivery.refused_count) == (3, 1)


async def test_a_refused_row_of_a_batch_is_noted_and_settled_by_the_next_mapping(
    settings: Settings,
) -> None:
    register = Register([claim(1, died="30.01.2026")])
    delivery = await runner(settings, register).run(once=True)
    assert (delivery.refused_count, delivery.events) == (1, 1)  # the refusal itself
    mended = Connector(CLAIMS.folder, CLAIMS.system, lambda _: iter(()), CLAIMS.subject)
    again = Runner(
        lambda: Publisher(settings, CLAIMS.system), mended, register.open, Watcher(), anew=True
    )
    assert (await again.run(once=True)).settled == 1


async def test_a_department_whose_clock_is_ahead_is_believed_up_to_our_time(
    settings: Settings,
) -> None:
    register, watcher = Register([claim(1)]), Watcher()
    register.complete_through = datetime.now(UTC) + timedelta(hours=3)
    await runner(settings, register, watcher).run(once=True)
    (said,) = watcher.seen.said
    assert abs((datetime.now(UTC) - said).total_seconds()) < 60


async def test_the_source_never_takes_its_word_back(settings: Settings) -> None:
    await runner(settings, Register([claim(1)])).run(once=True)
    late, watcher = Register([claim(1), claim(2)]), Watcher()
    late.complete_through = NOW - timedelta(hours=1)
    await runner(settings, late, watcher).run(once=True)
    assert watcher.seen.said == []
    assert len(set(await claims_on(settings))) == 2


async def test_whoever_is_stopped_still_marks_what_is_on_the_bus(settings: Settings) -> None:
    stopped_in: list[Runner] = []

    class Stopping(Watcher):
        def __init__(self) -> None:
            super().__init__()
            self.took = self._stop

        def _stop(self, batch: Batch, taken: Taken, delivery: Delivery) -> None:
            assert (len(batch.records), taken.events, delivery.events) == (3, 3, 3)
            stopped_in[0].stop()

    class Slow(Register):
        async def open(self, position: Position | None) -> Batches:
            assert position is None
            yield Batch(self.rows, {"at": len(self.rows)})
            await asyncio.sleep(0.1)  # as long as a disk takes
            self.marked.append(len(self.rows))

    register = Slow([claim(n) for n in range(1, 4)])
    running = runner(settings, register, Stopping())
    stopped_in.append(running)
    await running.run()
    assert register.marked == [3]


async def test_stopped_while_nothing_comes_it_ends_at_once(settings: Settings) -> None:
    async def silent(_: Position | None) -> Batches:
        await asyncio.Event().wait()
        yield Batch()

    running = Runner(lambda: Publisher(settings, CLAIMS.system), CLAIMS, silent, Watcher())
    task = asyncio.create_task(running.run())
    await asyncio.sleep(0.5)
    running.stop()
    async with asyncio.timeout(5):
        await task


async def test_a_position_is_kept_only_when_it_has_moved(settings: Settings) -> None:
    await runner(settings, Register([claim(1)])).run(once=True)
    await runner(settings, Register([claim(1)])).run(once=True)
    log = await log_of(settings, POSITION_TOPIC)
    assert [record.value for records in log.values() for record in records] == [b'{"at":1}']


def test_pauses_grow_and_a_success_makes_them_short_again() -> None:
    pause = Pause(longest=60, first=1)
    lengths = [pause.seconds() for _ in range(10)]
    assert all(low <= length <= high for length, low, high in zip(
        lengths, [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30], [1, 2, 4, 8, 16, 32, 60, 60, 60, 60],
        strict=True))  # fmt: skip
    pause.succeeded()
    assert pause.seconds() <= 1
