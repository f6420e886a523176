"""The quarantine topic: where a refused record goes, byte for byte, with the reason.

The headers carry Kafka Connect's names (`DeadLetterQueueReporter`), so tools that know dead-letter
queues know these. The texts name reasons and fields; what a record said is in the record alone.

A record can unpack to many times what its topic allows a batch. Of such a one only the beginning
is kept, and its size is told: else the topic would refuse it, and the worker could not go on. The
whole of it still stands where the headers say that it came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer

from civicbus.broker.connection import client_options
from civicbus.settings import Settings
from civicbus.wire.topics import QUARANTINE_TOPIC

STAGE = "VALUE_CONVERTER"
# Together well below the 256 KiB that the topic allows a batch, even if nothing can be compressed.
LARGEST_VALUE = 128 * 1024
LARGEST_KEY = 32 * 1024
LARGEST_HEADERS = 32 * 1024


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record as it came, why it was refused, and in which words."""

    record: Any
    reason: str
    detail: str


def error_headers(refused: RefusedRecord) -> list[tuple[str, bytes]]:
    """The original headers and Kafka Connect's error headers."""
    record = refused.record
    told = {
        "__connect.errors.topic": record.topic,
        "__connect.errors.partition": record.partition,
        "__connect.errors.offset": record.offset,
        "__connect.errors.connector.name": "civicbus",
        "__connect.errors.task.id": record.partition,
        "__connect.errors.stage": STAGE,
        "__connect.errors.class.name": "civicbus.wire.guard.Guard",
        "__connect.errors.exception.class.name": f"civicbus.refused.{refused.reason}",
        "__connect.errors.exception.message": refused.detail,
        "x-original-topic": record.topic,
        "x-reason": refused.reason,
        "x-attempt": 1,
    }
    sizes = {
        "x-original-value-bytes": (len(record.value or b""), LARGEST_VALUE),
        "x-original-key-bytes": (len(record.key or b""), LARGEST_KEY),
        "x-original-headers-bytes": (_headers_bytes(record), LARGEST_HEADERS),
    }
    told |= {name: size for name, (size, largest) in sizes.items() if size > largest}
    kept = () if "x-original-headers-bytes" in told else record.headers
    return [*kept, *((name, str(value).encode()) for name, value in told.items())]


def beginning(data: bytes | None, largest: int) -> bytes | None:
    """As much of a key or value as is kept."""
    return None if data is None else data[:largest]


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
        assert self._producer is not None, "enter the context first"
        sent = [
            await self._producer.send(
                QUARANTINE_TOPIC,
                key=beginning(item.record.key, LARGEST_KEY),
                value=beginning(item.record.value, LARGEST_VALUE),
                partition=item.record.partition,
                headers=error_headers(item),
            )
            for item in refused
        ]
        for acknowledgement in sent:
            await acknowledgement
