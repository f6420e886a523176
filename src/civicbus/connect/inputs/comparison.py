"""What differs between two orders of rows by key: those known and those read, a row at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

LINES_NAMED = 5

# A row as it was read: its key, its line, and its cells as JSON.
Read = tuple[bytes, int, str]
# What differs: its line, its key, and its cells now; no line and no cells where it is gone.
Changed = tuple[int, bytes, str | None]


@dataclass(slots=True)
class Counts:
    """What a reading came to: rows known before and read now, and what differs.

    `repeated` counts the rows whose key another row has; `lines` are some of theirs.
    """

    known: int = 0
    read: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    repeated: int = 0
    lines: list[int] = field(default_factory=list)


class Comparison:
    """Understands which rows differ, of two orders of rows by key."""

    def __init__(self, known: Iterator[tuple[bytes, str]]) -> None:
        self._known = known
        self._next = next(known, None)
        self._last = b""
        self.counts = Counts()

    def take(self, rows: Iterable[Read]) -> list[Changed]:
        """What differs up to the last of these rows."""
        found: list[Changed] = []
        counts = self.counts
        for key, line, cells in rows:
            counts.read += 1
            if key <= self._last and counts.read > 1:
                assert key == self._last, "rows are read in the order of their keys"
                counts.repeated += 1
                if len(counts.lines) < LINES_NAMED:
                    counts.lines.append(line)
                continue
            self._last = key
            while self._next is not None and self._next[0] < key:
                found.append(self._gone(self._next[0]))
            if self._next is None or self._next[0] != key:
                counts.new += 1
                found.append((line, key, cells))
                continue
            if self._next[1] != cells:
                counts.changed += 1
                found.append((line, key, cells))
            self._advance()
        return found

    def rest(self, size: int = 10_000) -> list[Changed]:
        """What is left of the known rows, so many at most."""
        found: list[Changed] = []
        while self._next is not None and len(found) < size:
            found.append(self._gone(self._next[0]))
        return found

    def _gone(self, key: bytes) -> Changed:
        self.counts.gone += 1
        self._advance()
        return 0, key, None

    def _advance(self) -> None:
        self.counts.known += 1
        self._next = next(self._known, None)
