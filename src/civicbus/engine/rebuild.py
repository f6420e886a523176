"""One partition's store made anew from the topics, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from civicbus.broker.connection import consumer_options
from civicbus.broker.reading import read_between
from civicbus.engine.app import BLOCK_RECORDS, fetch_bytes
from civicbus.engine.indexer import Indexer
from civicbus.engine.judging import Judges, Judging
from civicbus.engine.probe import Probe
from civicbus.engine.quarantine import RefusedRecord
from civicbus.engine.store import DossierStore
from civicbus.engine.transport import Block
from civicbus.settings import Settings

SILENCE = 30.0  # seconds; then a broker that gives nothing more counts as gone


class RebuildError(RuntimeError):
    """The topics do not give what a store is to be made from; the text says what and the remedy."""


class _PutAwayBefore:
    """What is refused stands in the quarantine topic since it was refused the first time."""

    async def put_away(self, refused: Sequence[RefusedRecord]) -> None:
        """Nothing is written a second time."""


async def rebuild(
    settings: Settings,
    guard: Judges,
    store: DossierStore,
    partition: int,
    ends: Mapping[str, int],
    advance: Callable[[int], None],
) -> None:
    """Fill the store of a partition from every topic, up to the offset that `ends` gives it.

    `advance` is told how many records have been read since it was told last.

    Raises:
        RebuildError: if a topic ends earlier, or begins later than at its first record.
        BrokerError: if the broker falls silent.
    """
    wanted = {TopicPartition(topic, partition): end for topic, end in ends.items() if end > 0}
    store.open(partition)
    if not wanted:
        return
    consumer = AIOKafkaConsumer(
        **consumer_options(settings),
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=fetch_bytes(1),
    )
    probe = Probe(settings)
    await consumer.start()
    try:
        await _check_whole(consumer, wanted)
        await _read(consumer, _indexer(store, guard, consumer, probe), wanted, advance)
    finally:
        await probe.close()
        await consumer.stop()


def _indexer(
    store: DossierStore, guard: Judges, consumer: AIOKafkaConsumer, probe: Probe
) -> Indexer:
    async def seek(topic: str, number: int, offset: int) -> None:
        consumer.seek(TopicPartition(topic, number), offset)

    async def give_up(error: BaseException) -> None:
        raise error

    return Indexer(store, Judging(guard, 0), _PutAwayBefore(), seek, probe.first_at, give_up)


async def _check_whole(consumer: AIOKafkaConsumer, wanted: Mapping[TopicPartition, int]) -> None:
    firsts = await consumer.beginning_offsets(list(wanted))
    lasts = await consumer.end_offsets(list(wanted))
    for tp, end in wanted.items():
        where = f"{tp.topic}, partition {tp.partition}"
        if firsts[tp] > 0:
            raise RebuildError(
                f"{where}: begins at offset {firsts[tp]}; person topics keep everything: set "
                "retention.ms=-1, and restore what was cut"
            )
        if lasts[tp] < end:
            raise RebuildError(
                f"{where}: ends at offset {lasts[tp]}, but the store has read up to {end}; is this "
                "the broker that the store was filled from? If the topic was lost, restore it"
            )


async def _read(
    consumer: AIOKafkaConsumer,
    indexer: Indexer,
    wanted: Mapping[TopicPartition, int],
    advance: Callable[[int], None],
) -> None:
    starts = dict.fromkeys(wanted, 0)
    reading = read_between(consumer, starts, wanted, max_records=BLOCK_RECORDS, silence=SILENCE)
    async for _, records in reading:
        await indexer.take(Block(records))
        advance(len(records))
