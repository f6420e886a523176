"""Rows of a delimited file, by name, and what is wrong with those that cannot be read.

A record of a JSON file is a row as well (`json_records`).

Rule 1: a row is read as it stands or refused with its line and a reason; nothing is repaired.
Rule 2: a refused row never shifts, swallows or joins another. Where nobody can tell to whom a row
belongs, the record above it counts as incomplete too.
Rule 3: whatever stands in the file costs bounded memory.

Only a file without a usable header is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import BinaryIO

from civicbus.connect.lines import Line, read_lines
from civicbus.domain.identifiers import Identifier
from civicbus.registers.systems import CsvInput

MAX_ROWS_IN_RECORD = 1_000
DIGEST_BYTES = 16


class UnreadableFileError(ValueError):
    """Nothing of the file can be read; the text names the file, the line and the remedy."""


class UndeclaredColumnError(LookupError):
    """A mapping reads a column that its `connector.toml` does not list."""

    def __init__(self, column: str) -> None:
        super().__init__(f"column {column!r} is not listed under input.columns")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row, or a part of one, of which no event can be made.

    `reason` is a code: `columns`, `encoding`, `size`, `text`, `quote`, `orphan`, `json` for a row
    that cannot be read; `date`, `id_format`, `code`, `number`, `marker` for a value that means
    nothing; `blocked` for what its register may not disclose; a reason of `InvalidEventError` for
    an event that may not exist; `mapping` for an error of the connector. `families` are the topics
    that the row could have changed: there `person` is marked, so that no answer rests on what is
    missing. No family means that no fact is lost.
    """

    line: int
    field: str
    reason: str
    remedy: str
    families: tuple[str, ...] = ()
    person: Identifier | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the declared columns by name, exactly as they stand in the file.

    `absent` are those that this row does not have at all, which only a JSON record can lack; their
    cells are empty. `column in row` tells, where the layout of a record is to be recognised.
    """

    line: int
    cells: dict[str, str] = field(repr=False)
    absent: frozenset[str] = frozenset()

    def __getitem__(self, column: str) -> str:
        try:
            return self.cells[column]
        except KeyError:
            raise UndeclaredColumnError(column) from None

    def __contains__(self, column: str) -> bool:
        if column not in self.cells:
            raise UndeclaredColumnError(column)
        return column not in self.absent


@dataclass(frozen=True, slots=True)
class Record:
    """Rows that belong together. `key` is its name in the file, or its line where it has none.

    With `refused` rows it is incomplete: no event may be made of it, and `rows` serve only to tell
    whose record it is. `digest` is that of the bytes that it was read from.
    """

    key: str
    rows: tuple[Row, ...]
    refused: tuple[RefusedRow, ...] = ()
    digest: str = field(default="", repr=False, compare=False)

    @property
    def line(self) -> int:
        """The line on which it starts."""
        lines = [row.line for row in self.rows] + [refused.line for refused in self.refused]
        return min(lines)


def read_records(stream: BinaryIO, name: str, rules: CsvInput) -> Iterator[Record]:
    """The records of a file, in order; `name` stands for the file in errors.

    Raises:
        UnreadableFileError: if the file is empty or its header is not the one declared.
    """
    lines = read_lines(stream, rules)
    header = next(lines, None)
    if header is None:
        raise UnreadableFileError(f"{name}: the file is empty")
    if header.problem is not None:
        reason, remedy = header.problem
        raise UnreadableFileError(f"{name}: line {header.number}: {reason}: {remedy}")
    layout = _Layout.of(header.cells, name, rules)
    if rules.record_column is None:
        yield from (layout.alone(line) for line in lines)
    else:
        yield from _grouped(layout, lines)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Understands where each declared column stands, and to which record a row belongs."""

    width: int
    places: dict[str, int]
    record_place: int | None

    @classmethod
    def of(cls, header: tuple[str, ...], name: str, rules: CsvInput) -> _Layout:
        wanted = list(rules.columns)
        if rules.record_column is not None:
            wanted.append(rules.record_column)
        width = len(header)
        if header[-1] == "":
            header = header[:-1]  # what stands behind a delimiter that ends the line
        for column in wanted:
            times = header.count(column)
            if times == 0:
                raise UnreadableFileError(
                    f"{name}: line 1: columns: {column!r} is missing among {len(header)} columns "
                    f"separated by {rules.delimiter!r}; correct the file, or input.delimiter and "
                    "input.columns in connector.toml"
                )
            if times > 1:
                raise UnreadableFileError(
                    f"{name}: line 1: columns: {column!r} stands {times} times and the mapping "
                    "reads it; give each column a name of its own"
                )
        places = {column: header.index(column) for column in rules.columns}
        record = rules.record_column
        return cls(width, places, None if record is None else header.index(record))

    def row(self, line: Line) -> Row:
        """The row by name; what a short row lacks is empty, which matters only to who it is."""
        cells = line.cells
        if len(cells) < self.width:
            cells = (*cells, *("",) * (self.width - len(cells)))
        return Row(line.number, {name: cells[place] for name, place in self.places.items()})

    def problem(self, line: Line) -> RefusedRow | None:
        """What is wrong with the row as a row."""
        if line.problem is not None:
            return RefusedRow(line.number, "", *line.problem)
        if len(line.cells) != self.width:
            remedy = f"has {len(line.cells)} cells where the header has {self.width}; correct it"
            return RefusedRow(line.number, "", "columns", remedy)
        return None

    def alone(self, line: Line) -> Record:
        """A row that is a record of its own."""
        problem = self.problem(line)
        rows = (self.row(line),) if line.cells else ()
        refused = () if problem is None else (problem,)
        return Record(str(line.number), rows, refused, digest_of(line.raw))

    def key(self, line: Line) -> str | None:
        """The record's name in this row, empty if it continues one, `None` if nobody can tell."""
        assert self.record_place is not None
        # Before the place where cells are too many or too few, they stand where they should.
        if line.cells and (len(line.cells) == self.width or self.record_place == 0):
            return line.cells[self.record_place]
        return None


def _grouped(layout: _Layout, lines: Iterator[Line]) -> Iterator[Record]:
    """Rows joined to records by the record column."""
    current: _Growing | None = None
    for line in lines:
        key = layout.key(line)
        problem = layout.problem(line)
        if key:
            if current is not None:
                yield current.record()
            current = _Growing(key)
        if key is None and current is not None:
            # It may be a row of this record, or the first of the next one.
            assert problem is not None
            current.refused.append(problem)
            current.raw.append(line.raw)
            yield current.record()
            current = None
        elif current is None:
            yield Record(
                str(line.number), (), (problem or _orphan(line.number),), digest_of(line.raw)
            )
        elif len(current.rows) == MAX_ROWS_IN_RECORD:
            remedy = f"the record has more than {MAX_ROWS_IN_RECORD} rows; correct the file"
            current.refused.append(RefusedRow(line.number, "", "size", remedy))
            current.raw.append(line.raw)
            yield current.record()
            current = None
        else:
            current.rows.append(layout.row(line))
            current.raw.append(line.raw)
            if problem is not None:
                current.refused.append(problem)
    if current is not None:
        yield current.record()


@dataclass(slots=True)
class _Growing:
    """A record while its rows are being read."""

    key: str
    rows: list[Row] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    def record(self) -> Record:
        digest = digest_of(b"\n".join(self.raw))
        return Record(self.key, tuple(self.rows), tuple(self.refused), digest)


def digest_of(raw: bytes) -> str:
    """What tells one row from another, whatever is made of it."""
    return blake2b(raw, digest_size=DIGEST_BYTES).hexdigest()


def _orphan(line: int) -> RefusedRow:
    remedy = "continues a record whose first row is missing or unreadable; correct the file"
    return RefusedRow(line, "", "orphan", remedy)
