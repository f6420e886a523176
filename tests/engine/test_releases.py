"""Refused records leave marks, releases end them: in every order, once, and with right counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.families import FAMILIES
from civicbus.engine.digest import digest_of
from civicbus.engine.indexer import Indexer
from civicbus.engine.judging import Judging
from civicbus.engine.layout import StoredEvent, StoredMark, StoredRelease, read_entry
from civicbus.engine.quarantine import Place
from civicbus.engine.store import DossierStore
from civicbus.engine.topic_state import AccountError, TopicState
from civicbus.engine.transport import Block
from civicbus.engine.verify import compare
from civicbus.wire.guard import Guard
from tests.engine.samples import (
    SOURCE,
    TOPIC,
    Record,
    death_record,
    dismissal_record,
    guard,
    key_of,
    released,
    watermark_record,
)
from tests.engine.test_indexer import Bench, Shelf

DEATH = FAMILIES["death"].number
UNDECLARED = guard(publishers={})
DECLARED = guard()
OTHER_DAY = date(2026, 4, 1)
KEYS = {key_of(number).encode() for number in range(6)}


class Deployment:
    """A store whose guard changes as schemas and connectors do."""

    def __init__(self, folder: Path, judges: Guard) -> None:
        self.store = DossierStore(folder)
        self.store.open(0)
        self.shelf = Shelf()
        self.judges = judges

    async def take(self, *records: Record) -> None:
        async def never(*_: object) -> Any:
            raise AssertionError("there is nothing to go back to")

        indexer = Indexer(self.store, Judging(self.judges, 0), self.shelf, never, never, never)
        await indexer.take(Block(records))

    @property
    def state(self) -> TopicState:
        state = self.store.open(0).state(DEATH)
        state.check()
        return state

    def kinds(self, number: int) -> list[type]:
        return [type(entry) for entry in self.store.open(0).dossier(key_of(number), [DEATH])]

    @property
    def missing(self) -> int:
        return self.state.sources[SOURCE].missing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def test_a_replay_is_stored_and_ends_the_mark_in_one(folder: Path) -> None:
    bus = Deployment(folder, UNDECLARED)
    await bus.take(death_record(0, 1))
    assert bus.kinds(1) == [StoredMark]
    bus.judges = DECLARED
    await bus.take(released(death_record(1, 1), 0))
    assert bus.kinds(1) == [StoredEvent]
    state = bus.state
    assert (state.stored, state.quarantined, state.released) == (1, 1, 1)


async def test_a_replay_that_comes_twice_changes_nothing(folder: Path) -> None:
    bus = Deployment(folder, UNDECLARED)
    await bus.take(death_record(0, 1))
    bus.judges = DECLARED
    await bus.take(released(death_record(1, 1), 0), released(death_record(2, 1), 0))
    await bus.take(released(death_record(3, 1), 0), watermark_record(4, 1))
    assert bus.kinds(1) == [StoredEvent]
    assert (bus.state.released, bus.state.duplicates, bus.missing) == (1, 2, 0)


async def test_the_sources_count_agrees_after_a_replay(folder: Path) -> None:
    bus = Deployment(folder, UNDECLARED)
    await bus.take(death_record(0, 1), death_record(1, 2))
    bus.judges = DECLARED
    await bus.take(death_record(2, 3), watermark_record(3, 3))
    assert bus.missing == 2
    await bus.take(released(death_record(4, 1), 0), watermark_record(5, 3))
    assert bus.missing == 1
    await bus.take(released(death_record(6, 2), 1), death_record(7, 4), watermark_record(8, 4))
    assert bus.missing == 0


async def test_a_store_made_anew_after_the_repair_counts_the_first_record_and_not_the_replay(
    folder: Path,
) -> None:
    records = (
        death_record(0, 1),
        watermark_record(1, 1),
        released(death_record(2, 1), 0),
        watermark_record(3, 1),
    )
    bus = Deployment(folder, DECLARED)
    await bus.take(*records)
    assert bus.kinds(1) == [StoredEvent]
    assert (bus.missing, bus.state.duplicates, bus.state.quarantined) == (0, 1, 0)


async def test_a_dismissal_ends_the_mark_and_stores_nothing(folder: Path) -> None:
    bus = Deployment(folder, DECLARED)
    tombstone = Record(0, key_of(1).encode(), None)
    await bus.take(tombstone)
    await bus.take(dismissal_record(1, tombstone), dismissal_record(2, tombstone))
    assert bus.kinds(1) == []
    state = bus.state
    assert (state.quarantined, state.released, state.dismissals, state.stored) == (1, 1, 2, 0)


async def test_a_record_under_nobodys_key_is_released_as_well(folder: Path) -> None:
    bus = Deployment(folder, DECLARED)
    stray = Record(0, b"nobody", b"")
    await bus.take(stray)
    await bus.take(dismissal_record(1, replace(stray, key=None)))
    assert (bus.state.quarantined, bus.state.released) == (1, 1)
    kinds = [read_entry(key, value) for key, value in bus.store.open(0).walk()]
    assert kinds == [StoredMark(DEATH, 0, stray.timestamp, "empty"), StoredRelease(DEATH, 0)]


async def test_a_release_ends_the_mark_that_it_names_and_no_other(folder: Path) -> None:
    bus = Deployment(folder, DECLARED)
    key = key_of(1).encode()
    await bus.take(Record(0, key, None), Record(1, key, b""))
    await bus.take(dismissal_record(2, Record(1, key, b"")))
    (mark,) = bus.store.open(0).dossier(key_of(1), [DEATH])
    assert isinstance(mark, StoredMark)
    assert (mark.offset, mark.reason) == (0, "tombstone_not_allowed")


async def test_a_release_of_what_was_never_refused_changes_nothing(folder: Path) -> None:
    bus = Deployment(folder, DECLARED)
    await bus.take(death_record(0, 1), dismissal_record(1, death_record(0, 1)))
    assert bus.kinds(1) == [StoredEvent]
    assert bus.state.released == 0


async def test_a_mark_and_its_release_in_one_block(folder: Path) -> None:
    tombstone = Record(0, key_of(1).encode(), None)
    bus = Deployment(folder, DECLARED)
    await bus.take(tombstone, dismissal_record(1, tombstone))
    assert bus.kinds(1) == []
    assert bus.state.released == 1


async def test_a_replay_that_is_refused_leaves_the_first_mark_and_no_second(folder: Path) -> None:
    bus = Deployment(folder, UNDECLARED)
    await bus.take(death_record(0, 1))
    await bus.take(released(death_record(1, 1), 0, attempt=2))
    assert bus.kinds(1) == [StoredMark]
    again = bus.shelf.refused[1]
    assert again.place == Place(TOPIC, 0, 0)
    assert (bus.state.quarantined, bus.state.released) == (2, 1)
    bus.judges = DECLARED
    await bus.take(released(death_record(2, 1), 0, attempt=3))
    assert bus.kinds(1) == [StoredEvent]
    assert (bus.state.quarantined, bus.state.released) == (2, 2)


async def test_a_replay_whose_id_is_used_by_now_has_a_mark_of_its_own_and_counts(
    folder: Path,
) -> None:
    """The source has published the same act once more, with other words under the same id."""
    bus = Deployment(folder, UNDECLARED)
    await bus.take(death_record(0, 1))
    bus.judges = DECLARED
    other = replace(death_record(1, 1), value=death_record(1, 1, day=OTHER_DAY).value)
    await bus.take(other, released(death_record(2, 1), 0), watermark_record(3, 2))
    assert bus.kinds(1) == [StoredEvent, StoredMark]
    assert bus.shelf.refused[1].place == Place(TOPIC, 0, 2)
    assert bus.missing == 0
    await bus.take(dismissal_record(4, replace(death_record(2, 1))))
    assert bus.kinds(1) == [StoredEvent]


async def test_a_forged_release_is_refused_and_marks_whom_it_is_addressed_to(
    folder: Path,
) -> None:
    bus = Deployment(folder, DECLARED)
    tombstone = Record(0, key_of(1).encode(), None)
    await bus.take(tombstone)
    signed = dismissal_record(1, tombstone)
    headers = [(name, b"0" * 64 if "sign" in name else text) for name, text in signed.headers]
    await bus.take(replace(signed, headers=headers))
    assert bus.kinds(1) == [StoredMark, StoredMark]
    assert [item.reason for item in bus.shelf.refused] == ["tombstone_not_allowed", "authority"]
    assert bus.shelf.refused[1].place == Place(TOPIC, 0, 1)


async def test_what_a_store_held_before_a_release_does_not_change_with_it(folder: Path) -> None:
    bus = Deployment(folder, UNDECLARED)
    await bus.take(death_record(0, 1))
    store = bus.store.open(0)
    before = digest_of(store.walk(), {DEATH: 1})
    await bus.take(released(death_record(1, 1), 0))
    bus.judges = DECLARED
    await bus.take(released(death_record(2, 1), 0))
    assert digest_of(store.walk(), {DEATH: 1}) == before
    assert digest_of(store.walk(), {DEATH: 2}) == before
    assert digest_of(store.walk(), {DEATH: 3}) != before


async def test_a_store_that_was_healed_and_one_made_anew_agree(folder: Path) -> None:
    records = (death_record(0, 1), death_record(1, 2), released(death_record(2, 1), 0))
    kept = Deployment(folder / "kept", UNDECLARED)
    await kept.take(*records[:2])
    kept.judges = DECLARED
    await kept.take(records[2])
    anew = Deployment(folder / "anew", DECLARED)
    await anew.take(*records)
    found = compare(kept.store.open(0), anew.store.open(0))
    assert found.equal
    assert (found.released, found.judged_otherwise) == (1, 1)


async def test_a_release_that_is_lost_from_a_store_is_found(folder: Path) -> None:
    tombstone = Record(0, key_of(1).encode(), None)
    kept, anew = (Deployment(folder / name, DECLARED) for name in ("kept", "anew"))
    await kept.take(tombstone)
    await anew.take(tombstone, dismissal_record(1, tombstone))
    found = compare(kept.store.open(0), anew.store.open(0))
    assert (found.missing, found.equal) == (1, False)


steps = st.lists(
    st.tuples(st.sampled_from(["event", "replay", "dismiss", "repair", "break", "word"]),
              st.integers(0, 5)),
    max_size=14,
)  # fmt: skip


def played(moves: Sequence[tuple[str, int]]) -> list[Record | Guard]:
    """What a log holds after some moves, and when the guard changed; a word counts every event."""
    log: list[Record | Guard] = []
    offset = sent = 0
    firsts: dict[int, int] = {}
    for move, number in moves:
        record: Record | Guard
        if move == "repair":
            log.append(DECLARED)
            continue
        if move == "break":
            log.append(UNDECLARED)
            continue
        if move == "event":
            record = death_record(offset, number, name=str(offset))
            firsts.setdefault(number, offset)
            sent += 1
        elif move == "word":
            record = watermark_record(offset, sent)
        elif number in firsts:
            first = death_record(firsts[number], number, name=str(firsts[number]))
            record = (
                released(replace(first, offset=offset), first.offset)
                if move == "replay"
                else dismissal_record(offset, first)
            )
        else:
            continue
        log.append(record)
        offset += 1
    return [*log, DECLARED, watermark_record(offset, sent)]


@given(steps)
async def test_however_refusals_and_releases_are_mixed_every_record_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, int]]
) -> None:
    """The oracle counts by the definition: a person is marked by each refusal not yet released.

    A replay that is refused again stands under the mark of its record; where that one had been let
    in, it is a refusal of its own.
    """
    bus = Deployment(tmp_path_factory.mktemp("mixed"), DECLARED)
    lets_in = True
    marked: dict[int, set[int]] = {}
    counted: set[int] = set()
    ever_marked: set[int] = set()
    for step in played(moves):
        if isinstance(step, Guard):
            bus.judges, lets_in = step, step is DECLARED
            continue
        await bus.take(step)
        headers = dict(step.headers)
        person = next((n for n in range(6) if step.key == key_of(n).encode()), None)
        is_dismissal = step.value is not None and len(step.value) < 30
        if person is None:
            continue
        marks = marked.setdefault(person, set())
        refused = int(headers.get("x-releases", step.offset))
        if not headers:
            (counted if lets_in else marks).add(step.offset)
        elif lets_in or is_dismissal:
            if refused in marks and not is_dismissal:
                counted.add(refused)
            marks.discard(refused)
        elif refused not in ever_marked:
            marks.add(step.offset)
        ever_marked |= marks
    for person, marks in marked.items():
        assert bus.kinds(person).count(StoredMark) == len(marks), person
    state = bus.state
    assert state.quarantined - state.released >= sum(map(len, marked.values()))
    events = sum(isinstance(s, Record) and not s.headers and s.key in KEYS for s in played(moves))
    assert bus.missing == events - len(counted)
    bus.store.close_all()


async def test_a_state_that_does_not_add_up_is_not_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        return None

    bench = Bench(tmp_path)
    monkeypatch.setattr("civicbus.engine.indexer.asyncio.sleep", at_once)
    monkeypatch.setattr("civicbus.engine.indexer._enter", lambda *_: [])
    for _ in range(8):
        await bench.take(death_record(0, 1))
    assert [type(error) for error in bench.given_up] == [AccountError]
    assert bench.state.consumed == 0


def test_a_state_from_before_there_were_releases_is_read_as_it_was() -> None:
    old = (
        b'{"next_offset":3,"consumed":3,"stored":1,"duplicates":0,"quarantined":1,"watermarks":1,'
        b'"holes":0,"reasons":{"size":1},"sources":{"a":{"records":1,"complete_through":null,'
        b'"sequence":0,"missing":0}}}'
    )
    state = TopicState.from_bytes(old)
    state.check()
    assert (state.quarantined, state.dismissals, state.released) == (1, 0, 0)
    assert TopicState.from_bytes(state.to_bytes()) == state
