"""A topic full of real events, made quickly: a few thousand are encoded, the rest are re-keyed.

Person keys and event ids have fixed lengths, so a new person or event is a replacement of bytes.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Basis, Birth, Concerned, Death, Event, Header, Union, event_id
from civicbus.domain.identifiers import Identifier, cn_rid
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import BasisKind, Role, Sex, UnionKind
from civicbus.wire.codec import Codec
from civicbus.wire.schemas import load_catalogue

BATCH_BYTES = 128 * 1024  # well below what the topics allow
SOURCE = "benchmark-registry"
TEMPLATES = 500
FIRST_DAY = date(1950, 1, 1)
SECRET = b"benchmark"


def records(
    topic: str, count: int, *, source: str = SOURCE, seed: int = 1
) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of each record, the same for the same seed."""
    chance = random.Random(seed)
    codec = Codec(load_catalogue())
    make = MAKERS[topic]
    templates = []
    for number in range(TEMPLATES):
        event = make(chance, number, source)
        templates.append((codec.encode(event), event.header.event_id.encode(), _keys(event)))
    for number in range(count):
        value, old_id, keys = templates[number % TEMPLATES]
        value = value.replace(old_id, str(uuid.UUID(int=chance.getrandbits(128))).encode())
        for key in keys:
            new = _key(chance.randrange(count // 5 + 1))
            value = value.replace(key, new)
        yield new, value


def publish(broker: str, topic: str, count: int, *, source: str = SOURCE) -> int:
    """Fill a topic; returns the mean size of a value in bytes."""
    producer = Producer(
        {
            "bootstrap.servers": broker,
            "partitioner": "murmur2_random",
            "compression.type": "lz4",
            "linger.ms": 20,
            "batch.size": BATCH_BYTES,
            "queue.buffering.max.messages": 200_000,
        }
    )
    size = 0
    for key, value in records(topic, count, source=source):
        size += len(value)
        while True:
            try:
                producer.produce(topic, key=key, value=value, on_delivery=_delivered)
                break
            except BufferError:
                producer.poll(0.1)
    producer.flush(60)
    return size // count


def _delivered(error: KafkaError | None, _: Message) -> None:
    if error is not None:
        raise KafkaException(error)


def _key(number: int) -> bytes:
    return person_key(Identifier("cn-rid", str(number)), SECRET).encode()


def _keys(event: Event) -> list[bytes]:
    return [key.encode() for key in event.header.keys()]  # noqa: SIM118 - not a dict


def _header(chance: random.Random, number: int, source: str, roles: tuple[Role, ...]) -> Header:
    day = FIRST_DAY + timedelta(days=chance.randrange(27_000))
    registered = day + timedelta(days=chance.randrange(1, 20))
    return Header(
        event_id=event_id(source, str(number)),
        source=source,
        source_sequence=number,
        concerned=tuple(_person(chance, role) for role in roles),
        registered_at=datetime(registered.year, registered.month, registered.day, 9, tzinfo=UTC),
        occurred=PartialDate.of(day),
        basis=Basis(BasisKind.DEED, f"2A{chance.randrange(10**6):06d}", "0518"),
    )


def _person(chance: random.Random, role: Role) -> Concerned:
    birth = FIRST_DAY + timedelta(days=chance.randrange(27_000))
    digits = (
        f"110101{birth.year:04d}{birth.month + 80:02d}{birth.day:02d}{chance.randrange(1000):03d}"
    )
    identifier = Identifier("cn-rid", digits + cn_rid.check_character(digits))
    return Concerned(role, (identifier,), person_key(identifier, SECRET))


def _birth(chance: random.Random, number: int, source: str) -> Birth:
    roles = (Role.MOTHER, Role.FATHER, Role.CHILD)
    return Birth(
        _header(chance, number, source, roles),
        chance.choice([Sex.MALE, Sex.FEMALE]),
        "110101",
        "CN",
    )


def _death(chance: random.Random, number: int, source: str) -> Death:
    return Death(
        _header(chance, number, source, (Role.DECEASED,)), "110101", "CN", chance.randrange(100)
    )


def _union(chance: random.Random, number: int, source: str) -> Union:
    header = _header(chance, number, source, (Role.PARTNER, Role.PARTNER))
    return Union(header, UnionKind.MARRIAGE)


MAKERS: dict[str, Callable[[random.Random, int, str], Event]] = {
    "civic.birth.v1": _birth,
    "civic.death.v1": _death,
    "civic.union.v1": _union,
}
