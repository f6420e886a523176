"""Notes about rows that a connector could not map, in a topic of their own.

A row never gets as far as the bus, so it is no record that could be replayed. Its note tells which
Refusal stands for it, so that the connector finds it again when the row can be mapped. The key is
that refusal's id, the value is that event; a note about its being settled has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

PREFIX = "x-row-"


@dataclass(frozen=True, slots=True)
class RowNote:
    """A row was refused, or what it told is known by now (`settled`).

    `refusal` is the id of the Refusal, `row` a digest of the row as it stood in the file, `reason`
    why it was refused.
    """

    refusal: str
    source: str
    family: str
    row: str
    reason: str
    settled: bool = False

    def headers(self) -> list[tuple[str, bytes]]:
        """The headers that carry it."""
        return [(PREFIX + name, str(value).encode()) for name, value in asdict(self).items()]


NAMES = {PREFIX + part.name for part in fields(RowNote)}


def read_note(headers: Sequence[tuple[str, bytes]]) -> RowNote | None:
    """The note that a record is; `None` if it is something else. A note has no other headers."""
    if {name for name, _ in headers} != NAMES:
        return None
    told: dict[str, Any] = {
        name.removeprefix(PREFIX): (value or b"").decode(errors="replace")
        for name, value in headers
    }
    return RowNote(**{**told, "settled": told["settled"] == str(True)})
