"""The refusals of a source: raised for rows that cannot be mapped, settled when that is over.

A refusal ends when the very same row, byte for byte, has been mapped without it: the mapping was
mended and the file read again. It ends too when a snapshot of the whole register that was taken
later no longer holds the row. Nothing else ends it: that another row of the same person can be read
says nothing about this one.

Which refusals are open stands in a topic of notes (`wire.row_notes`). A refusal is noted before
it is published, and noted as settled after its annulment was acknowledged; what a crash leaves
between is done once more, with the same bytes, and counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.reading import read_between
from civicbus.domain.events import EARLIEST_TIME, Annulment, Concerned, Header, Refusal, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role
from civicbus.wire.codec import Codec
from civicbus.wire.records import from_millis
from civicbus.wire.row_notes import RowNote, read_note

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OpenRefusal:
    """A refusal that nobody has settled, and when the bus took note of it."""

    note: RowNote
    event: Refusal
    noted_at: datetime


def refusal_of(source: str, family: str, person: Identifier, reason: str, row: str) -> Refusal:
    """The refusal of a row for one person; the same row and reason give the same event.

    The row's own time cannot be trusted; a refusal counts at whatever time is asked about.
    """
    header = Header(
        event_id(source, "refusal", family, str(person), reason, row),
        source,
        (Concerned(Role.PERSON, (person,)),),
        registered_at=EARLIEST_TIME,
    )
    return Refusal(header, reason)


def settlement_of(refusal: Refusal) -> Annulment:
    """What ends a refusal."""
    named = refusal.header.event_id
    header: Header = replace(
        refusal.header,
        event_id=event_id(refusal.header.source, "refusal settled", named),
        change=Change.CREATED,
        target_event_id=named,
    )
    return Annulment(header, AnnulmentReason.ROW_ACCEPTED)


class Refusals:
    """Understands which refusals of one source are open."""

    def __init__(self) -> None:
        self._open: dict[str, OpenRefusal] = {}
        self._by_row: defaultdict[str, set[str]] = defaultdict(set)
        self._settled: set[str] = set()
        self._rows_seen: set[str] = set()

    def take(self, note: RowNote, event: Refusal | None, noted_at: datetime) -> None:
        """Take in a note, in the order in which they stand in the topic."""
        if note.settled:
            self._settled.add(note.refusal)
            self._by_row[note.row].discard(note.refusal)
            self._open.pop(note.refusal, None)
        elif event is not None and note.refusal not in self._settled:
            self._open[note.refusal] = OpenRefusal(note, event, noted_at)
            self._by_row[note.row].add(note.refusal)

    def is_open(self, refusal: str) -> bool:
        """True if a refusal of this id stands."""
        return refusal in self._open

    def raised(self, event: Refusal) -> Refusal:
        """The event that stands for a refusal; a new one if that of before has been settled.

        Whatever time a mapping gave it: a refusal counts at all times.
        """
        first = event.header.event_id
        times, id_ = 0, first
        while id_ in self._settled:
            times += 1
            id_ = event_id(event.header.source, "refusal again", first, str(times))
        header: Header = replace(event.header, event_id=id_, registered_at=EARLIEST_TIME)
        return replace(event, header=header)

    def settled_by(self, row: str, still: Iterable[str]) -> list[OpenRefusal]:
        """What no longer holds of a row that has been mapped; `still` are refused all the same."""
        if row not in self._by_row:
            return []
        self._rows_seen.add(row)
        return [self._open[id_] for id_ in sorted(self._by_row[row] - set(still))]

    def gone(self, position: datetime) -> Iterator[OpenRefusal]:
        """What no row told of, of all that was noted before a whole register was written."""
        for found in list(self._open.values()):
            if found.note.row not in self._rows_seen and found.noted_at < position:
                yield found


async def read_refusals(
    consumer: AIOKafkaConsumer, partition: TopicPartition, source: str, codec: Codec
) -> Refusals:
    """The refusals of a source that the notes in a partition tell of.

    The consumer is started, without a group, and ours alone.
    """
    found = Refusals()
    starts = await consumer.beginning_offsets([partition])
    ends = await consumer.end_offsets([partition])
    async for _, records in read_between(consumer, starts, ends):
        for record in records:
            _take(found, record, source, codec)
    return found


def _take(found: Refusals, record: Any, source: str, codec: Codec) -> None:
    note = read_note(record.headers)
    if note is None or note.source != source:
        return
    event = None
    if not note.settled:
        try:
            event = codec.decode(record.value or b"")
        except Exception as error:  # noqa: BLE001 - whoever may write there may write anything
            log.warning("note_of_a_refusal_not_read", error=type(error).__name__)
            return
    if event is None or isinstance(event, Refusal):
        found.take(note, event, from_millis(record.timestamp))
