"""The lines of a delimited file as cells, each judged for itself, in bounded memory.

A line break inside quotes is data. A quote that does not close within reach refuses the line it
stands on and no other: the next line is read afresh.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from civicbus.registers.systems import CsvInput

MAX_LINE_BYTES = 1_048_576
MAX_CELL = 65_536  # characters
MAX_QUOTED_LINES = 100
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "a UTF-8 byte order mark; save the file without one, or declare utf-8-sig",
    b"\xff\xfe": "UTF-16; save the file as UTF-8",
    b"\xfe\xff": "UTF-16; save the file as UTF-8",
}

Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of cells and the number of its first line; `problem` is a reason and a remedy.

    With a problem the cells are the best reading of the line, or none; they are not data. `raw` are
    the bytes of the file, of a line that is too long its beginning.
    """

    number: int
    cells: tuple[str, ...] = field(repr=False)
    problem: Problem | None = None
    raw: bytes = field(default=b"", repr=False, compare=False)


def read_lines(stream: BinaryIO, rules: CsvInput) -> Iterator[Line]:
    """The rows of a stream, from the header on. Lines that hold nothing at all are passed over."""
    reader = _Reader(stream, rules)
    while (line := reader.next()) is not None:
        yield line


@dataclass(frozen=True, slots=True)
class _Text:
    """A decoded line of the file, without its line break."""

    number: int
    text: str = field(repr=False)
    raw: bytes = field(repr=False)
    problem: Problem | None = None


class _Reader:
    """Understands where one row ends and the next begins."""

    def __init__(self, stream: BinaryIO, rules: CsvInput) -> None:
        self._stream = stream
        self._delimiter = rules.delimiter
        self._encoding = "utf-8" if rules.encoding == "utf-8-sig" else rules.encoding
        self._may_have_mark = rules.encoding == "utf-8-sig"
        self._number = 0
        self._width: int | None = None
        self._waiting: deque[_Text] = deque()

    def next(self) -> Line | None:
        """The next row; `None` at the end."""
        text = self._text()
        while text is not None and not text.text and text.problem is None:
            text = self._text()
        if text is None:
            return None
        line = self._split(text)
        if self._width is None:
            self._width = len(line.cells)
        return line

    def _split(self, first: _Text) -> Line:
        if first.problem is not None or '"' not in first.text:
            plain = tuple(first.text.split(self._delimiter)) if first.text else ()
            return Line(first.number, plain, first.problem or _too_long(plain), first.raw)
        lines = [first]
        while True:
            try:
                cells = self._parse("\n".join(line.text for line in lines))
            except csv.Error:
                break
            if cells is not None:
                if len(lines) > 1 and len(cells) != self._width:
                    break  # the quote closed by chance, in somebody else's row
                raw = b"\n".join(line.raw for line in lines)
                return Line(first.number, cells, _too_long(cells), raw)
            following = self._text() if len(lines) < MAX_QUOTED_LINES else None
            if following is None:
                break
            lines.append(following)
            if following.problem is not None:
                break
        self._waiting.extendleft(reversed(lines[1:]))
        unclosed = "quote", "a quote is not closed; double it or close it"
        return Line(first.number, (), unclosed, first.raw)

    def _parse(self, text: str) -> tuple[str, ...] | None:
        """The cells; `None` if the text ends inside quotes.

        Raises:
            csv.Error: if quotes stand where none may.
        """
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True)
        try:
            return tuple(next(rows))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                return None
            raise

    def _text(self) -> _Text | None:
        if self._waiting:
            return self._waiting.popleft()
        raw = self._stream.readline(MAX_LINE_BYTES + 1)
        if not raw:
            return None
        self._number += 1
        if len(raw) > MAX_LINE_BYTES:
            rest = raw
            while rest and not rest.endswith(b"\n"):
                rest = self._stream.readline(MAX_LINE_BYTES)
            remedy = f"longer than {MAX_LINE_BYTES} bytes; correct it"
            return _Text(self._number, "", raw, ("size", remedy))
        if self._number == 1:
            if self._may_have_mark:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            for mark, what in BYTE_ORDER_MARKS.items():
                if raw.startswith(mark):
                    return _Text(1, "", raw, ("encoding", f"byte 1: {what}"))
        return self._decode(raw.removesuffix(b"\n").removesuffix(b"\r"))

    def _decode(self, raw: bytes) -> _Text:
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            remedy = f"byte {error.start + 1} is not {self._encoding}; save the file in it"
            best = raw.decode(self._encoding, errors="replace")
            return _Text(self._number, best, raw, ("encoding", remedy))
        for character, what in (("\0", "a NUL"), ("\r", "a carriage return")):
            if character in text:
                remedy = f"{what} stands inside the line; remove it"
                return _Text(self._number, text, raw, ("text", remedy))
        return _Text(self._number, text, raw)


def _too_long(cells: tuple[str, ...]) -> Problem | None:
    if any(len(cell) > MAX_CELL for cell in cells):
        return "size", f"a cell has more than {MAX_CELL} characters; correct it"
    return None
