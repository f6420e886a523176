"""From a block of records to the dossier store: guard, account, write, in one batch.

No exception of a record's making leaves here. What the guard refuses goes to the quarantine topic
first and is then accounted for in the batch, so a crash between the two repeats it and loses
nothing. If a block cannot be stored, the consumer goes back to where the store stands; blocks that
were already on their way show as a gap and are dropped.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import structlog

from civicbus.engine.judging import Judging
from civicbus.engine.layout import STAMP, event_keys, stamped
from civicbus.engine.marks import ID_CONFLICT, Marks
from civicbus.engine.partition_store import PartitionStore, StoreBatch
from civicbus.engine.quarantine import RefusedRecord
from civicbus.engine.store import DossierStore
from civicbus.engine.transport import Block
from civicbus.wire.judgement import Judgement, Refused
from civicbus.wire.topics import PERSON_TOPICS

log = structlog.get_logger()

LONGEST_PAUSE = 30.0
FAILURES_BEFORE_GIVING_UP = 8


class PutsAway(Protocol):
    """Where refused records go."""

    async def put_away(self, refused: Sequence[RefusedRecord]) -> None:
        """Return when they are durable."""


class Indexer:
    """Understands how a block becomes entries of dossiers."""

    def __init__(
        self,
        store: DossierStore,
        judging: Judging,
        quarantine: PutsAway,
        seek: Callable[[str, int, int], Awaitable[None]],
        first_at: Callable[[str, int, int], Awaitable[int]],
        give_up: Callable[[BaseException], Awaitable[None]],
    ) -> None:
        self._store = store
        self._judging = judging
        self._quarantine = quarantine
        self._seek = seek
        self._first_at = first_at
        self._give_up = give_up
        self._asked_again: dict[tuple[str, int], tuple[int, float]] = {}
        self._failures: Counter[tuple[str, int]] = Counter()

    async def take(self, block: Block) -> None:
        """Store a block, or go back to where the store stands and let it come again."""
        topic, partition = block.topic, block.partition
        store = self._store.get(partition)
        if store is None:
            return  # revoked meanwhile; the new owner reads on from its own store
        family = PERSON_TOPICS[topic].number
        try:
            await self._index(store, block)
            del self._failures[topic, partition]
        except Exception as error:  # noqa: BLE001 - Faust would take the block for done
            self._failures[topic, partition] += 1
            failures = self._failures[topic, partition]
            name = type(error).__name__  # its text may quote a record
            log.error("block_not_stored", topic=topic, partition=partition, error=name)  # noqa: TRY400
            if failures >= FAILURES_BEFORE_GIVING_UP:
                await self._give_up(error)
                return
            await asyncio.sleep(min(0.1 * 2**failures, LONGEST_PAUSE))
            await self._seek(topic, partition, store.state(family).next_offset)

    async def _index(self, store: PartitionStore, block: Block) -> None:
        family = PERSON_TOPICS[block.topic].number
        state = store.state(family).copy()
        records = block.records[bisect_left(block.records, state.next_offset, key=_offset) :]
        if not records or not await self._follows(block, records[0].offset, state.next_offset):
            return
        if self._store.get(block.partition) is not store:
            return  # revoked meanwhile
        judgement = await self._judging.judge(block, records)
        if self._store.get(block.partition) is not store:
            return
        batch = StoreBatch(family, state)
        refused = [*judgement.refused, *_enter(store, batch, records, judgement)]
        put_away = _mark(Marks(store, batch), records, refused, judgement)
        if put_away:
            await self._quarantine.put_away(put_away)
            if self._store.get(block.partition) is not store:
                return  # revoked meanwhile; the new owner refuses them once more
        _hear(batch, judgement)
        state.holes += records[-1].offset + 1 - state.next_offset - len(records)
        state.consumed += len(records)
        state.next_offset = records[-1].offset + 1
        store.commit(batch)

    async def _follows(self, block: Block, first: int, expected: int) -> bool:
        """True if nothing lies between the store and the block that could still be read.

        A block can be lost between the fetch and the agent (a rebalance in mid-poll), also a second
        time, when it has been asked for again. So the broker itself is asked whether offsets that
        are missing hold nothing; if they do hold records, the consumer goes back to them.
        """
        place = (block.topic, block.partition)
        asked, since = self._asked_again.get(place, (-1, 0.0))
        if asked == expected and block.fetched_at <= since:
            return False  # it was on its way before the consumer went back
        if first != expected and await self._first_at(*place, expected) < first:
            await self._seek(*place, expected)
            self._asked_again[place] = (expected, time.monotonic())
            return False
        self._asked_again.pop(place, None)
        return True


def _offset(record: Any) -> int:
    offset: int = record.offset
    return offset


def _enter(
    store: PartitionStore, batch: StoreBatch, records: Sequence[Any], judgement: Judgement
) -> list[Refused]:
    """Put the accepted events into the batch; returns those whose id already means another one.

    They go in the order of their keys, which the store takes in a quarter less time.
    """
    accepted = [index for index, event_id in enumerate(judgement.event_ids) if event_id is not None]
    keys = event_keys(
        [records[index].key for index in accepted],
        batch.family,
        [event_id for event_id in judgement.event_ids if event_id is not None],
    )
    entering = sorted(zip(keys, accepted, strict=True))
    known = store.find([key for key, _ in entering])
    conflicts: list[Refused] = []
    if any(known) or len(set(keys)) < len(keys):
        entering, conflicts = _sort_out(entering, known, records)
    put = batch.put
    for key, index in entering:
        record = records[index]
        put(key, stamped(record.offset, record.timestamp, record.value))
    batch.state.stored += len(entering)
    batch.state.duplicates += len(accepted) - len(entering) - len(conflicts)
    return conflicts


def _sort_out(
    accepted: Sequence[tuple[bytes, int]], known: Sequence[bytes | None], records: Sequence[Any]
) -> tuple[list[tuple[bytes, int]], list[Refused]]:
    """Tell new events from repeated ones, and from those that use an id a second time."""
    entering, conflicts = [], []
    entered: dict[bytes, bytes] = {}
    for (key, index), found in zip(accepted, known, strict=True):
        value = records[index].value
        present = entered.get(key) if found is None else found[STAMP.size :]
        if present is None:
            entered[key] = value
            entering.append((key, index))
        elif present != value:
            detail = "header.event_id: another event of this person already has this id"
            conflicts.append(Refused(index, ID_CONFLICT, detail))
    return entering, conflicts


def _mark(
    marks: Marks, records: Sequence[Any], refused: Sequence[Refused], judgement: Judgement
) -> list[RefusedRecord]:
    """Set the marks of refused records and end those of released ones; returns what to put away.

    Of the replays only those keep their source that count for it.
    """
    refusals = {item.index: item for item in refused}
    found = []
    for index in sorted(refusals.keys() | judgement.releases.keys()):
        record, refusal = records[index], refusals.get(index)
        release = judgement.releases.get(index)
        let_in = refusal is None or refusal.reason == ID_CONFLICT
        if release is not None and let_in:
            if not marks.counts(record, release):
                judgement.sources[index] = None
            marks.release(record, release)
        if refusal is None:
            continue
        repeats = (
            release is not None
            and not let_in
            and marks.refuse_again(record, refusal.reason, release)
        )
        if not repeats:
            marks.refuse(record, refusal.reason)
        found.append(RefusedRecord(record, refusal.reason, refusal.detail, release, repeats))
    return found


def _hear(batch: StoreBatch, judgement: Judgement) -> None:
    """Count each source's records, and compare with its watermarks where they stand.

    A record that the guard refused counts for nobody: who wrote it is not known.
    """
    state, sources = batch.state, judgement.sources
    counted = 0
    for index, watermark in judgement.watermarks:
        _count(batch, sources[counted:index])
        counted = index + 1
        state.source(watermark.source).hear(watermark)
    _count(batch, sources[counted:])
    state.watermarks += len(judgement.watermarks)
    state.dismissals += len(judgement.dismissals)


def _count(batch: StoreBatch, sources: Sequence[str | None]) -> None:
    for source, number in Counter(sources).items():
        if source is not None:
            batch.state.source(source).records += number
