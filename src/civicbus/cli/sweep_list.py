"""The list of a sweep: whom to ask about, from a CSV file, lines of JSON, or one number a line.

A CSV file names its columns in its first line: `person` (SCHEME:NUMBER), and where there are such
`id`, `name`, `birth_date`; a line of JSON has the same fields, and `claims`. Who has no `id` is
known by their place in the list, from 1.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from civicbus.wire import strict_json

COLUMNS = ("id", "person", "name", "birth_date")
LINES_OF_JSON = (".ndjson", ".jsonl")


class ListError(Exception):
    """The list cannot be read. The text names file, line and remedy, and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A person on the list: the line in the file, and what is asked about them."""

    line: int
    id: str
    person: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list that has been read through once: how many people stand in it, and its fingerprint."""

    path: Path
    people: int
    fingerprint: str

    @classmethod
    def read(cls, path: Path) -> PeopleList:
        """Read a list through.

        Raises:
            ListError: if it cannot be read, or two people have one id.
        """
        lines: dict[str, int] = {}
        count = 0
        for count, entry in enumerate(_entries(path), start=1):  # noqa: B007 - wanted afterwards
            if entry.id in lines:
                raise _error(path, entry.line, f"the id stands in line {lines[entry.id]} as well")
            lines[entry.id] = entry.line
        with path.open("rb") as file:
            fingerprint = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(path, count, f"sha256:{fingerprint}")

    def __iter__(self) -> Iterator[Entry]:
        return _entries(self.path)


def _entries(path: Path) -> Iterator[Entry]:
    try:
        with path.open("rb") as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as file:
            if path.suffix == ".csv":
                found = _rows(path, file)
            elif path.suffix in LINES_OF_JSON:
                found = _objects(path, file)
            else:
                found = ((line, {"person": text}) for line, text in _lines(file))
            for place, (line, person) in enumerate(found, start=1):
                own_id = person.setdefault("id", str(place))
                if not isinstance(own_id, str) or not own_id:
                    raise _error(path, line, "the id must be a text")
                yield Entry(line, own_id, person)
    except OSError as error:
        raise ListError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ListError(f"{path}: not UTF-8; save the file as UTF-8") from None


def _lines(file: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    for line, text in enumerate(file, start=1):
        if text.strip():
            yield line, text.strip()


def _objects(path: Path, file: io.TextIOWrapper) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, text in _lines(file):
        try:
            person = strict_json.parse(text.encode())
        except strict_json.NotJsonError as error:
            raise _error(path, line, f"the line {error}") from None
        if not isinstance(person, dict):
            raise _error(path, line, 'write one object a line: {"person": "SCHEME:NUMBER"}')
        yield line, person


def _rows(path: Path, file: io.TextIOWrapper) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.reader(file, strict=True)
    try:
        columns = next(reader, [])
        # What stands there is not repeated: without a line of names it would be a person's.
        if "person" not in columns or set(columns) - set(COLUMNS):
            raise _error(
                path, 1, f"name the columns: person, and where there are such {', '.join(COLUMNS)}"
            )
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(columns):
                raise _error(path, reader.line_num, f"{len(columns)} cells are needed")
            given = zip(columns, cells, strict=True)
            yield reader.line_num, {name: cell.strip() for name, cell in given if cell.strip()}
    except csv.Error as error:
        raise _error(path, reader.line_num, f"not well-formed CSV: {error}") from None


def _error(path: Path, line: int, rule: str) -> ListError:
    return ListError(f"{path}: line {line}: {rule}")
