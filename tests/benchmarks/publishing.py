"""The population onto the bus: its source, its events packed, topics filled with it."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from civicbus.broker.topics import create_topics
from civicbus.connect.packing import Packed
from civicbus.connect.publisher import Publisher
from civicbus.domain.authority import Authority
from civicbus.domain.families import FAMILIES as ALL_FAMILIES
from civicbus.registers.systems import CsvInput, System
from civicbus.settings import Settings
from civicbus.wire.codec import Codec
from tests.benchmarks.population import BLOCK, FAMILIES, SOURCE, Made, block

FRESH_FOR = timedelta(days=3650)
SYSTEM = System(
    source=SOURCE,
    department="Benchmarks",
    title="A register of everything",
    legal_basis="none: nobody lives here",
    contact="tests/benchmarks",
    families=FAMILIES,
    input=CsvInput(",", "utf-8", ("id",)),
    authorities=tuple(
        Authority(SOURCE, family, frozenset({"cn-rid"}), FRESH_FOR) for family in FAMILIES
    ),
)
PUBLISHERS = {SOURCE: frozenset(FAMILIES)}

# The source's word says how many persons are on the bus, a second each: so a filling that was
# killed goes on where it was, and topics can be filled further.
NOBODY = datetime(2026, 3, 1, tzinfo=UTC)
BLOCKS_BETWEEN_WORDS = 20


@dataclass(frozen=True, slots=True)
class Filled:
    """What a filling published, and what encoding, counting and sending it took: seconds."""

    events: int
    records: int
    seconds: float
    processor: float


def keys_of(made: Made) -> tuple[bytes, ...]:
    """The person keys under which an event stands; nobody is concerned twice here."""
    concerned = made.plain["header"]["concerned"]
    return tuple(person["person_key"].encode() for person in concerned)


def packed(codec: Codec, events: Sequence[Made]) -> Iterator[Packed]:
    """The events ready to be sent, those of a type encoded together."""
    kinds: defaultdict[tuple[str, str], list[Made]] = defaultdict(list)
    for made in events:
        kinds[made.record, made.family].append(made)
    for (record, family), of_kind in kinds.items():
        topic = ALL_FAMILIES[family].topic
        values = codec.encode_plain(record, [made.plain for made in of_kind])
        for made, value in zip(of_kind, values, strict=True):
            yield Packed(topic, keys_of(made), value, made.plain["header"]["source_sequence"])


async def fill(settings: Settings, persons: int, told: Callable[[int], None]) -> Filled:
    """Bring so many persons onto the bus, less those that are there; in whole blocks.

    `told` hears how many persons are there.
    """
    await create_topics(settings)
    events = records = 0
    seconds = processor = 0.0
    async with Publisher(settings, SYSTEM) as publisher:
        there = max(0, round((publisher.complete_through - NOBODY).total_seconds()))
        for number in range(there // BLOCK, -(-persons // BLOCK)):
            made = block(number)
            started, worked = time.perf_counter(), time.process_time()
            ready = list(packed(publisher.packer.codec, made))
            await publisher.publish_block(ready)
            await asyncio.sleep(0)
            if number % BLOCKS_BETWEEN_WORDS == 0 or (number + 1) * BLOCK >= persons:
                await publisher.watermark(NOBODY + timedelta(seconds=(number + 1) * BLOCK))
            seconds += time.perf_counter() - started
            processor += time.process_time() - worked
            events += len(ready)
            records += sum(len(event.keys) for event in ready)
            told((number + 1) * BLOCK)
    return Filled(events, records, seconds, processor)
