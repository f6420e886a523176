"""What the Dutch register itself says of each person on a day, read from its file directly.

Written apart from the connector and from the proofs, from the description of the columns alone: it
shares no line with them. A life is one of `yes`, `no`, `unknown`, with the reason of an `unknown`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

OLDEST = 120


@dataclass(frozen=True)
class PersonList:
    """The rows of one person, each a dictionary by column, the newest first."""

    name: str
    rows: list[dict[str, str]]

    @property
    def person(self) -> str:
        return "nl-bsn:" + self.rows[0]["01.01.20"]

    @property
    def suspended(self) -> str:
        return self.rows[0]["07.67.20"]

    @property
    def suspended_from(self) -> str:
        return self.rows[0]["07.67.10"]

    @property
    def on_the_list_from(self) -> str:
        return self.rows[0]["07.68.10"]

    def held(self, category: str, day: str) -> dict[str, str] | None:
        """The uppermost row of a category among those recorded by a day (YYYYMMDD)."""
        recorded = f"{category}.86.10"
        return next((row for row in self.rows if "" < row[recorded] <= day), None)

    def first_recorded(self, category: str, **wanted: str) -> str:
        """The first day on which a row of a category was recorded that has certain values."""
        return min(
            row[f"{category}.86.10"]
            for row in self.rows
            if all(
                row[f"{category}.{name[1:3]}.{name[3:]}"] == value for name, value in wanted.items()
            )
        )


def person_lists(path: Path) -> list[PersonList]:
    """Every person list of the file."""
    found: list[PersonList] = []
    for name, row in _rows(path):
        if name:
            found.append(PersonList(name, []))
        found[-1].rows.append(row)
    return found


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, delimiter=";")
        header = next(rows)
        for row in rows:
            # Two columns have the same name; neither says anything about a life.
            yield row[0], dict(zip(header[1:], row[1:], strict=True))


def life(of: PersonList, day: str) -> tuple[str, str]:
    """Whether the person lived on a day (YYYYMMDD), by what was recorded by the end of that day."""
    birth = of.held("01", day)
    born = birth["01.03.10"] if birth else None
    if born is not None and born > day:
        born = None  # recorded before it happened: nobody knew of it yet
    if born is None and of.on_the_list_from > day:
        return "unknown", "no_such_record"
    if of.suspended in ("F", "W") and of.suspended_from <= day:
        return "unknown", "no_such_record"
    death = of.held("06", day)
    if death is not None and death["06.08.10"]:
        return "no", "death_registered"
    if _abroad(of, day) or (of.suspended == "M" and of.suspended_from <= day):
        return "unknown", "not_maintained"
    if born is not None and born[:4] != "0000" and _age(born, day) >= OLDEST:
        return "unknown", "implausible_age"
    return "yes", ""


def _abroad(of: PersonList, day: str) -> bool:
    """True if the list was suspended because the person had left, by what was then recorded."""
    residence = of.held("08", day)
    return residence is not None and bool(residence["08.13.10"])


def _age(born: str, day: str) -> int:
    return int(day[:4]) - int(born[:4]) - (day[4:] < born[4:])


def lives_of_the_register(path: Path, day: str | None = None) -> dict[str, tuple[str, str]]:
    """Each person's life on a day, today if none is named."""
    day = day or f"{datetime.now(UTC):%Y%m%d}"
    return {of.person: life(of, day) for of in person_lists(path)}


def answers_of_the_register(path: Path) -> dict[str, str]:
    """`yes`, `no` or `unknown` for each person today."""
    return {person: outcome for person, (outcome, _) in lives_of_the_register(path).items()}
