"""The quarantine topic: where a refused record goes, byte for byte, with the reason.

What is done about it later is told there too, in records that have headers only (`Outcome`); `held`
reads all of it back.

The headers carry Kafka Connect's names (`DeadLetterQueueReporter`), so tools that know dead-letter
queues know these. The texts name reasons and fields; what a record said is in the record alone.

A record can unpack to many times what its topic allows a batch. Of such a one only the beginning
is kept, and its size is told: else the topic would refuse it, and the worker could not go on. The
whole of it still stands where the headers say that it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer

from civicbus.broker.connection import client_options
from civicbus.settings import Settings
from civicbus.wire.releases import Release
from civicbus.wire.topics import PERSON_TOPICS, QUARANTINE_TOPIC

STAGE = "VALUE_CONVERTER"
# Together well below the 256 KiB that the topic allows a batch, even if nothing can be compressed.
LARGEST_VALUE = 128 * 1024
LARGEST_KEY = 32 * 1024
LARGEST_HEADERS = 32 * 1024


# The first of the headers that the bus adds. What stands before the last one of this name is the
# record's own, whatever its publisher called it.
FIRST_HEADER = "__connect.errors.topic"

# The client refuses to send a record that has neither key nor value, as tombstones may have.
NO_BYTES = "x-original-value-none"

PLACE = re.compile("([a-z0-9.]+)/([0-9]{1,9})/([0-9]{1,18})")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a refused record stands: written `civic.death.v1/3/1042`."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that is written so.

        Raises:
            ValueError: if it is not the place of a record in one of the person topics.
        """
        written = PLACE.fullmatch(text)
        if written is None or written[1] not in PERSON_TOPICS:
            raise ValueError(
                "write a place as civic.death.v1/3/1042: a person topic, partition, offset"
            )
        return cls(written[1], int(written[2]), int(written[3]))


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record as it came, why it was refused, and in which words.

    `release` is what it was to release, if an operator had signed it. If it `repeats` a record that
    is marked, the place of that one stands for both.
    """

    record: Any
    reason: str
    detail: str
    release: Release | None = None
    repeats: bool = False

    @property
    def place(self) -> Place:
        """Where the record stands that was refused in the first place."""
        offset = self.record.offset
        if self.release is not None and self.repeats:
            offset = self.release.offset
        return Place(self.record.topic, self.record.partition, offset)


class Settled(StrEnum):
    """What was done about a refused record."""

    REPLAYED = "replayed"
    REFUSED_AGAIN = "refused_again"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: why it was `refused_again`, or `by` whom it was `dismissed`."""

    place: Place
    settled: Settled
    attempt: int
    reason: str = ""
    detail: str = ""
    by: str = ""


def error_headers(refused: RefusedRecord) -> list[tuple[str, bytes]]:
    """The original headers and Kafka Connect's error headers."""
    record = refused.record
    told = {
        FIRST_HEADER: record.topic,
        "__connect.errors.partition": record.partition,
        "__connect.errors.offset": record.offset,
        "__connect.errors.connector.name": "civicbus",
        "__connect.errors.task.id": record.partition,
        "__connect.errors.stage": STAGE,
        "__connect.errors.class.name": "civicbus.wire.guard.Guard",
        "__connect.errors.exception.class.name": f"civicbus.refused.{refused.reason}",
        "__connect.errors.exception.message": refused.detail,
        "x-reason": refused.reason,
        "x-attempt": 1 if refused.release is None else refused.release.attempt,
        "x-original-timestamp": record.timestamp,
        **_place_headers(refused.place),
    }
    sizes = {
        "x-original-value-bytes": (len(record.value or b""), LARGEST_VALUE),
        "x-original-key-bytes": (len(record.key or b""), LARGEST_KEY),
        "x-original-headers-bytes": (_headers_bytes(record), LARGEST_HEADERS),
    }
    told |= {name: size for name, (size, largest) in sizes.items() if size > largest}
    if _has_no_bytes(record):
        told[NO_BYTES] = "true"
    dropped = "x-original-headers-bytes" in told or refused.release is not None
    return [*(() if dropped else record.headers), *_encoded(told)]


def outcome_headers(outcome: Outcome) -> list[tuple[str, bytes]]:
    """What is told of an attempt at a refused record."""
    told = {
        "x-outcome": outcome.settled.value,
        "x-attempt": outcome.attempt,
        "x-reason": outcome.reason,
        "x-detail": outcome.detail,
        "x-by": outcome.by,
        **_place_headers(outcome.place),
    }
    return _encoded(told)


def _place_headers(place: Place) -> dict[str, Any]:
    return {
        "x-original-topic": place.topic,
        "x-original-partition": place.partition,
        "x-original-offset": place.offset,
    }


def _encoded(told: dict[str, Any]) -> list[tuple[str, bytes]]:
    return [(name, str(value).encode()) for name, value in told.items()]


def beginning(data: bytes | None, largest: int) -> bytes | None:
    """As much of a key or value as is kept."""
    return None if data is None else data[:largest]


def _has_no_bytes(record: Any) -> bool:
    return record.key is None and record.value is None


def _headers_bytes(record: Any) -> int:
    return sum(len(name.encode()) + len(value or b"") for name, value in record.headers)


class Quarantine:
    """Understands how to put a record away durably; what it returns from is on the broker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        self._producer = AIOKafkaProducer(
            **client_options(self._settings),
            enable_idempotence=True,
            acks="all",
        )
        await self._producer.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._producer is not None:
            await self._producer.stop()

    async def put_away(self, refused: Iterable[RefusedRecord]) -> None:
        """Write refused records to the quarantine topic and wait for every acknowledgement.

        Raises:
            KafkaError: if one was not acknowledged; some of them may be written then.
        """
        await self.send(
            {
                "topic": QUARANTINE_TOPIC,
                "key": beginning(item.record.key, LARGEST_KEY),
                "value": b""
                if _has_no_bytes(item.record)
                else beginning(item.record.value, LARGEST_VALUE),
                "partition": item.record.partition,
                "headers": error_headers(item),
            }
            for item in refused
        )

    async def tell(self, outcomes: Iterable[Outcome]) -> None:
        """Write what came of refused records, and wait for every acknowledgement.

        Raises:
            KafkaError: as `put_away`.
        """
        await self.send(
            {
                "topic": QUARANTINE_TOPIC,
                "value": b"",
                "partition": outcome.place.partition,
                "headers": outcome_headers(outcome),
            }
            for outcome in outcomes
        )

    async def send(self, records: Iterable[dict[str, Any]]) -> None:
        """Write records, each as aiokafka's `send` takes it, and wait for every acknowledgement.

        Raises:
            KafkaError: as `put_away`.
        """
        assert self._producer is not None, "enter the context first"
        sent = [await self._producer.send(**record) for record in records]
        for acknowledgement in sent:
            await acknowledgement
