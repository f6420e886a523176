"""Stores that hold the same have the same digest, and what differs is found key by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NoReturn
from uuid import UUID

import pytest
import rocksdict
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.families import FAMILIES
from civicbus.engine.digest import Digest, digest_of
from civicbus.engine.indexer import Indexer
from civicbus.engine.judging import Judging
from civicbus.engine.layout import EVENT, KIND_AT, event_keys, stamped, topic_state_key
from civicbus.engine.partition_store import PartitionStore, opened, rocksdb_options
from civicbus.engine.store import DossierStore
from civicbus.engine.transport import Block
from civicbus.engine.verify import compare
from tests.engine.samples import Record, death_record, guard, key_of, watermark_record
from tests.engine.test_indexer import Shelf

DEATH = FAMILIES["death"].number
ALL = {DEATH: 2**62}

Entry = tuple[bytes, bytes]
Made = tuple[int, UUID, int, bytes]

entries = st.lists(
    st.tuples(st.integers(0, 20), st.uuids(), st.integers(0, 50), st.binary(max_size=8)),
    unique_by=lambda made: made[:2],
    max_size=12,
)


def entry(person: int, event_id: UUID | str, offset: int, body: bytes) -> Entry:
    (key,) = event_keys([key_of(person).encode()], DEATH, [str(event_id).encode()])
    return key, stamped(offset, 0, body)


@given(entries, st.randoms())
def test_a_digest_does_not_depend_on_the_order(made: list[Made], random: Random) -> None:
    found = [entry(*one) for one in made]
    before = digest_of(found, ALL)
    random.shuffle(found)
    assert digest_of(found, ALL) == before
    assert before.entries == len(found)


@given(entries, st.integers(0, 50))
def test_a_store_that_has_read_further_still_knows_its_digest_of_before(
    made: list[Made], end: int
) -> None:
    found = [entry(*one) for one in made]
    before = [entry(*one) for one in made if one[2] < end]
    after = [entry(*one) for one in made if one[2] >= end]
    assert digest_of(found, {DEATH: end}) == digest_of(before, ALL)
    assert digest_of(before, ALL) + digest_of(after, ALL) == digest_of(found, ALL)


@pytest.mark.parametrize(
    "other",
    [
        entry(1, "00000000-0000-4000-8000-000000000001", 7, b"body"),
        entry(2, "00000000-0000-4000-8000-000000000000", 7, b"body"),
        entry(1, "00000000-0000-4000-8000-000000000000", 8, b"body"),
        entry(1, "00000000-0000-4000-8000-000000000000", 7, b"bodx"),
    ],
)
def test_a_digest_changes_with_the_person_the_event_its_place_and_its_bytes(other: Entry) -> None:
    one = entry(1, "00000000-0000-4000-8000-000000000000", 7, b"body")
    assert digest_of([one], ALL) != digest_of([other], ALL)
    assert str(digest_of([one], ALL)) != str(Digest())


RECORDS = (
    death_record(0, 1),
    death_record(1, 2),
    Record(2, key_of(3).encode(), None),
    death_record(3, 1),
    watermark_record(4, 3),
)


async def stored(folder: Path, records: Sequence[Record]) -> None:
    """A store of partition 0 filled with records."""
    store = DossierStore(folder)
    store.open(0)

    async def never(*_: object) -> NoReturn:
        raise AssertionError("there is nothing to go back to")

    await Indexer(store, Judging(guard(), 0), Shelf(), never, never, never).take(Block(records))
    store.close_all()


def tampered(folder: Path, change: Callable[[Any], None]) -> None:
    """Change what stands in a store, as no code of ours would."""
    database = opened(
        folder / "partition-00000", rocksdb_options(), rocksdict.AccessType.read_write()
    )
    change(database)
    database.close()


def an_event(database: Any) -> bytes:
    keys = (bytes(key) for key, _ in database.items())
    return next(key for key in keys if key[:1] != b"\0" and key[KIND_AT : KIND_AT + 1] == EVENT)


def lose(database: Any) -> None:
    database.delete(an_event(database))


def spoil(database: Any) -> None:
    key = an_event(database)
    value = bytes(database[key])
    database.put(key, value[:-1] + bytes([value[-1] ^ 1]))


def double(database: Any) -> None:
    key = an_event(database)
    database.put(key[:-1] + bytes([key[-1] ^ 1]), database[key])


def miscount(database: Any) -> None:
    key = topic_state_key(DEATH)
    database.put(key, bytes(database[key]).replace(b'"stored":2', b'"stored":3'))


async def compared(folder: Path) -> dict[str, int | bool]:
    """The store in a folder beside one that is made anew of the same records."""
    await stored(folder / "anew", RECORDS)
    with TemporaryDirectory() as notes:
        kept = PartitionStore(folder / "kept/partition-00000", secondary=Path(notes))
        anew = DossierStore(folder / "anew")
        found = compare(kept, anew.open(0)).to_json()
        kept.close()
        anew.close_all()
    return found


async def test_a_store_that_holds_what_the_records_say_is_equal(tmp_path: Path) -> None:
    await stored(tmp_path / "kept", RECORDS)
    found = await compared(tmp_path)
    assert found["equal"]
    assert found["compared"] == 3


@pytest.mark.parametrize(
    ("change", "kind"),
    [(lose, "missing"), (spoil, "different"), (double, "extra"), (miscount, "accounts")],
)
async def test_whatever_is_changed_in_a_store_is_found(
    tmp_path: Path, change: Callable[[Any], None], kind: str
) -> None:
    await stored(tmp_path / "kept", RECORDS)
    tampered(tmp_path / "kept", change)
    found = await compared(tmp_path)
    assert not found["equal"]
    assert {name for name in ("missing", "different", "extra", "accounts") if found[name]} == {kind}


async def test_a_record_that_was_refused_then_and_would_enter_now_is_no_fault(
    tmp_path: Path,
) -> None:
    """A worker that did not know the schema yet refused the first two records."""
    unknown = b"\0\0\0\xff\xff"
    refused = [
        Record(0, RECORDS[0].key, unknown + (RECORDS[0].value or b"")[5:]),
        Record(1, RECORDS[1].key, unknown + (RECORDS[1].value or b"")[5:]),
    ]
    await stored(tmp_path / "kept", [*refused, *RECORDS[2:]])
    found = await compared(tmp_path)
    assert found["equal"]
    assert found["judged_otherwise"] == 2
