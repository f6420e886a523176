"""Blocks of records into the dossier store: every record has one effect, and all are accounted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from civicbus.domain.families import FAMILIES
from civicbus.engine import raw
from civicbus.engine.indexer import Indexer
from civicbus.engine.judging import Judging
from civicbus.engine.layout import StoredEvent, StoredMark
from civicbus.engine.quarantine import RefusedRecord
from civicbus.engine.store import DossierStore
from civicbus.engine.topic_state import TopicState
from civicbus.engine.transport import Block
from tests.engine.samples import (
    NOW,
    SOURCE,
    Record,
    death_record,
    guard,
    key_of,
    watermark_record,
)

DEATH = FAMILIES["death"].number


class Shelf:
    """A quarantine in memory."""

    def __init__(self) -> None:
        self.refused: list[RefusedRecord] = []

    async def put_away(self, refused: Sequence[RefusedRecord]) -> None:
        self.refused += refused


class Bench:
    """An indexer over a store of one partition, and what it asked of the consumer."""

    def __init__(self, folder: Path) -> None:
        self.store = DossierStore(folder)
        self.store.open(0)
        self.shelf = Shelf()
        self.seeks: list[int] = []
        self.given_up: list[BaseException] = []
        self.empty_until = 0  # the broker holds no record before this offset
        self.indexer = Indexer(
            self.store,
            Judging(guard(), 0),
            self.shelf,
            self._seek,
            self._first_at,
            self._give_up,
        )

    async def _seek(self, _topic: str, _partition: int, offset: int) -> None:
        self.seeks.append(offset)

    async def _first_at(self, _topic: str, _partition: int, offset: int) -> int:
        return max(offset, self.empty_until)

    async def _give_up(self, error: BaseException) -> None:
        self.given_up.append(error)

    async def take(self, *records: Record) -> None:
        await self.indexer.take(Block(records))

    @property
    def state(self) -> TopicState:
        state = self.store.open(0).state(DEATH)
        state.check()
        return state

    def dossier(self, number: int) -> list[StoredEvent | StoredMark]:
        return self.store.open(0).dossier(key_of(number), [DEATH])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.store.close_all()


async def test_an_event_is_found_in_its_persons_dossier_as_it_was_received(bench: Bench) -> None:
    record = death_record(0, 1)
    await bench.take(record, death_record(1, 2))
    assert bench.dossier(1) == [StoredEvent(DEATH, 0, record.timestamp, record.value or b"")]
    assert (bench.state.next_offset, bench.state.stored) == (2, 2)


async def test_the_same_event_twice_is_stored_once(bench: Bench) -> None:
    again = death_record(1, 1)
    await bench.take(death_record(0, 1), again)
    await bench.take(death_record(2, 1))
    assert len(bench.dossier(1)) == 1
    assert (bench.state.stored, bench.state.duplicates) == (1, 2)


@pytest.mark.parametrize("in_one_block", [True, False])
async def test_a24_another_event_under_a_used_id_is_quarantined_and_marked(
    bench: Bench, in_one_block: bool
) -> None:
    first, other = death_record(0, 1), death_record(1, 1, day=date(2026, 4, 1))
    if in_one_block:
        await bench.take(first, other)
    else:
        await bench.take(first)
        await bench.take(other)
    assert [item.reason for item in bench.shelf.refused] == ["id_conflict"]
    kinds = [type(entry) for entry in bench.dossier(1)]
    assert kinds == [StoredEvent, StoredMark]


async def test_a_refused_record_goes_to_quarantine_and_marks_the_dossier(bench: Bench) -> None:
    tombstone = Record(1, key_of(2).encode(), None)
    await bench.take(death_record(0, 1), tombstone, death_record(2, 3))
    assert [item.reason for item in bench.shelf.refused] == ["tombstone_not_allowed"]
    assert [type(entry) for entry in bench.dossier(2)] == [StoredMark]
    assert bench.state.reasons == {"tombstone_not_allowed": 1}
    assert bench.state.stored == 2


async def test_a_record_that_is_read_again_after_a_restart_changes_nothing(bench: Bench) -> None:
    await bench.take(death_record(0, 1), death_record(1, 2))
    before = bench.state.copy()
    await bench.take(death_record(0, 1), death_record(1, 2))
    assert bench.state == before
    await bench.take(death_record(1, 2), death_record(2, 3))
    assert (bench.state.consumed, bench.state.stored) == (3, 3)


async def test_a_block_that_leaves_offsets_out_is_not_taken_until_they_were_asked_for(
    bench: Bench,
) -> None:
    await bench.take(death_record(0, 1))
    await bench.take(death_record(5, 6))
    assert bench.seeks == [1]
    assert bench.state.next_offset == 1
    await bench.take(death_record(1, 2))
    await bench.take(death_record(2, 3))
    assert bench.state.next_offset == 3
    assert bench.state.holes == 0


async def test_offsets_that_hold_no_record_are_a_hole_and_counted(bench: Bench) -> None:
    bench.empty_until = 5
    await bench.take(death_record(5, 1), death_record(8, 2))
    assert (bench.state.holes, bench.state.next_offset) == (7, 9)
    assert bench.dossier(1)
    assert bench.seeks == []


async def test_a_block_that_is_lost_a_second_time_is_asked_for_once_more(bench: Bench) -> None:
    await bench.take(death_record(5, 6))
    await bench.take(death_record(7, 8))
    assert bench.seeks == [0, 0]
    assert (bench.state.holes, bench.state.next_offset) == (0, 0)


async def test_blocks_fetched_before_the_consumer_went_back_do_not_hide_what_is_missing(
    bench: Bench,
) -> None:
    late, later = Block([death_record(5, 6)]), Block([death_record(6, 7)])
    await bench.indexer.take(late)
    await bench.indexer.take(later)
    assert bench.seeks == [0]
    assert (bench.state.holes, bench.state.next_offset) == (0, 0)
    await bench.take(*(death_record(offset, offset + 1) for offset in range(7)))
    assert (bench.state.holes, bench.state.next_offset) == (0, 7)


async def test_a_watermark_that_agrees_leaves_nothing_missing(bench: Bench) -> None:
    await bench.take(death_record(0, 1), death_record(1, 2), watermark_record(2, 2))
    source = bench.state.sources[SOURCE]
    assert (source.records, source.missing) == (2, 0)
    assert bench.state.watermarks == 1


async def test_a_watermark_counts_only_what_stands_before_it_in_the_block(bench: Bench) -> None:
    await bench.take(death_record(0, 1), watermark_record(1, 1), death_record(2, 2))
    assert bench.state.sources[SOURCE].missing == 0
    await bench.take(watermark_record(3, 2))
    assert bench.state.sources[SOURCE].missing == 0


@pytest.mark.parametrize(("counted", "missing"), [(3, 1), (10**9, 10**9 - 2), (1, -1)])
async def test_a25_a_watermark_that_counted_otherwise_shows_a_gap(
    bench: Bench, counted: int, missing: int
) -> None:
    await bench.take(death_record(0, 1), death_record(1, 2), watermark_record(2, counted))
    assert bench.state.sources[SOURCE].missing == missing


async def test_a25_a_sequence_that_goes_back_shows_a_gap(bench: Bench) -> None:
    await bench.take(watermark_record(0, 0, sequence=9), watermark_record(1, 0, sequence=4))
    assert bench.state.sources[SOURCE].missing == 5


async def test_a_duplicate_counts_as_seen_but_not_as_stored(bench: Bench) -> None:
    await bench.take(death_record(0, 1), death_record(1, 1), watermark_record(2, 2))
    assert bench.state.sources[SOURCE].missing == 0


async def test_the_state_of_sources_comes_with_the_dossier(bench: Bench) -> None:
    through = NOW - timedelta(hours=1)
    await bench.take(death_record(0, 1), watermark_record(1, 5, through=through))
    found = raw.read(bench.store.open(0), key_of(1), ["death", "birth"])
    assert raw.RawDossier.from_json(found.to_json()) == found
    assert [(source.source, source.missing) for source in found.sources] == [(SOURCE, 4)]


async def test_a_block_that_cannot_be_stored_is_asked_for_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.take(death_record(0, 1))
    commit = bench.store.open(0).commit

    def disk_full(_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(bench.store.open(0), "commit", disk_full)
    await bench.take(death_record(1, 2))
    assert bench.seeks == [1]
    assert bench.dossier(2) == []
    monkeypatch.setattr(bench.store.open(0), "commit", commit)
    await bench.take(death_record(1, 2))
    assert bench.dossier(2)
    assert bench.given_up == []


async def test_a_disk_that_stays_full_stops_the_worker_aloud(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        return None

    def disk_full(_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("civicbus.engine.indexer.asyncio.sleep", at_once)
    monkeypatch.setattr(bench.store.open(0), "commit", disk_full)
    for _ in range(8):
        await bench.take(death_record(0, 1))
    assert len(bench.given_up) == 1


async def test_a_partition_that_cannot_be_stored_is_not_forgotten_while_another_can(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        return None

    def disk_full(_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("civicbus.engine.indexer.asyncio.sleep", at_once)
    bench.store.open(1)
    monkeypatch.setattr(bench.store.open(0), "commit", disk_full)
    for offset in range(8):
        await bench.take(death_record(0, 1))
        await bench.take(death_record(offset, offset, partition=1))
    assert len(bench.given_up) == 1


async def test_what_is_stored_is_there_after_the_store_is_opened_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    await bench.take(death_record(0, 1), watermark_record(1, 1))
    before = bench.state.copy()
    bench.store.close_all()
    reopened = Bench(tmp_path)
    assert reopened.state == before
    assert reopened.dossier(1)
    reopened.store.close_all()


async def test_a_block_of_a_partition_that_was_revoked_is_left_alone(bench: Bench) -> None:
    bench.store.close(0)
    await bench.take(death_record(0, 1))
    assert bench.seeks == []
