"""What is in quarantine: each refused record once, and what was done about it; refused rows.

The topics are the only truth. A record may stand in one several times: every group of workers puts
it away by itself, and so does a store that is built anew. Its place in its own topic is its
identity.

Rule 1: attempts are numbered; the first is the record's own arrival. Rule 2: what a worker refused
in an attempt stands above the word that the attempt went well, whichever was written first.
Rule 3: what others have put into the topic is counted and left alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.connection import BrokerError, consumer_options
from civicbus.broker.reading import read_between
from civicbus.broker.topics import list_topics
from civicbus.engine.quarantine import FIRST_HEADER, NO_BYTES, Place, Settled
from civicbus.settings import Settings
from civicbus.wire.row_notes import RowNote, read_note
from civicbus.wire.topics import PERSON_TOPICS, QUARANTINE_TOPIC, REFUSED_ROW_TOPIC

Progress = Callable[[int, int], None]


class State(StrEnum):
    """Where a refused record stands: `open` marks a dossier, the others no longer do."""

    OPEN = "open"
    REPLAYED = "replayed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Original:
    """A refused record as it first came; `timestamp` is the bus's own then, in milliseconds.

    `cut` means that it was too large to be kept whole.
    """

    place: Place
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    timestamp: int
    cut: bool

    @property
    def partition(self) -> int:
        """The partition in which it stands, as the guard asks for it."""
        return self.place.partition


@dataclass(slots=True)
class Held:
    """A refused record: why, since when (milliseconds since 1970), and what was done about it.

    `attempts` counts what was tried with it, its arrival included. `reason` and `detail` are those
    of the last refusal; `by` and `because` tell who dismissed it and why. `kept_at` is the offset
    in the quarantine topic of the copy of the first attempt that is there.
    """

    place: Place
    refused_at: int
    kept_at: int
    kept_attempt: int
    attempts: int = 0
    reason: str = ""
    detail: str = ""
    refused_attempt: int = 0
    replayed_attempt: int = 0
    dismissed_attempt: int = 0
    by: str = ""
    because: str = ""

    @property
    def state(self) -> State:
        """What holds now."""
        if self.replayed_attempt > self.refused_attempt:
            return State.REPLAYED
        if self.dismissed_attempt > self.refused_attempt:
            return State.DISMISSED
        return State.OPEN


@dataclass(slots=True)
class Holdings:
    """Every refused record by place; `foreign` counts records that the bus has not written.

    `rows` are the notes of rows that connectors refused and have not settled, by the refusal's id.
    """

    held: dict[Place, Held] = field(default_factory=dict)
    rows: dict[str, RowNote] = field(default_factory=dict)
    foreign: int = 0

    def take(self, record: Any) -> None:
        """Take in the next record of a partition of the quarantine topic."""
        told = _told(record.headers)
        try:
            place = _place(told, record.partition)
            attempt = int(told["x-attempt"])
            if "x-outcome" in told:
                self._settle(self.held[place], Settled(told["x-outcome"]), attempt, told)
            else:
                self._refuse(place, attempt, int(told["x-original-timestamp"]), told, record.offset)
        except (KeyError, ValueError):
            self.foreign += 1

    def take_note(self, record: Any) -> None:
        """Take in the next record of a partition of the notes about refused rows."""
        note = read_note(record.headers)
        if note is None:
            self.foreign += 1
        elif note.settled:
            self.rows.pop(note.refusal, None)
        else:
            self.rows[note.refusal] = note

    def _refuse(
        self, place: Place, attempt: int, timestamp: int, told: dict[str, str], offset: int
    ) -> None:
        reason, detail = told["x-reason"], told["__connect.errors.exception.message"]
        held = self.held.get(place)
        if held is None:
            held = self.held[place] = Held(place, timestamp, offset, attempt)
        elif attempt < held.kept_attempt:
            held.refused_at, held.kept_at, held.kept_attempt = timestamp, offset, attempt
        _refused(held, attempt, reason, detail)

    @staticmethod
    def _settle(held: Held, settled: Settled, attempt: int, told: dict[str, str]) -> None:
        held.attempts = max(held.attempts, attempt)
        match settled:
            case Settled.REPLAYED:
                held.replayed_attempt = max(held.replayed_attempt, attempt)
            case Settled.REFUSED_AGAIN:
                _refused(held, attempt, told["x-reason"], told["x-detail"])
            case Settled.DISMISSED:
                held.dismissed_attempt = max(held.dismissed_attempt, attempt)
                held.by, held.because = told["x-by"], told["x-detail"]


def _refused(held: Held, attempt: int, reason: str, detail: str) -> None:
    held.attempts = max(held.attempts, attempt)
    if attempt > held.refused_attempt:
        held.refused_attempt, held.reason, held.detail = attempt, reason, detail


async def read_holdings(settings: Settings, progress: Progress) -> Holdings:
    """Read what is in quarantine. `progress` is told records read, and of how many.

    Raises:
        BrokerError: if a topic does not exist, or no broker is configured.
        KafkaError: if the broker fails.
    """
    holdings = Holdings()
    take = {QUARANTINE_TOPIC: holdings.take, REFUSED_ROW_TOPIC: holdings.take_note}
    async with _reader(settings, *take) as reader:
        ends = await reader.end_offsets(reader.assignment())
        starts = await reader.beginning_offsets(reader.assignment())
        read, total = 0, sum(ends.values()) - sum(starts.values())
        async for partition, records in read_between(reader, starts, ends):
            for record in records:
                take[partition.topic](record)
            read += len(records)
            progress(read, total)
    return holdings


async def read_originals(
    settings: Settings, wanted: Collection[Held]
) -> AsyncIterator[list[tuple[Held, Original]]]:
    """The records themselves, a batch at a time, in the order in which they were put away.

    Raises:
        BrokerError, KafkaError: as `read_holdings`.
    """
    by_copy = {(held.place.partition, held.kept_at): held for held in wanted}
    if not by_copy:
        return
    starts: dict[TopicPartition, int] = {}
    ends: dict[TopicPartition, int] = {}
    for number, offset in by_copy:
        partition = TopicPartition(QUARANTINE_TOPIC, number)
        starts[partition] = min(offset, starts.get(partition, offset))
        ends[partition] = max(offset + 1, ends.get(partition, 0))
    async with _reader(settings, QUARANTINE_TOPIC) as reader:
        async for _, records in read_between(reader, starts, ends):
            found = [
                (held, _original(held, record))
                for record in records
                if (held := by_copy.get((record.partition, record.offset))) is not None
            ]
            if found:
                yield found


@asynccontextmanager
async def _reader(settings: Settings, *topics: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of some topics, whole."""
    present = await list_topics(settings)
    for topic in topics:
        if topic not in present:
            raise BrokerError(f"no topic {topic}; run `civicbus topics create`")
    async with AIOKafkaConsumer(**consumer_options(settings)) as consumer:
        consumer.assign(
            [TopicPartition(topic, number) for topic in topics for number in range(present[topic])]
        )
        yield consumer


def _original(held: Held, record: Any) -> Original:
    told = _told(record.headers)
    cut = any(f"x-original-{part}-bytes" in told for part in ("key", "value", "headers"))
    own = record.headers[: _first(record.headers)]
    value = None if NO_BYTES in told else record.value
    return Original(held.place, record.key, value, own, int(told["x-original-timestamp"]), cut)


def _told(headers: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """What the bus has added to a record's own headers."""
    added: Iterable[tuple[str, bytes]] = headers[_first(headers) :]
    return {name: (value or b"").decode(errors="replace") for name, value in added}


def _first(headers: Sequence[tuple[str, bytes]]) -> int:
    """Where the bus's headers begin; an outcome has no others."""
    places = (at for at, (name, _) in reversed(list(enumerate(headers))) if name == FIRST_HEADER)
    return next(places, 0)


def _place(told: dict[str, str], partition: int) -> Place:
    place = Place(
        told["x-original-topic"],
        int(told["x-original-partition"]),
        int(told["x-original-offset"]),
    )
    if place.topic not in PERSON_TOPICS or place.partition != partition or place.offset < 0:
        raise ValueError("no place of a record")
    return place
