"""What is read of a partition's store is what was written, whichever files it stands in."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.families import FAMILIES
from civicbus.engine.layout import StoredEvent, event_keys, stamped
from civicbus.engine.partition_store import PartitionStore, StoreBatch
from tests.engine.samples import key_of

PERSONS = [key_of(number) for number in range(4)]
NUMBERS = sorted(family.number for family in FAMILIES.values())[:4]

# An event of a person in a family, or what becomes of the files.
WRITTEN = st.tuples(st.sampled_from(PERSONS[:3]), st.sampled_from(NUMBERS), st.integers(0, 9))
STEPS = st.lists(WRITTEN | st.sampled_from(["flush", "open again"]), max_size=20)
FAMILIES_ASKED = st.sets(st.sampled_from(NUMBERS), min_size=1)


class Model:
    """A store without files: the offsets of what was written, by key."""

    def __init__(self) -> None:
        self.offsets: dict[bytes, int] = {}

    def dossier(self, person: str, families: set[int]) -> list[tuple[int, int]]:
        """The family and offset of each entry, in the order of their keys."""
        return [
            (key[len(person)], offset)
            for key, offset in sorted(self.offsets.items())
            if key.startswith(person.encode()) and key[len(person)] in families
        ]


def write(store: PartitionStore, person: str, family: int, number: int, offset: int) -> bytes:
    (key,) = event_keys([person.encode()], family, [f"{number:08x}-{'0000-' * 3}{0:012x}".encode()])
    batch = StoreBatch(family, store.state(family).copy())
    batch.put(key, stamped(offset, 0, b"an event"))
    store.commit(batch)
    return key


@given(STEPS, FAMILIES_ASKED)
def test_dossiers_are_whole_and_all_is_walked_in_order(
    steps: Sequence[str | tuple[str, int, int]], families: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, model = PartitionStore(Path(folder)), Model()
        for offset, step in enumerate(steps):
            if step == "flush":
                store.flush()
            elif step == "open again":
                store.close()
                store = PartitionStore(Path(folder))
            else:
                assert isinstance(step, tuple)
                model.offsets[write(store, *step, offset)] = offset
        found = store.dossiers(PERSONS, families)
        for person in PERSONS:
            entries = [entry for entry in found[person] if isinstance(entry, StoredEvent)]
            told = [(entry.family, entry.offset) for entry in entries]
            assert told == model.dossier(person, families)
        assert [key for key, _ in store.walk()] == sorted(model.offsets)
        store.close()
