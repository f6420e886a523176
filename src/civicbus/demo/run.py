"""The demonstration from start to end: a city, its departments, the bus, and the stories."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from rich.progress import Progress

from civicbus.demo.cast import NobodyError
from civicbus.demo.departments import Department, file_department
from civicbus.demo.journals import Journal
from civicbus.demo.offices import write_journals
from civicbus.demo.outboxes import outbox_department
from civicbus.demo.processes import (
    NotStartedError,
    Worker,
    own_broker,
    own_database,
    own_folder,
    own_worker,
    wait_until_ready,
)
from civicbus.demo.requester import Requester, UnexpectedAnswerError
from civicbus.demo.scene import Scene
from civicbus.demo.show import Show
from civicbus.demo.society import Society, found_society
from civicbus.demo.stories import STORIES
from civicbus.settings import Settings

CAUGHT_UP_WITHIN = 60.0  # seconds
BUILTIN_SEED = 1
SEEDS = 10_000


async def demonstrate(
    settings: Settings, show: Show, people: int, seed: int | None, *, keep: bool
) -> None:
    """Play the whole demonstration; with `keep`, leave it running until a signal ends it.

    Raises:
        ValueError: for a number of people out of bounds.
        BrokerError, PublishError, ConfigurationError: if the bus cannot be used.
        NotStartedError: if the worker does not start or does not keep up.
        UnexpectedAnswerError: naming the story whose answer was not the expected one.
    """
    started = time.monotonic()
    if seed is None:
        # On a broker that remembers, a city of its own each time: nobody is born there twice.
        seed = BUILTIN_SEED if settings.broker is None else int(time.time()) % SEEDS
    with own_folder(settings) as folder, own_broker(settings) as joined:
        async with (
            own_worker(joined, folder) as worker,
            own_database(settings) as database,
            AsyncExitStack() as stack,
        ):
            http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=10))
            society, journals = build_city(people, seed, folder)
            show.line(
                f"A city of {people:,} people who cannot exist. Its departments publish from "
                f"{'files' if database is None else 'outboxes in PostgreSQL'}:"
            )
            opening = (department(joined, journal, database) for journal in journals.values())
            opened = await asyncio.gather(*map(stack.enter_async_context, opening))
            departments = dict(zip(journals, opened, strict=True))
            await publish_all(departments, show)
            await wait_until_ready(worker, http)
            for one in departments.values():
                one.speak()
            await wait_until_caught_up(worker, departments, http)
            scene = Scene(show, Requester(http, worker.api), departments, society)
            await play(scene)
            show.line(f"\nAll as expected, in {time.monotonic() - started:.0f} s.", "bold green")
            if keep:
                await keep_running(worker, scene)


def department(
    settings: Settings, journal: Journal, database: str | None
) -> AbstractAsyncContextManager[Department]:
    """A department on a PostgreSQL server, or with files where there is none."""
    if database is None:
        return file_department(settings, journal)
    return outbox_department(settings, journal, database)


def build_city(people: int, seed: int, folder: Path) -> tuple[Society, dict[str, Journal]]:
    """The city and its departments' journals; the same for the same seed and day."""
    society = found_society(people, seed, datetime.now(UTC).date())
    return society, write_journals(society, folder, seed)


async def publish_all(departments: Mapping[str, Department], show: Show) -> None:
    """Every department publishes its journal, all at once, while bars show it."""
    started = time.monotonic()
    with show.progress() as bars:
        events = await asyncio.gather(*(_publish(one, bars) for one in departments.values()))
    seconds = time.monotonic() - started
    if not show.console.is_terminal:
        for one, count in zip(departments.values(), events, strict=True):
            show.line(f"{one.source:<22} {count:>7,} events")
    show.line(f"{sum(events):,} events in {seconds:.1f} s: {sum(events) / seconds:,.0f} a second\n")


async def _publish(one: Department, bars: Progress) -> int:
    bar = bars.add_task(one.source, total=one.entries, rate="")
    started = time.monotonic()

    def show_progress(events: int) -> None:
        rate = events / (time.monotonic() - started)
        bars.update(bar, completed=events, rate=f"{rate:,.0f}/s")

    delivery = await one.publish(show_progress)
    show_progress(delivery.events)
    return delivery.events


async def wait_until_caught_up(
    worker: Worker, departments: Mapping[str, Department], http: httpx.AsyncClient
) -> None:
    """Return when the worker has read the word of every department in every partition.

    The word stands behind the events, so nothing published before this call is then missing.

    Raises:
        NotStartedError: if the worker ends, or does not get there in time.
    """
    called = datetime.now(UTC)
    sources = {one.source for one in departments.values()}
    deadline = time.monotonic() + CAUGHT_UP_WITHIN
    while time.monotonic() < deadline:
        worker.check_runs()
        heard = (await http.get(f"{worker.status}/status.json")).json()["sources"]
        behind = sources - {word["source"] for word in heard}
        behind |= {word["source"] for word in heard if not _has_heard(word, called)}
        if not behind & sources:
            return
        await asyncio.sleep(0.1)
    raise NotStartedError(
        f"after {CAUGHT_UP_WITHIN:.0f} s the worker has not read all that was published; "
        f"{worker.last_words()}"
    )


def _has_heard(word: Mapping[str, Any], since: datetime) -> bool:
    through = word["complete_through"]
    everywhere = word["heard_in"] == word["partitions"]
    return everywhere and through is not None and datetime.fromisoformat(through) >= since


async def play(scene: Scene) -> None:
    """Tell every story, but for those that so small a city has nobody for.

    Raises:
        UnexpectedAnswerError: naming the story whose answer was not the expected one.
    """
    for number, (title, story) in enumerate(STORIES, 1):
        try:
            with scene.show.story(number, title):
                await story(scene)
        except UnexpectedAnswerError as error:
            raise UnexpectedAnswerError(f"story {number} ({title}): {error}") from error
        except NobodyError as error:
            scene.show.line(f"\n{number}  {title}: left out, {error}")


async def keep_running(worker: Worker, scene: Scene) -> None:
    """Show where everything is, until a signal comes."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    scene.show.line(f"\nAPI          {worker.api}/openapi.json")
    scene.show.line(f"status page  {worker.status}/")
    scene.show.line(f"ask          {example(worker, scene)}")
    scene.show.line("Ctrl-C stops everything.")
    await stopped.wait()


def example(worker: Worker, scene: Scene) -> str:
    """A question that can be pasted into a shell."""
    return f"civicbus prove alive --person {scene.cast.pensioner.identifier} --api {worker.api}"
