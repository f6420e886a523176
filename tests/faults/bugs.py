"""Mistakes that somebody could make in the engine, each in a line or two.

The simulation must find every one of them: it shows that its checks can fail. Each is put in by a
function that takes pytest's `MonkeyPatch`; its docstring says what is wrong.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from civicbus.engine import indexer, partition_store
from civicbus.engine.indexer import Indexer
from civicbus.engine.layout import StoredMark, event_keys, stamped, topic_state_key
from civicbus.engine.ownership import Lease, Ownership
from civicbus.engine.partition_store import PartitionStore
from civicbus.engine.raw import RawDossier
from civicbus.engine.topic_state import SourceCount, TopicState
from civicbus.wire.topics import PERSON_TOPICS

Patch = pytest.MonkeyPatch
BUGS: list[Callable[[Patch], None]] = []


def bug(found: Callable[[Patch], None]) -> Callable[[Patch], None]:
    BUGS.append(found)
    return found


@bug
def drops_the_last_event_of_a_block(patch: Patch) -> None:
    enter = indexer._enter
    patch.setattr(indexer, "_enter", lambda s, b, r, j: enter(s, b, r[:-1], _shortened(j)))


@bug
def reads_on_one_record_too_far(patch: Patch) -> None:
    patch.setattr(indexer, "bisect_left", bisect_right)


@bug
def takes_any_gap_for_a_hole(patch: Patch) -> None:
    async def follows(*_: object) -> bool:
        return True

    patch.setattr(Indexer, "_follows", follows)


@bug
def goes_back_once_and_then_takes_a_gap_for_a_hole(patch: Patch) -> None:
    """What the engine did until the simulation found it."""

    async def follows(self: Any, block: Any, first: int, expected: int) -> bool:
        place = (block.topic, block.partition)
        asked, since = self._asked_again.get(place, (-1, 0.0))
        if first == expected or (asked == expected and block.fetched_at > since):
            return True
        if asked != expected:
            await self._seek(*place, expected)
            self._asked_again[place] = (expected, time.monotonic())
        return False

    patch.setattr(Indexer, "_follows", follows)


@bug
def counts_no_hole_inside_a_block(patch: Patch) -> None:
    hear = indexer._hear

    def heard(batch: Any, judgement: Any) -> None:
        hear(batch, judgement)
        batch.state.holes -= 1

    patch.setattr(indexer, "_hear", heard)


@bug
def stores_a_repeated_event_once_more(patch: Patch) -> None:
    def keys(people: Any, family: int, ids: Any) -> list[bytes]:
        made = event_keys(people, family, ids)
        return [key[:-2] + bytes([n % 251, key[-1]]) for n, key in enumerate(made)]

    patch.setattr(indexer, "event_keys", keys)


@bug
def lets_a_later_event_take_the_place_of_one_with_its_id(patch: Patch) -> None:
    patch.setattr(PartitionStore, "find", lambda _, keys: [None] * len(keys))


@bug
def drops_an_event_whose_id_is_taken(patch: Patch) -> None:
    sort_out = indexer._sort_out
    patch.setattr(indexer, "_sort_out", lambda *given: (sort_out(*given)[0], []))


@bug
def stores_an_event_without_its_last_byte(patch: Patch) -> None:
    patch.setattr(indexer, "stamped", lambda offset, time, body: stamped(offset, time, body[:-1]))


@bug
def stores_an_event_under_another_offset(patch: Patch) -> None:
    patch.setattr(indexer, "stamped", lambda offset, time, body: stamped(offset + 1, time, body))


@bug
def writes_the_offset_before_the_records(patch: Patch) -> None:
    def commit(self: Any, batch: Any) -> None:
        self._database.put(topic_state_key(batch.family), batch.state.to_bytes())
        if batch.state.consumed % 5 == 0:
            raise OSError("no space left on device")
        self._database.write(batch.sealed())
        self._states[batch.family] = batch.state

    patch.setattr(PartitionStore, "commit", commit)


@bug
def writes_the_records_and_never_the_offset(patch: Patch) -> None:
    def commit(self: Any, batch: Any) -> None:
        self._database.write(batch._batch)
        self._states[batch.family] = batch.state

    patch.setattr(PartitionStore, "commit", commit)


@bug
def goes_on_counting_in_a_state_that_was_not_written(patch: Patch) -> None:
    patch.setattr(TopicState, "copy", lambda self: self)


@bug
def takes_a_block_for_done_that_could_not_be_stored(patch: Patch) -> None:
    commit = PartitionStore.commit

    def careless(self: Any, batch: Any) -> None:
        try:
            commit(self, batch)
        except OSError:
            self._states[batch.family] = batch.state

    async def index(self: Any, store: Any, block: Any) -> None:
        try:
            await original(self, store, block)
        except OSError:
            state = store.state(PERSON_TOPICS[block.topic].number)
            state.next_offset = block.records[-1].offset + 1

    original = Indexer._index
    patch.setattr(PartitionStore, "commit", careless)
    patch.setattr(Indexer, "_index", index)


@bug
def puts_nothing_into_the_quarantine(patch: Patch) -> None:
    from tests.faults.world import Shelf  # noqa: PLC0415

    async def put_away(_self: object, _refused: object) -> None:
        return None

    patch.setattr(Shelf, "put_away", put_away)


@bug
def puts_into_the_quarantine_after_it_has_stored(patch: Patch) -> None:
    async def index(self: Any, store: Any, block: Any) -> None:
        waiting: list[Any] = []
        shelf = self._quarantine

        class Later:
            async def put_away(self, refused: Any) -> None:
                waiting.extend(refused)

        self._quarantine = Later()
        try:
            await original(self, store, block)
        finally:
            self._quarantine = shelf
        if waiting:
            await shelf.put_away(waiting)

    original = Indexer._index
    patch.setattr(Indexer, "_index", index)


@bug
def counts_a_refused_record_twice(patch: Patch) -> None:
    refuse = TopicState.refuse

    def twice(self: Any, reason: str) -> None:
        refuse(self, reason)
        refuse(self, reason)

    patch.setattr(TopicState, "refuse", twice)


@bug
def leaves_no_mark_of_a_refused_record(patch: Patch) -> None:
    patch.setattr(
        "civicbus.engine.marks.Marks.refuse",
        lambda self, _record, reason: self._batch.state.refuse(reason),
    )


@bug
def does_not_count_what_it_refuses(patch: Patch) -> None:
    patch.setattr(TopicState, "refuse", lambda _self, _reason: None)


@bug
def answers_for_a_partition_that_is_not_its_own(patch: Patch) -> None:
    patch.setattr(Ownership, "obstacle", lambda _self, _partition: None)


@bug
def answers_although_the_coordinator_is_not_heard(patch: Patch) -> None:
    patch.setattr(Lease, "holds", True)


@bug
def holds_a_lease_longer_than_the_session_lasts(patch: Patch) -> None:
    patch.setattr(Lease, "holds", property(lambda self: self._clock() - self._since < 25))


@bug
def answers_before_it_has_caught_up(patch: Patch) -> None:
    patch.setattr(Ownership, "_missing", lambda _self, _partition: 0)


@bug
def waits_for_one_topic_only_before_it_answers(patch: Patch) -> None:
    assign = Ownership.assign

    async def assigned(self: Any, tps: Any) -> None:
        await assign(self, tps)
        for targets in self._targets.values():
            del targets["civic.identity.v1"]

    patch.setattr(Ownership, "assign", assigned)


@bug
def keeps_its_partitions_when_they_are_revoked(patch: Patch) -> None:
    own = Ownership.assign

    async def assign(self: Any, tps: Any) -> None:
        before = self._owned
        await own(self, tps)
        self._owned |= before

    patch.setattr(Ownership, "revoke", lambda _: None)
    patch.setattr(Ownership, "assign", assign)


@bug
def answers_out_of_the_neighbours_dossier(patch: Patch) -> None:
    read = partition_store._read
    patch.setattr(
        partition_store, "_read", lambda cursor, key, wanted: read(cursor, key[:1], wanted)
    )


@bug
def leaves_the_second_family_out_of_an_answer(patch: Patch) -> None:
    read = partition_store._read
    patch.setattr(
        partition_store, "_read", lambda cursor, key, wanted: read(cursor, key, wanted[:1])
    )


@bug
def loses_the_marks_on_the_way_to_another_worker(patch: Patch) -> None:
    to_json = RawDossier.to_json

    def without(self: RawDossier) -> bytes:
        kept = tuple(e for e in self.entries if not isinstance(e, StoredMark))
        return to_json(replace(self, entries=kept))

    patch.setattr(RawDossier, "to_json", without)


@bug
def loses_events_on_the_way_to_another_worker(patch: Patch) -> None:
    to_json = RawDossier.to_json
    patch.setattr(
        RawDossier, "to_json", lambda self: to_json(replace(self, entries=self.entries[:5]))
    )


@bug
def counts_records_of_one_source_for_another(patch: Patch) -> None:
    source = TopicState.source
    patch.setattr(TopicState, "source", lambda self, _name: source(self, "hospital"))


@bug
def counts_a_source_only_after_its_watermark(patch: Patch) -> None:
    hear = indexer._hear

    def late(batch: Any, judgement: Any) -> None:
        judgement.watermarks = [(0, said) for _, said in judgement.watermarks]
        hear(batch, judgement)

    patch.setattr(indexer, "_hear", late)


@bug
def believes_a_watermark_before_it_has_read_so_far(patch: Patch) -> None:
    hear = SourceCount.hear

    def ahead(self: SourceCount, said: Any) -> None:
        hear(self, said)
        self.complete_through = (self.complete_through or 0) + 5_000

    patch.setattr(SourceCount, "hear", ahead)


def _shortened(judgement: Any) -> Any:
    return replace(judgement, event_ids=judgement.event_ids[:-1])
