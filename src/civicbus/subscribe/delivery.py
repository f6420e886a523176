"""What a subscriber is handed, and which records of a block are worth handing on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from civicbus.domain.events import Event
from civicbus.domain.families import FAMILIES
from civicbus.domain.vocabulary import Cause
from civicbus.wire.codec import Codec
from civicbus.wire.guard import Guard
from civicbus.wire.judgement import Judgement
from civicbus.wire.records import from_millis
from civicbus.wire.schemas import Catalogue
from civicbus.wire.topics import PERSON_TOPICS

BULK = frozenset({Cause.BULK, Cause.MIGRATION})
IDS_REMEMBERED = 100_000  # of each partition


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event, the family in whose topic it stands, and its record there.

    `key` is the person key of the record; `recorded_at` is the bus's own time.
    """

    event: Event
    family: str
    key: str
    partition: int
    offset: int
    recorded_at: datetime

    @property
    def is_bulk(self) -> bool:
        """True if it came of a load or a migration, and not of something that has just happened."""
        return self.event.header.cause in BULK


class Anybody(dict[str, frozenset[str]]):
    """Every source may publish in every topic: for a reader to whom nobody has told who may.

    The broker's own access lists decide then.
    """

    def __init__(self) -> None:
        super().__init__()
        self._all = frozenset(FAMILIES)

    def __missing__(self, source: str) -> frozenset[str]:
        return self._all

    def get(self, _source: str, _default: Any = None) -> Any:
        """All families, whoever it is."""
        return self._all


class Reader:
    """Understands which records are events that a subscriber has not had yet.

    An event stands once under each person concerned, in as many partitions. The record under the
    first of their keys counts, so that readers who share the work need not ask one another. One
    that comes a second time is left out while its id is among the last 100,000 of its partition.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        environment: str,
        publishers: Mapping[str, frozenset[str]] | None,
        *,
        each_person: bool = False,
    ) -> None:
        self._codec = Codec(catalogue)
        self._guard = Guard(catalogue, Anybody() if publishers is None else publishers, environment)
        self._each_person = each_person
        self._had: dict[tuple[str, int], OrderedDict[str, None]] = {}

    def judge(self, topic: str, records: Sequence[Any]) -> Judgement:
        """What the guard says of records of one partition."""
        return self._guard.judge(topic, records)

    def read(self, topic: str, records: Sequence[Any], judgement: Judgement) -> Iterator[Delivery]:
        """The events among judged records."""
        family = PERSON_TOPICS[topic].name
        for record, event_id in zip(records, judgement.event_ids, strict=True):
            if event_id is None:
                continue
            event = self._codec.decode_accepted(record.value)
            assert isinstance(event, Event)
            key = record.key.decode()
            recorded_at = from_millis(record.timestamp)
            yield Delivery(event, family, key, record.partition, record.offset, recorded_at)

    def is_new(self, topic: str, delivery: Delivery) -> bool:
        """Whether the subscriber has not had an event yet; asked once of each, in their order."""
        header = delivery.event.header
        if self._each_person:
            return self._note(topic, delivery, header.event_id + delivery.key)
        return delivery.key == header.keys()[0] and self._note(topic, delivery, header.event_id)

    def _note(self, topic: str, delivery: Delivery, what: str) -> bool:
        had = self._had.setdefault((topic, delivery.partition), OrderedDict())
        is_new = what not in had
        had[what] = None
        had.move_to_end(what)
        if len(had) > IDS_REMEMBERED:
            had.popitem(last=False)
        return is_new
