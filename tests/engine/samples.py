"""Events and Kafka records for the engine's tests. All numbers are synthetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Literal

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import (
    Concerned,
    Death,
    Dismissal,
    Header,
    SourceWatermark,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import Role
from civicbus.wire.codec import Codec
from civicbus.wire.guard import Guard
from civicbus.wire.records import to_millis
from civicbus.wire.releases import Release, ReleaseSeal
from civicbus.wire.schemas import Catalogue, load_catalogue
from civicbus.wire.topics import watermark_key

SECRET = b"a secret of the tests"
SOURCE = "civil-registry"
TOPIC = "civic.death.v1"
PUBLISHERS = {SOURCE: frozenset({"birth", "death", "identity"})}
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SEAL = ReleaseSeal(b"a secret of the tests' operators")


@dataclass(frozen=True)
class Record:
    """A record as a consumer gives it."""

    offset: int
    key: bytes | None
    value: bytes | None
    topic: str = TOPIC
    partition: int = 0
    timestamp: int = to_millis(NOW)
    timestamp_type: int = 1
    headers: Sequence[tuple[str, bytes]] = field(default=())


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def codec() -> Codec:
    return Codec(catalogue())


def guard(
    mode: Literal["native", "fastavro"] = "native",
    publishers: Mapping[str, frozenset[str]] = PUBLISHERS,
) -> Guard:
    return Guard(catalogue(), publishers, "development", mode, SEAL)


def key_of(number: int) -> str:
    return person_key(Identifier("us-dc", str(number)), SECRET)


def death(number: int, *, day: date = date(2026, 5, 1), name: str = "a death") -> Death:
    person = Identifier("us-dc", str(number))
    return Death(
        Header(
            event_id=event_id(SOURCE, str(number), name),
            source=SOURCE,
            concerned=(Concerned(Role.DECEASED, (person,), person_key(person, SECRET)),),
            registered_at=datetime(2026, 5, 2, tzinfo=UTC),
            occurred=PartialDate.of(day),
        )
    )


def death_record(offset: int, number: int, *, partition: int = 0, **changes: Any) -> Record:
    value = codec().encode(death(number, **changes))
    return Record(offset, key_of(number).encode(), value, partition=partition)


def watermark_record(
    offset: int, partition_records: int, *, sequence: int = 1, through: datetime = NOW
) -> Record:
    watermark = SourceWatermark(SOURCE, through, sequence, partition_records)
    return Record(offset, watermark_key(SOURCE), codec().encode(watermark))


def released(record: Record, refused: int, attempt: int = 2) -> Record:
    """The record as an operator sends it, to end the mark of the one at the offset `refused`."""
    release = Release(refused, attempt)
    headers = SEAL.headers(record.topic, record.partition, record.key, record.value, release)
    return replace(record, headers=headers)


def dismissal_record(offset: int, refused: Record, attempt: int = 2) -> Record:
    value = codec().encode(Dismissal(refused.offset))
    return released(replace(refused, offset=offset, value=value), refused.offset, attempt)
