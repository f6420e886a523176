"""A whole register, read time and again: what differs goes out in the envelope of a change.

Three things keep a mistake from becoming deaths and births. A reading with a key twice is refused
as a whole. One in which more rows changed or vanished than the declaration allows is held until
somebody has looked. And what a reading differs in is fixed before any of it is published
(`state`), so a crash in the middle changes nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.batches import Batch, InputChangedError, Position
from civicbus.connect.inputs.comparison import Counts, Read
from civicbus.connect.inputs.envelope import Envelope
from civicbus.connect.inputs.state import State
from civicbus.connect.rows import Record
from civicbus.domain.answer import iso
from civicbus.settings import Settings

PAGE = 2_000  # differences
ALWAYS_ALLOWED = 5  # rows
MILLISECONDS = 1_000


@dataclass(slots=True)
class MassChange:
    """Understands when so much of a register has changed at once that somebody must look.

    `share` is of the rows known before. Of a small register a few rows may always change, but none
    may become empty. With `is_accepted` the next reading is taken as it is, whatever it holds.
    """

    share: float
    is_accepted: bool = False

    def check(self, counts: Counts, what: str) -> None:
        """Return if a reading may be published.

        Raises:
            InputChangedError: if it has to be held.
        """
        if self.is_accepted:
            self.is_accepted = False
            return
        touched = counts.changed + counts.gone
        is_empty = counts.read == 0 and counts.known > 0
        if is_empty or touched > max(ALWAYS_ALLOWED, self.share * counts.known):
            raise InputChangedError(
                f"{what}: of {counts.known} rows known {counts.changed} have changed and "
                f"{counts.gone} are gone, with {counts.new} new ones; mass_change allows "
                f"{self.share:.0%}. Nothing of it was published. Check the register; if it is "
                "right, run civicbus connect FOLDER --accepted-by NAME once"
            )


@dataclass(frozen=True, slots=True)
class Reading:
    """When a register was read, up to when it was complete then, and what goes with it.

    `position` is put into the position that the bus keeps. `types` are the columns' types, where
    they have any.
    """

    taken_at: datetime
    complete_through: datetime | None
    position: Mapping[str, Any] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As it is kept."""
        through = self.complete_through
        return {
            "ts_ms": round(self.taken_at.timestamp() * MILLISECONDS),
            "complete_through": None if through is None else iso(through),
            "position": dict(self.position),
            "types": dict(self.types),
        }


@dataclass(frozen=True, slots=True)
class Page:
    """Differences as records, up to a place; `is_last` is of the reading under way."""

    records: Sequence[Record]
    place: int
    is_last: bool


def state_path(settings: Settings, source: str) -> Path:
    """Where a source's state lies."""
    return settings.data / "connectors" / f"{source}.sqlite"


class Register:
    """Understands a register as it was published, and what of it is to be published next.

    `what` names it in errors. See `State` for what may be raised.
    """

    def __init__(self, state: State, envelope: Envelope, guard: MassChange, what: str) -> None:
        self.envelope = envelope
        self._state = state
        self._guard = guard
        self.what = what

    @property
    def is_under_way(self) -> bool:
        """True if some of a reading is yet to be published."""
        return self._state.is_under_way

    @property
    def told(self) -> Mapping[str, Any]:
        """What was told with the last reading, as `Reading.told` has it."""
        return self._state.told

    def check_types(self, types: Mapping[str, str]) -> None:
        """Return if the columns have the types that they had when the register was read last.

        Raises:
            InputChangedError: naming the first that has not.
        """
        for column, before in self.told.get("types", {}).items():
            now = types.get(column)
            if now is None:
                raise InputChangedError(
                    f"{self.what}: column {column} is gone; correct the register, or "
                    "connector.toml and mapping.py, and then run civicbus connect with --anew"
                )
            if now != before:
                raise InputChangedError(
                    f"{self.what}: the type of column {column} was {before} and is {now}; check "
                    "that mapping.py reads it rightly, then run civicbus connect with --anew"
                )

    async def compare(self, pages: AsyncGenerator[list[Read]]) -> Counts:
        """Compare a reading, whose rows come in the order of their keys; `begin` comes next."""
        await asyncio.to_thread(self._state.compare)
        async with aclosing(pages):
            async for rows in pages:
                await asyncio.to_thread(self._state.take, rows)
        return await asyncio.to_thread(self._state.compared)

    async def begin(self, counts: Counts, reading: Reading, *, even_if_equal: bool) -> bool:
        """Publish next what was compared; returns whether there is anything to publish.

        Raises:
            InputChangedError: if the reading may not be published.
        """
        try:
            self._check(counts)
        except InputChangedError:
            await asyncio.to_thread(self._state.discard)
            raise
        has_differences = counts.new + counts.changed + counts.gone > 0
        if not (has_differences or even_if_equal or self._state.reading == 0):
            await asyncio.to_thread(self._state.discard)
            return False
        await asyncio.to_thread(self._state.begin, reading.told())
        return True

    def _check(self, counts: Counts) -> None:
        if counts.repeated:
            lines = ", ".join(str(line) for line in counts.lines if line)
            more = ", ..." if lines and counts.repeated > len(counts.lines) else ""
            at = f" (lines {lines}{more})" if lines else ""
            raise InputChangedError(
                f"{self.what}: {counts.repeated} rows have a key that another row has{at}. "
                "Nothing of it was published; correct the register, or key in connector.toml"
            )
        self._guard.check(counts, self.what)

    def naming(self) -> Position | None:
        """What the bus has to keep before it gets any of the reading; `None` if it has."""
        return None if self._state.is_kept else self._state.position

    async def named(self) -> None:
        """The bus keeps it."""
        await asyncio.to_thread(self._state.keep)

    async def page(self) -> Page | None:
        """The next differences; `None` when the bus has the whole reading."""
        if not self._state.is_under_way:
            return None
        return await asyncio.to_thread(self._page)

    def _page(self) -> Page:
        found = self._state.page(PAGE + 1)
        is_last = len(found) <= PAGE
        found = found[:PAGE]
        state, is_first, ts_ms = self._state.id, self._state.reading == 1, self.told["ts_ms"]
        records = [
            self.envelope.record(difference, state, is_first=is_first, ts_ms=ts_ms)
            for difference in found
        ]
        return Page(records, found[-1].place if found else 0, is_last)

    def batch(self, page: Page, *, caught_up: bool) -> Batch:
        """A page as a batch; the last one says how far the register is complete."""
        if not page.is_last:
            return Batch(page.records)
        told = self.told["complete_through"]
        through = None if told is None else datetime.fromisoformat(told)
        taken_at = datetime.fromtimestamp(self.told["ts_ms"] / MILLISECONDS, tz=UTC)
        whole_at = (through or taken_at) if self._state.reading == 1 else None
        return Batch(page.records, None, through, whole_at, caught_up=caught_up)

    async def mark(self, page: Page) -> None:
        """The bus has a page."""
        await asyncio.to_thread(self._state.mark, page.place, is_last=page.is_last)


@contextmanager
def opened_register(
    connector: Connector,
    settings: Settings,
    envelope: Envelope,
    layout: Mapping[str, Any],
    guard: MassChange,
    position: Position | None,
) -> Iterator[Register]:
    """The register as the bus has it; `layout` says in what it is read, its `input` how.

    Raises:
        InputChangedError: if the state is not the one that the position names.
        InputUnavailableError: if another connector has it.
    """
    if position is not None and "state" not in position:
        raise InputChangedError(
            "the position on the bus is that of another way in; run civicbus connect with --anew: "
            "it publishes every row of the register, none of which counts twice"
        )
    path = state_path(settings, connector.system.source)
    state = State(path, {**layout, "columns": list(envelope.columns)}, position)
    try:
        yield Register(state, envelope, guard, layout["input"])
    finally:
        state.close()
