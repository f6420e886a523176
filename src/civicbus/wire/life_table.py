"""Events of many people as one table of columns, whatever their types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from civicbus.domain.events import Event
from civicbus.wire.guard_columns import binary
from civicbus.wire.life_columns import Block


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody asked about: the key, the scheme of the number asked with, the framed events."""

    key: bytes
    scheme: str
    events: Sequence[bytes]


@dataclass(frozen=True)  # no slots: what is worked out once is kept
class Table:
    """Events of several types, one type behind the other; of all of them the headers in one."""

    parts: tuple[tuple[type[Event], Any], ...]
    header: Any
    places: Any
    keys: Any

    @classmethod
    def of(
        cls, parts: Sequence[tuple[type[Event], Any, list[int]]], people: Sequence[Person]
    ) -> Table:
        places = [place for _, _, own in parts for place in own]
        return cls(
            tuple((kind, batch) for kind, batch, _ in parts),
            pa.concat_arrays([batch.column("header") for _, batch, _ in parts]),
            pa.array(places, pa.int32()),
            binary([people[place].key for place in places]),
        )

    def where(self, mask: Any) -> Table:
        """The events for which something is true."""
        ends = list(accumulate(len(batch) for _, batch in self.parts))
        return Table(
            tuple(
                (kind, batch.filter(mask.slice(end - len(batch), len(batch))))
                for (kind, batch), end in zip(self.parts, ends, strict=True)
            ),
            self.header.filter(mask),
            self.places.filter(mask),
            self.keys.filter(mask),
        )

    def names_its_person_once(self) -> Any | None:
        """For each event if it does; `None` if all do."""
        own_rows = pc.list_parent_indices(self._concerned).filter(self._is_own)
        if len(own_rows) == len(self.keys) == pc.count_distinct(own_rows).as_py():
            return None
        times = Counter(own_rows.to_pylist())
        return pa.array([times[row] == 1 for row in range(len(self.keys))], pa.bool_())

    def own(self) -> Any:
        """What each event says of its person, if all name them once."""
        return self._concerned.values.filter(self._is_own)

    @property
    def _concerned(self) -> Any:
        return self.header.field("concerned")

    @cached_property
    def _is_own(self) -> Any:
        """Of everybody concerned in any event whether it is the person whose event it is."""
        concerned = self._concerned
        named = concerned.values.field("person_key").cast("binary")
        keys = pc.take(self.keys, pc.list_parent_indices(concerned))
        return pc.fill_null(pc.equal(keys, named), fill_value=False)

    def blocks(self, own: Any) -> Iterator[tuple[Block, Any]]:
        """The events of each type, with the places."""
        start = 0
        for kind, batch in self.parts:
            header, said, places, keys = (
                column.slice(start, len(batch))
                for column in (self.header, own, self.places, self.keys)
            )
            yield Block(kind, batch, header, said, keys), places
            start += len(batch)
