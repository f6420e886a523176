"""What sources put on the bus, from a seed: events, repetitions, used ids, poison, watermarks.

Everything is invented. What should become of each record is noted as it is made, by whoever makes
it, and not read off the engine.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import (
    Concerned,
    Death,
    Event,
    Header,
    Registration,
    SourceWatermark,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import Role
from civicbus.wire.records import to_millis
from civicbus.wire.topics import partition_of, watermark_key
from tests.engine.samples import Record, codec
from tests.kafka.bus import SECRET

PARTITIONS = 2
SOURCES = ("civil-registry", "hospital")
TOPICS = {"death": "civic.death.v1", "identity": "civic.identity.v1"}
RECORDED: dict[str, tuple[type[Event], Role]] = {
    "death": (Death, Role.DECEASED),
    "identity": (Registration, Role.PERSON),
}
PUBLISHERS = {source: frozenset(TOPICS) for source in SOURCES}
PEOPLE = 10
START = datetime(2024, 6, 1, 12, tzinfo=UTC)


class Kind(StrEnum):
    """What a record is, as its maker knows."""

    EVENT = "event"
    POISON = "poison"
    WATERMARK = "watermark"


@dataclass(frozen=True)
class Made:
    """A record on the bus and what its maker knows of it."""

    record: Record
    kind: Kind
    source: str
    event_id: str | None = None
    word: int | None = None  # of a watermark: complete through, in milliseconds


Place = tuple[str, int]


@dataclass
class Log:
    """The topics: records by topic and partition, in order; offsets may have holes."""

    made: dict[Place, list[Made]] = field(default_factory=lambda: defaultdict(list))
    next_offset: dict[Place, int] = field(default_factory=lambda: defaultdict(int))

    def end(self, place: Place) -> int:
        """The offset of the next record."""
        return self.next_offset[place]

    def add(self, made: Made, topic: str, partition: int) -> None:
        """Put a record at the end."""
        place = (topic, partition)
        offset = self.next_offset[place]
        record = replace(made.record, topic=topic, partition=partition, offset=offset)
        self.made[place].append(replace(made, record=record))
        self.next_offset[place] = offset + 1

    def before(self, place: Place, end: int) -> list[Made]:
        """The records whose offset lies before one."""
        return [made for made in self.made[place] if made.record.offset < end]


@dataclass(frozen=True)
class Sent:
    """An event that a source has sent."""

    source: str
    family: str
    number: int
    event_id: str
    day: date = date(2024, 5, 1)

    def value(self) -> bytes:
        """The record's value; the same each time."""
        kind, role = RECORDED[self.family]
        person = Identifier("us-dc", str(self.number))
        header = Header(
            event_id=self.event_id,
            source=self.source,
            concerned=(Concerned(role, (person,), person_key(person, SECRET.encode())),),
            registered_at=datetime(2024, 5, 2, tzinfo=UTC),
            occurred=PartialDate.of(self.day),
        )
        return codec().encode(kind(header))


class Traffic:
    """Understands how a deployment's sources behave, the bad ones too."""

    def __init__(
        self, seed: int, log: Log, *, partitions: int = PARTITIONS, holes: bool = True
    ) -> None:
        self._random = random.Random(seed)
        self._log = log
        self._partitions = partitions
        self._holes = holes
        self._sent: list[Sent] = []
        self._records: dict[tuple[str, Place], int] = defaultdict(int)
        self._sequence: dict[str, int] = defaultdict(int)
        self._clock = START
        self._entry = 0

    def keys(self) -> list[str]:
        """The person keys of everybody."""
        return [key(number) for number in range(PEOPLE)]

    def put(self, records: int) -> None:
        """Put so many records on the bus, and now and then the sources' watermarks."""
        for _ in range(records):
            chosen = self._random.random()
            if chosen < 0.1:
                self.watermarks()
            elif chosen < 0.2:
                self._poison()
            elif chosen < 0.4 and self._sent:
                self._repeat(another=chosen < 0.25)
            else:
                self._event()
            if self._holes and self._random.random() < 0.05:
                self._hole()

    def watermarks(self) -> None:
        """Each source gives its word in every partition of every topic."""
        self._clock += timedelta(seconds=1)
        for source in SOURCES:
            self._sequence[source] += 1
            for topic in TOPICS.values():
                for partition in range(self._partitions):
                    counted = self._records[source, (topic, partition)]
                    said = SourceWatermark(source, self._clock, self._sequence[source], counted)
                    record = self._record(watermark_key(source), codec().encode(said))
                    made = Made(record, Kind.WATERMARK, source, word=to_millis(self._clock))
                    self._log.add(made, topic, partition)

    def _event(self) -> None:
        source, family = self._random.choice(SOURCES), self._random.choice(list(TOPICS))
        self._entry += 1
        sent = Sent(
            source, family, self._random.randrange(PEOPLE), event_id(source, str(self._entry), "")
        )
        self._sent.append(sent)
        self._add(sent)

    def _repeat(self, *, another: bool) -> None:
        """The same event once more, or another one under its id."""
        sent = self._random.choice(self._sent)
        self._add(replace(sent, day=date(2024, 4, 1)) if another else sent)

    def _poison(self) -> None:
        person = key(self._random.randrange(PEOPLE)).encode()
        topic = self._random.choice(list(TOPICS.values()))
        value = self._random.choice([None, b"", b"\0\0", bytes(40), b"\xff" * 30])
        made = Made(self._record(person, value), Kind.POISON, "")
        self._log.add(made, topic, partition_of(person, self._partitions))

    def _hole(self) -> None:
        """An offset that no record has, as after a transaction."""
        topic = self._random.choice(list(TOPICS.values()))
        self._log.next_offset[topic, self._random.randrange(self._partitions)] += 1

    def _add(self, sent: Sent) -> None:
        person, topic = key(sent.number).encode(), TOPICS[sent.family]
        partition = partition_of(person, self._partitions)
        self._records[sent.source, (topic, partition)] += 1
        record = self._record(person, sent.value())
        self._log.add(Made(record, Kind.EVENT, sent.source, sent.event_id), topic, partition)

    def _record(self, record_key: bytes, value: bytes | None) -> Record:
        return Record(0, record_key, value, timestamp=to_millis(self._clock))


def key(number: int) -> str:
    """The person key of one of the people."""
    return person_key(Identifier("us-dc", str(number)), SECRET.encode())
