"""A department that publishes deaths at a steady rate, in a process of its own.

`python -m tests.benchmarks.announcing BROKER PERSONS RATE SECONDS SKIPPED` connects, says a line,
waits for a line, and publishes with the product's own publisher. For each death it says a line just
before it hands the event over: the moment (the machine's monotonic clock), the event's id, the
person. So many persons are `SKIPPED`, who died in an earlier run.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from civicbus.connect.publisher import Publisher
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Concerned, Death, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role
from civicbus.settings import load_settings
from tests.benchmarks.population import BLOCK, SECRET, SOURCE, block
from tests.benchmarks.publishing import SYSTEM

WATERMARK_EVERY = 10.0  # seconds


def living(persons: int) -> Iterator[Identifier]:
    """Those of the population of whom no death is on the bus."""
    for number in range(-(-persons // BLOCK)):
        events = block(number)
        dead = {_number(made.plain) for made in events if made.record == "Death"}
        for made in events:
            if made.record == "Birth" and _number(made.plain) not in dead:
                yield Identifier("cn-rid", _number(made.plain))


def _number(event: dict[str, object]) -> str:
    header: dict[str, list[dict[str, list[dict[str, str]]]]] = event["header"]  # type: ignore[assignment]
    return header["concerned"][0]["identifiers"][0]["value"]


def death_of(person: Identifier) -> Death:
    """A death of yesterday, registered now."""
    now = datetime.now(UTC)
    return Death(
        Header(
            event_id=event_id(SOURCE, "latency", person.value),
            source=SOURCE,
            concerned=(Concerned(Role.DECEASED, (person,)),),
            registered_at=now,
            occurred=PartialDate.of((now - timedelta(days=1)).date()),
        ),
        person.value[:6],
        "CN",
    )


async def announce(broker: str, persons: int, rate: float, seconds: float, skipped: int) -> None:
    # Before it begins: to make a thousand of them takes as long as some hundred events.
    people = list(itertools.islice(living(persons), skipped, skipped + round(rate * seconds)))
    settings = load_settings(broker=broker, secret=SECRET.decode())
    async with Publisher(settings, SYSTEM) as publisher:
        print("connected", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        word = asyncio.create_task(
            publisher.heartbeat(WATERMARK_EVERY, lambda: datetime.now(UTC) - timedelta(seconds=1))
        )
        begun = time.monotonic()
        for number, one in enumerate(people):
            await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
            event = death_of(one)
            (person,) = event.header.concerned
            told = f"{time.monotonic()} {event.header.event_id} {person.identifiers[0]}"
            await publisher.publish(event)
            print(told, flush=True)
        word.cancel()


if __name__ == "__main__":
    broker, persons, rate, seconds, skipped = sys.argv[1:]
    asyncio.run(announce(broker, int(persons), float(rate), float(seconds), int(skipped)))
