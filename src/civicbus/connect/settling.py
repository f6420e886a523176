"""What a file says of a source's refusals: which are raised, and which are over.

The order is that of `connect.refusals`: a refusal is noted, then published; its annulment goes out
behind the events that the row came to, and is noted when the broker has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from civicbus.connect.mapping import Filed
from civicbus.connect.packing import Packed
from civicbus.connect.publisher import Publisher
from civicbus.connect.refusals import OpenRefusal, settlement_of
from civicbus.connect.stretch import Stretch
from civicbus.domain.events import Refusal
from civicbus.wire.row_notes import RowNote


class Settling:
    """Understands which refusals a delivery raises and which it settles."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.over: list[OpenRefusal] = []

    async def take(self, stretch: Stretch) -> list[Packed]:
        """Publish what a stretch says of refusals, behind its events; returns what went out.

        A row of which an event could not go settles nothing.
        """
        refusals = self._publisher.refusals
        raised: list[tuple[str, Filed]] = []
        still: defaultdict[str, set[str]] = defaultdict(set)
        for row, filed in stretch.refusals:
            assert isinstance(filed.event, Refusal)
            event = refusals.raised(filed.event)
            raised.append((row, Filed(filed.family, event)))
            still[row].add(event.header.event_id)
        await self._publisher.note(self._new(raised))
        over = [
            found
            for row in dict.fromkeys(stretch.rows)
            for found in refusals.settled_by(row, still[row])
            if row not in stretch.unpacked
        ]
        return await self._publish([filed for _, filed in raised], over)

    async def whole(self, position: datetime) -> list[Packed]:
        """Settle what a whole register no longer holds; returns what went out."""
        return await self._publish([], list(self._publisher.refusals.gone(position)))

    async def close(self) -> None:
        """Note what was settled; the broker must have acknowledged it."""
        await self._publisher.note(
            [(replace(found.note, settled=True), found.event) for found in self.over]
        )

    async def _publish(self, raised: Sequence[Filed], over: Sequence[OpenRefusal]) -> list[Packed]:
        settlements = [Filed(found.note.family, settlement_of(found.event)) for found in over]
        outcomes = self._publisher.packer.pack([*raised, *settlements])
        packed = [outcome for outcome in outcomes if isinstance(outcome, Packed)]
        assert len(packed) == len(outcomes), "a refusal is small, and has a person and no time"
        await self._publisher.publish_block(packed)
        self.over += over
        return packed

    def _new(self, raised: Iterable[tuple[str, Filed]]) -> list[tuple[RowNote, Refusal]]:
        """The notes of refusals that are not open already."""
        publisher = self._publisher
        found = {}
        for row, filed in raised:
            event = filed.event
            id_ = event.header.event_id
            if isinstance(event, Refusal) and not publisher.refusals.is_open(id_):
                note = RowNote(id_, publisher.source, filed.family, row, event.reason)
                found[id_] = note, publisher.packer.stamped(event)
        return list(found.values())
