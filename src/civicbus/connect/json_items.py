"""The items of a JSON file as bytes: of one array, or one a line (NDJSON), in bounded memory.

Items are told apart by brackets and texts alone, before anything is understood, so that one which
is no JSON takes no other with it. A text ends with its line at the latest: JSON has no line break
in one. What follows an item can show that it did not end where it seemed to; then it counts as
incomplete. A bracket that is never closed makes one item of all that stands behind it, which is
told; nobody could say where the next one starts.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from civicbus.connect.lines import Problem
from civicbus.connect.rows import UnreadableFileError
from civicbus.wire import strict_json

MAX_ITEM_BYTES = 1_048_576
READ_BYTES = 65_536
WHITESPACE = b" \t\r\n"

_OUTSIDE = re.compile(rb'["\[\]{},\n]')
_INSIDE = re.compile(rb'["\n]|\\.?')  # of a text; after a backslash a quote is data


@dataclass(frozen=True, slots=True)
class Item:
    """Bytes that should spell one record, and the line on which they start.

    `place` counts the items from 1. With a problem (a reason and a remedy) they are the best
    reading, or none; they are not data.
    """

    place: int
    line: int
    raw: bytes = field(repr=False)
    problem: Problem | None = None


def read_items(stream: BinaryIO, name: str) -> Iterator[Item]:
    """The items of a stream, in order; `name` stands for the file in errors.

    Raises:
        UnreadableFileError: if the file is empty, not UTF-8, or starts like no file of records.
    """
    chunks = _chunks(stream)
    line, start = 1, b""
    for chunk in chunks:
        start += chunk
        lead = len(start) - len(start.lstrip(WHITESPACE))
        line += start.count(b"\n", 0, lead)
        start = start[lead:]
        if len(start) >= 4:  # enough to tell in which encoding
            break
    if not start:
        raise UnreadableFileError(f"{name}: the file is empty")
    if (told := _encoding_problem(start)) is not None:
        raise UnreadableFileError(f"{name}: line {line}: encoding: {told}; save it as plain UTF-8")
    if start.startswith(b"["):
        yield from _Array(line).items(_joined(start[1:], chunks))
    elif start.startswith(b"{"):
        yield from _lines(_joined(start, chunks), line)
    else:
        raise UnreadableFileError(
            f"{name}: line {line}: json: starts with neither [ nor {{; write one array of objects, "
            "or one object a line"
        )


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(READ_BYTES):
        yield chunk


def _joined(start: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield start
    yield from chunks


def _encoding_problem(start: bytes) -> str | None:
    if start.startswith(strict_json.BYTE_ORDER_MARKS):
        return "starts with a byte order mark"
    return "is UTF-16 or UTF-32" if b"\0" in start[:4] else None


class _Growing:
    """Understands the item being read: where it starts, and that it may outgrow what is kept."""

    def __init__(self) -> None:
        self.place = 1
        self._line = 1
        self._kept = bytearray()
        self._is_too_long = False

    @property
    def has_begun(self) -> bool:
        """True if something other than blanks has been read."""
        return bool(self._kept)

    def add(self, piece: bytes, line: int) -> None:
        """Take what stands next in the file, from this line on."""
        if not self._kept:
            bare = piece.lstrip(WHITESPACE)
            self._line = line + piece.count(b"\n", 0, len(piece) - len(bare))
            piece = bare
        room = MAX_ITEM_BYTES - len(self._kept)
        self._kept += piece[:room]
        self._is_too_long |= len(piece) > room

    def finish(self, problem: Problem | None = None) -> Item:
        """The item read; the next one begins."""
        raw = bytes(self._kept)
        if self._is_too_long:
            remedy = f"item {self.place} is longer than {MAX_ITEM_BYTES} bytes; correct it"
            raw, problem = raw[:1], problem or ("size", remedy)
        item = Item(self.place, self._line, raw, problem)
        self.place += 1
        self._kept.clear()
        self._is_too_long = False
        return item


def _lines(chunks: Iterator[bytes], line: int) -> Iterator[Item]:
    """One item a line; lines of blanks are passed over."""
    growing = _Growing()
    for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            growing.add(piece, line)
            if growing.has_begun:
                yield growing.finish()
            line += 1
        growing.add(rest, line)
    if growing.has_begun:
        yield growing.finish()


class _Array:
    """Understands where in an array one item ends and the next begins."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._growing = _Growing()
        self._depth = 0  # brackets open within the item
        self._in_text = False
        self._after_backslash = False
        self._has_stray = False
        self._has_ended = False

    def items(self, chunks: Iterator[bytes]) -> Iterator[Item]:
        """The items of the array whose opening bracket has been read."""
        held: Item | None = None
        for item in self._all(chunks):
            if held is not None:
                yield _unfinished(held) if _continues(item) else held
            held = item
        if held is not None:
            yield held

    def _all(self, chunks: Iterator[bytes]) -> Iterator[Item]:
        for chunk in chunks:
            rest = chunk if self._has_ended else (yield from self._split(chunk))
            if self._has_ended:
                self._growing.add(rest, self._line)
                self._line += rest.count(b"\n")
        if self._has_ended:
            if self._growing.has_begun:
                remedy = "something stands behind the end of the array; correct the file"
                yield self._growing.finish(("json", remedy))
        elif self._growing.has_begun and (self._depth > 0 or self._in_text):
            remedy = f"item {self._growing.place} is still open where the file ends; correct it"
            yield self._growing.finish(("json", remedy))
        else:
            if self._growing.has_begun:
                yield self._finish()
            self._growing.add(b"", self._line)
            remedy = "the file ends before the array does; deliver it whole"
            yield self._growing.finish(("json", remedy))

    def _split(self, data: bytes) -> Generator[Item, None, bytes]:
        """The items that end in these bytes; returns what stands behind the end of the array."""
        start, start_line = 0, self._line
        at = 1 if self._after_backslash and not data.startswith(b"\n") else 0
        self._after_backslash = False
        while match := (_INSIDE if self._in_text else _OUTSIDE).search(data, at):
            token, at = match[0], match.end()
            if token == b"\n":
                self._line += 1
                self._in_text = False
            elif self._in_text:
                self._in_text = token != b'"'
                self._after_backslash = token == b"\\" and at == len(data)
            elif token == b'"':
                self._in_text = True
            elif token in b"[{":
                self._depth += 1
            elif self._depth > 0:
                self._depth -= token != b","
            elif token == b"}":
                self._has_stray = True
            else:
                self._growing.add(data[start : at - 1], start_line)
                start, start_line = at, self._line
                self._has_ended = token == b"]"
                if not self._has_ended or self._growing.has_begun or self._growing.place > 1:
                    yield self._finish()
                if self._has_ended:
                    return data[start:]
        self._growing.add(data[start:], start_line)
        return b""

    def _finish(self) -> Item:
        place, problem = self._growing.place, None
        if not self._growing.has_begun:
            problem = "json", f"item {place} is missing; remove a comma"
        elif self._has_stray:
            problem = "json", f"item {place} closes a bracket that it does not open; correct it"
        self._has_stray = False
        return self._growing.finish(problem)


def _continues(item: Item) -> bool:
    """True if this is rather the rest of the item before it than one of its own."""
    if not item.raw or item.raw.startswith(b"{"):
        return False
    try:
        strict_json.parse(item.raw)
    except strict_json.NotJsonError:
        return True
    return False


def _unfinished(item: Item) -> Item:
    remedy = f"item {item.place} does not end where it seems to; correct its brackets"
    return replace(item, problem=item.problem or ("json", remedy))
