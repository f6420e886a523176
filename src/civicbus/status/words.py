"""Numbers, durations and moments as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby

# A number and its unit stay on one line.
NARROW = "\N{NARROW NO-BREAK SPACE}"
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def number(value: int) -> str:
    """With thousands apart."""
    return f"{value:,}"


def count(value: int, noun: str) -> str:
    """So many of something."""
    return f"{number(value)} {noun}{'' if value == 1 else 's'}"


def duration(seconds: float | None) -> str:
    """In the largest unit of which there are two or more, rounded down: `90 min`, `36 h`."""
    if seconds is None:
        return "–"
    whole = int(seconds)
    if whole < 0:
        return f"{duration(-whole)} ahead"
    for unit, size in UNITS:
        if whole >= 2 * size:
            return f"{number(whole // size)}{NARROW}{unit}"
    return f"{whole}{NARROW}s"


def moment(value: datetime) -> str:
    """To the second, in UTC."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def ranges(values: Iterable[int]) -> str:
    """Whole numbers, neighbours drawn together: `0–3, 7`."""
    ordered = sorted(set(values))
    parts = []
    for _, group in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0]):
        run = [value for _, value in group]
        parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}")
    return ", ".join(parts)


def numbers(noun: str, values: Iterable[int]) -> str:
    """The things with these numbers."""
    found = list(values)
    return f"{noun}{'' if len(found) == 1 else 's'} {ranges(found)}"
