"""How many records a source has put into each partition: read back from the log itself.

A publisher that stops between sending records and the watermark that counts them leaves nothing
but the records. So each start finds the source's last watermark in each partition, reading
backwards in growing steps, and counts the source's records behind it. No count is kept elsewhere,
so none can disagree with the log.

Where a watermark counted a record that no worker will ever let in (it was dismissed), the source
would stay gapped. An operator has the whole log counted anew then, and no earlier watermark is
believed. What the log itself has lost cannot be seen that way, so it is never done unasked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.reading import read_between
from civicbus.domain.events import EARLIEST_TIME
from civicbus.registers.systems import System, publishers
from civicbus.settings import Settings
from civicbus.wire.guard import Guard
from civicbus.wire.peek import peek
from civicbus.wire.releases import claims_release
from civicbus.wire.schemas import Catalogue
from civicbus.wire.topics import watermark_key

FIRST_STEP = 2_000  # records; a source that gave its word 10 s ago is found at once
GROWTH = 8


class CutLogError(RuntimeError):
    """A topic no longer holds its beginning, so a source's records can no longer be counted."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a source has in one partition: records (watermarks apart), sequence, last word."""

    records: int = 0
    sequence: int = 0
    complete_through: datetime = EARLIEST_TIME

    def __add__(self, later: Count) -> Count:
        """This stretch of the log and the one behind it."""
        return Count(
            self.records + later.records,
            max(self.sequence, later.sequence),
            max(self.complete_through, later.complete_through),
        )


@dataclass(slots=True)
class _Stretch:
    """Understands one partition while it is read backwards, `[start, end)` after `[start, end)`.

    `counted` is what stands in the stretches behind this one, `here` what was read of this one.
    """

    first: int  # the oldest offset that the log still holds
    start: int
    end: int
    counted: Count = field(default_factory=Count)
    here: Count = field(default_factory=Count)
    found: bool = False
    step: int = FIRST_STEP

    @property
    def is_last(self) -> bool:
        """True if there is nothing older that could matter."""
        return self.found or self.start == self.first

    def older(self) -> _Stretch:
        """The next stretch to read, further back."""
        step = self.step * GROWTH
        return _Stretch(
            self.first, max(self.first, self.start - step), self.start,
            counted=self.here + self.counted, step=step,
        )  # fmt: skip


class Recount:
    """Understands what a log says of one source's records and watermarks.

    It counts what the guard lets in, as every reader does: what others have put into the topics
    under the source's name counts for nobody. Neither does what the bus's operators have replayed:
    the first record counts, even if a worker refused it then (`engine.marks`). `anew` counts from
    the beginning of the log, whatever earlier watermarks say.
    """

    def __init__(
        self, catalogue: Catalogue, system: System, settings: Settings, *, anew: bool = False
    ) -> None:
        self._source = system.source
        self._anew = anew
        self._watermark_key = watermark_key(system.source)
        self._guard = Guard(catalogue, publishers([system]), settings.environment, settings.guard)

    async def read(
        self, consumer: AIOKafkaConsumer, partitions: Collection[TopicPartition]
    ) -> dict[TopicPartition, Count]:
        """The count of each partition. The consumer is started, without a group, and ours alone.

        Raises:
            CutLogError: if a partition holds neither its beginning nor a watermark of the source,
                or not its beginning where all of it is to be counted.
        """
        firsts = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        stretches = {
            partition: _Stretch(
                firsts[partition],
                max(firsts[partition], ends[partition] - FIRST_STEP),
                ends[partition],
            )
            for partition in partitions
        }
        counts = {}
        while stretches:
            await self._read_stretches(consumer, stretches)
            for partition in [key for key, stretch in stretches.items() if stretch.is_last]:
                stretch = stretches.pop(partition)
                counts[partition] = stretch.here + stretch.counted
                if not stretch.found and stretch.first > 0:
                    raise CutLogError(self._cut(partition, stretch.first))
            stretches = {partition: stretch.older() for partition, stretch in stretches.items()}
        return counts

    def _cut(self, partition: TopicPartition, first: int) -> str:
        lacks = "is to be counted whole" if self._anew else f"holds no watermark of {self._source}"
        return (
            f"{partition.topic}: partition {partition.partition} begins at offset {first} and "
            f"{lacks}; person topics keep everything: set retention.ms=-1, and restore what was cut"
        )

    async def _read_stretches(
        self, consumer: AIOKafkaConsumer, stretches: dict[TopicPartition, _Stretch]
    ) -> None:
        starts = {partition: stretch.start for partition, stretch in stretches.items()}
        ends = {partition: stretch.end for partition, stretch in stretches.items()}
        async for partition, records in read_between(consumer, starts, ends):
            self._take(stretches[partition], partition.topic, records)

    def _take(self, stretch: _Stretch, topic: str, records: Iterable[Any]) -> None:
        ours = [record for record in records if self._is_ours(record)]
        judgement = self._guard.judge(topic, ours)
        after = 0
        for index, watermark in judgement.watermarks:
            said = Count(
                watermark.partition_records, watermark.sequence, watermark.complete_through
            )
            if self._anew:
                stretch.here += replace(said, records=0)
                continue
            after = index + 1
            stretch.found = True
            stretch.here = said
        sequences = [
            peek(record.value)[1]
            for record, source in zip(ours[after:], judgement.sources[after:], strict=True)
            if source is not None
        ]
        here = stretch.here
        stretch.here = replace(
            here,
            records=here.records + len(sequences),
            sequence=max([here.sequence, *sequences]),
        )

    def _is_ours(self, record: Any) -> bool:
        """True if the record could be the source's; spares the guard the records of all others."""
        if claims_release(record.headers):
            return False
        return record.key == self._watermark_key or peek(record.value)[0] == self._source
